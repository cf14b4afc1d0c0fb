import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { seenOwners } from '../../src/access/sight.ts'
import { fold, legible, queryWords } from '../../src/memory/fold.ts'
import { mentionsIn } from '../../src/memory/mentions.ts'
import { nearIdentical } from '../../src/memory/near-identical.ts'
import { byRareWords, reciprocalRank, snippetOf } from '../../src/memory/rank.ts'
import type { Db } from '../../src/store/db.ts'
import { openDatabase } from '../database.ts'
import { bo, dana, memoryOf, remembered, smallCompany } from './company.ts'

describe('words are compared', () => {
  test.each([
    ['Straße', 'STRASSE'],
    ['Müller', 'muller'],
    ['Œuvre déjà réglée', 'oeuvre deja reglee'],
    ['l’accord', "L'ACCORD"],
    ['العَقْد', 'عقد'],
    ['المـــدير', 'المدير'],
    ['إتفاقية', 'اتفاقيه'],
    ['dis\u200bcount', 'discount'],
    ['ﬁnance', 'finance'],
    ['İstanbul', 'istanbul'],
    ['Łódź', 'lodz'],
    ['Cafe\u0301', 'Café'],
  ])('%s as %s', (one, other) => {
    expect(fold(one)).toBe(fold(other))
    expect(fold(one)).not.toBe('')
  })

  test('different words stay different', () => {
    expect(fold('renewal')).not.toBe(fold('removal'))
    expect(fold('ال')).toBe('ال')
  })

  test('any text folds to words of letters and digits, one space apart, and folding again changes nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        const folded = fold(text)
        expect(folded).toMatch(/^$|^[\p{L}\p{N}]+( [\p{L}\p{N}]+)*$/u)
        expect(queryWords(text).length).toBeLessThanOrEqual(8)
      }),
    )
  })

  test('what is shown holds nothing that hides and nothing that a database refuses', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), fc.nat(200), (text, most) => {
        const shown = legible(text, most)
        expect(shown.length).toBeLessThanOrEqual(most)
        expect(shown).not.toMatch(/[\p{Cf}\p{Cs}]/u)
        expect(shown).not.toContain('\0')
      }),
    )
    expect(legible('a\ud800b\u0000\u202ec', 10)).toBe('abc')
  })
})

describe('what a text names', () => {
  const vocabulary = { products: ['FrostBox 9'], competitors: ['Globex'] }

  test('is what the company listed, and what the text itself calls a competitor', () => {
    expect(mentionsIn('They love the frostbox-9.', vocabulary)).toEqual([
      { kind: 'product', key: 'frostbox 9', name: 'FrostBox 9' },
    ])
    const called = (text: string) => mentionsIn(text, vocabulary).map(({ name }) => name)
    expect(called('GLOBEX was cheaper')).toEqual(['Globex'])
    expect(called('They may switch to Initrode Cloud next year')).toEqual(['Initrode Cloud'])
    expect(called('our competitor Hooli, again')).toEqual(['Hooli'])
    expect(called('lost to Vandelay')).toEqual(['Vandelay'])
  })

  test.each(['They switch to Monday', 'a globexian word', 'evaluating our competitors closely', ''])(
    'is nothing in %j',
    (text) => {
      expect(mentionsIn(text, vocabulary)).toEqual([])
    },
  )

  test('is never the account itself', () => {
    expect(mentionsIn('switched to Acme', vocabulary, new Set(['acme']))).toEqual([])
  })
})

describe('near-identical texts', () => {
  const words = 'they want the pilot extended to the harbour warehouse before summer begins'.split(' ')
  const said = (key: string, hours: number, some = words) => ({
    key,
    at: new Date(hours * 3_600_000),
    words: some,
  })

  test('are one when they are long and close in time', () => {
    expect(nearIdentical([said('b', 1), said('a', 0), said('c', 2)])).toEqual(
      new Map([
        ['b', 'a'],
        ['c', 'a'],
      ]),
    )
  })

  test('are two when they are short, days apart, or say something else', () => {
    const other = [...words.slice(0, 6), 'but', 'nobody', 'answers', 'the', 'phone', 'there']
    expect(nearIdentical([said('a', 0, ['weekly', 'call']), said('b', 1, ['weekly', 'call'])]).size).toBe(0)
    expect(nearIdentical([said('a', 0), said('b', 49)]).size).toBe(0)
    expect(nearIdentical([said('a', 0), said('b', 1, other)]).size).toBe(0)
    expect(nearIdentical([]).size).toBe(0)
  })

  test('are found the same in any order', () => {
    const all = [said('a', 0), said('b', 0), said('c', 40), said('d', 47)]
    fc.assert(
      fc.property(fc.shuffledSubarray(all, { minLength: all.length }), (order) => {
        expect(nearIdentical(order)).toEqual(nearIdentical(all))
      }),
    )
  })
})

describe('ranking', () => {
  test('puts what several lists hold before what one list holds', () => {
    expect(reciprocalRank([['a', 'b'], ['c', 'b'], []])).toEqual(['b', 'a', 'c'])
    expect(reciprocalRank([])).toEqual([])
  })

  test('lets a rare word count for more than a common one', () => {
    const common = { word: 'meeting', keys: Array.from({ length: 60 }, (_, n) => `m${n}`) }
    expect(byRareWords([common, { word: 'zeppelin', keys: ['z'] }])[0]).toBe('z')
  })

  test('shows the part of a long text where the word stands', () => {
    const text = `${'filler '.repeat(100)}the Straße is closed ${'filler '.repeat(100)}`
    const shown = snippetOf(text, ['strasse'], fold)
    expect(shown).toContain('Straße is closed')
    expect(shown.length).toBeLessThanOrEqual(242)
    expect(snippetOf('short', ['x'], fold)).toBe('short')
  })
})

describe('whatever is asked', () => {
  let db: Db
  let close: () => Promise<void>
  beforeAll(async () => {
    ;({ db, close } = await openDatabase())
    await smallCompany(db)
    await remembered(db)
  })
  afterAll(() => close())

  test.each([
    ['a megabyte', 'refrigeration '.repeat(75_000)],
    ['a megabyte in one word', 'x'.repeat(1_000_000)],
    ['operators of the server', "refrigeration & !'oven' | (:* <-> \\"],
    ['quotes and a statement', "refrigeration'; drop table memory_events; --"],
    ['NUL and zero width', 'refri\u0000geration re\u200bfri\u200dgeration'],
    ['half a character', 'refrigeration \ud800'],
    [
      'every letter with twenty marks',
      [...'refrigeration'].map((letter) => letter + '\u0301'.repeat(20)).join(''),
    ],
    ['patterns', 'refrigeration % _ .* [a-z]+'],
  ])('%s is a question like any other', async (_, query) => {
    const began = performance.now()
    const found = await memoryOf(db)(null).search(null, query)

    expect(performance.now() - began).toBeLessThan(5_000)
    expect(await memoryOf(db)(null).search(null, 'refrigeration')).not.toEqual([])
    if (query.startsWith('refrigeration')) expect(found[0]?.key).toMatch(/^Calls:[16]$/)
  })

  test('any text is answered, with nothing of what may not be seen', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string({ unit: 'binary', maxLength: 80 }),
          fc
            .array(
              fc.constantFrom('discount', 'Umbrella', '&', "'", ':*', 'Robin', 'secret', '\u0000', 'refrig'),
              {
                maxLength: 6,
              },
            )
            .map((parts) => parts.join(' ')),
        ),
        fc.constantFrom<string[]>([dana], []),
        async (query, ownerIds) => {
          const found = await memoryOf(db)(ownerIds).search(null, query, 50)
          const seen = ownerIds.length === 0 ? [] : ['9001', '9002', '9003']
          for (const { accountId, sources } of found) {
            expect(seen).toContain(accountId)
            expect(sources.length).toBeGreaterThan(0)
          }
        },
      ),
      { numRuns: 60 },
    )
  })

  test('a person sees the memory of exactly the accounts that the rules let them see', async () => {
    const person = (id: string, role: 'owner' | 'manager' | 'admin' | 'none' | 'auditor', active = true) => ({
      id,
      role,
      active,
      managerId: null,
    })

    expect(await seenOwners(db, person(dana, 'owner'))).toEqual([dana])
    expect((await seenOwners(db, person(bo, 'manager'))).sort()).toEqual([dana, bo].sort())
    expect(await seenOwners(db, person(bo, 'owner'))).toEqual([bo])
    for (const blind of [person(dana, 'none'), person(dana, 'auditor'), person(dana, 'owner', false), null])
      expect(await seenOwners(db, blind)).toEqual([])
  })
})
