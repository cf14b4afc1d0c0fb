import { beforeEach, describe, expect, test } from 'vitest'
import type { Memory } from '../../src/memory/memory.ts'
import type { Db } from '../../src/store/db.ts'
import { ACME, dana, daysAgo, GLOBEX, INITECH, UMBRELLA, VALE } from './company.ts'

/** What every memory does for whoever asks, whatever it is built on. `db` holds the small company, remembered. */
export function memoryContract(
  name: string,
  world: () => { db: Db; seenBy: (ownerIds: readonly string[] | null) => Memory },
) {
  describe(`${name}: any memory`, () => {
    let memory: Memory
    beforeEach(() => {
      memory = world().seenBy([dana])
    })

    test('finds what was said by its words, with the record it comes from', async () => {
      const [best] = await memory.search(null, 'discount refrigeration')

      expect(best).toMatchObject({ accountId: ACME, accountName: 'Cardamom House', kind: 'call' })
      expect(best?.sources).toEqual([{ source: 'Calls', recordId: '1' }])
      expect(best?.snippet).toContain('discount on the refrigeration')
      expect(best?.at).toEqual(daysAgo(12))
      expect(best?.found).toContain('words')
    })

    test('finds words by their beginning, and without accents, case or umlauts', async () => {
      const about = async (query: string) => (await memory.search(null, query)).map((one) => one.accountId)

      expect((await about('refriger'))[0]).toBe(ACME)
      expect((await about('VERTRAGSVERLANGERUNG'))[0]).toBe(INITECH)
      expect((await about('strasse'))[0]).toBe(INITECH)
      expect(await about('muller sohne')).toContain(INITECH)
    })

    test('finds what somebody was in, by the name of that person', async () => {
      const found = await memory.search(null, 'Robin Vale')

      const call = found.find(({ key }) => key === 'Calls:2')
      expect(call?.found).toContain('related')
      expect(found.every(({ accountId }) => accountId === ACME)).toBe(true)
    })

    test('finds what holds only some of the words, when nothing holds all', async () => {
      const found = await memory.search(null, 'refrigeration zeppelin')

      expect(found[0]?.key).toBe('Calls:1')
    })

    test('finds nothing of accounts that the person may not see', async () => {
      for (const query of ['discount refrigeration strangers', 'Umbrella', 'secret', 'Initrode']) {
        const found = await memory.search(null, query)
        expect(found.map(({ accountId }) => accountId)).not.toContain(UMBRELLA)
      }
      expect(await memory.search(UMBRELLA, 'secret')).toEqual([])
      expect((await memory.timeline(UMBRELLA)).entries).toEqual([])
      expect((await memory.timeline(UMBRELLA)).newestAt).toBeNull()
      expect(await memory.similar(UMBRELLA)).toEqual([])
      expect(await memory.facts({ kind: 'account', key: UMBRELLA })).toEqual([])
      expect((await memory.similar(ACME, 50)).map(({ accountId }) => accountId)).not.toContain(UMBRELLA)
      expect(await world().seenBy([]).search(null, 'discount')).toEqual([])

      const everyone = await world().seenBy(null).search(null, 'secret')
      expect(everyone.map(({ accountId }) => accountId)).toContain(UMBRELLA)
    })

    test('looks at one account alone when told so', async () => {
      const found = await memory.search(GLOBEX, 'Initrode')

      expect(found.length).toBeGreaterThan(0)
      expect(new Set(found.map(({ accountId }) => accountId))).toEqual(new Set([GLOBEX]))
    })

    test.each(['', '   ', '!!!', '& | ! <-> :*', '\u0000\u200b', '👍'])(
      'a question without a word finds nothing: %j',
      async (query) => {
        expect(await memory.search(null, query)).toEqual([])
      },
    )

    test('gives at most as many as were asked for', async () => {
      expect(await memory.search(null, 'initrode discount robin', 1)).toHaveLength(1)
      expect((await memory.timeline(ACME, { limit: 2 })).entries).toHaveLength(2)
      expect((await memory.search(null, 'initrode', Number.NaN)).length).toBeGreaterThan(0)
      expect(await memory.search(null, 'initrode', -5)).toHaveLength(1)
    })

    test('tells what happened, newest first, with when and where from', async () => {
      const { entries, newestAt, staleDays } = await memory.timeline(ACME)

      const times = entries.map(({ at }) => at?.getTime() ?? 0)
      expect(times).toEqual(times.toSorted((a, b) => b - a))
      expect(entries[0]).toMatchObject({ key: 'Calls:2', title: 'Follow-up' })
      expect(entries.every(({ sources }) => sources.length > 0)).toBe(true)
      expect(newestAt).toEqual(daysAgo(5))
      expect(staleDays).toBeNull()

      const part = await memory.timeline(ACME, { from: daysAgo(20), until: daysAgo(10), kinds: ['call'] })
      expect(part.entries.map(({ key }) => key)).toEqual(['Calls:1'])
    })

    test('an account of which nothing is known has no past', async () => {
      expect(await memory.timeline('nobody')).toEqual({ entries: [], newestAt: null, staleDays: null })
      expect(await memory.similar('nobody')).toEqual([])
      expect(await memory.facts({ kind: 'contact', key: 'nobody' })).toEqual([])
    })

    test('names accounts that have something in common, and what', async () => {
      const [closest, ...others] = await memory.similar(ACME)

      expect(closest?.name).toBe('Larkspur Logistics')
      expect(closest?.reasons).toContain('both mention Initrode')
      expect(closest?.reasons).toContain('same industry (Energy)')
      expect(others.map(({ accountId }) => accountId)).not.toContain(ACME)
      // It shares nothing with these.
      expect(others.map(({ accountId }) => accountId)).not.toContain(INITECH)
    })

    test('knows what is so of somebody, and by which record', async () => {
      const facts = await memory.facts({ kind: 'contact', key: VALE })

      expect(facts).toMatchObject([
        {
          statement: 'Robin Vale: title VP Operations',
          validTo: null,
          source: { source: 'Contacts', recordId: VALE },
        },
      ])
      expect(await memory.facts({ kind: 'contact', key: VALE }, { at: daysAgo(400) })).toEqual([])
    })

    const note = {
      accountId: ACME,
      text: 'Their head of purchasing leaves in March.',
      at: daysAgo(1),
      by: dana,
      saidBy: 'Kim Ohlsson',
      messageId: 'C1:1700000000.000100',
      permalink: 'https://slack.test/archives/C1/p1700000000000100',
    }

    test('keeps what a person tells it once, and gives it up to that person only', async () => {
      const kept = await memory.remember(note)
      expect(kept).toMatchObject({ isNew: true })
      expect(await memory.remember(note)).toEqual({ key: kept?.key, isNew: false })

      const [found] = await memory.search(null, 'purchasing')
      expect(found).toMatchObject({ kind: 'told', title: 'Said by Kim Ohlsson', url: note.permalink })

      expect(await memory.forget(kept?.key ?? '', 'somebody else')).toBe(false)
      expect(await memory.search(null, 'purchasing')).toHaveLength(1)
      expect(await memory.forget(kept?.key ?? '', dana)).toBe(true)
      expect(await memory.forget(kept?.key ?? '', dana)).toBe(false)
      expect(await memory.search(null, 'purchasing')).toEqual([])
    })

    test('keeps nothing about an account that the person may not see', async () => {
      expect(await memory.remember({ ...note, accountId: UMBRELLA })).toBeNull()
      expect(await memory.remember({ ...note, accountId: 'nobody' })).toBeNull()
      expect(await world().seenBy(null).search(null, 'purchasing')).toEqual([])
    })
  })
}
