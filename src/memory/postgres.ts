import type { Audit } from '../audit/audit.ts'
import type { Log } from '../log.ts'
import { DAY_MS, entityId } from '../model/memory.ts'
import { isVisible } from '../store/account-ids.ts'
import { type Db, transaction } from '../store/db.ts'
import {
  accountsAlike,
  eventsByKey,
  eventsInTime,
  factsAbout,
  factsByKey,
  type KnownEvent,
  type KnownFact,
  newestKnown,
  repeatsOf,
} from '../store/memory-reads.ts'
import { comparesSpelling, type Scope } from '../store/memory-search.ts'
import { deleteNote, insertNote } from '../store/memory-writes.ts'
import { eventRow } from './derive-events.ts'
import { fold, queryWords } from './fold.ts'
import { isMemoryDue, keepUp } from './keep-up.ts'
import type { MemoryOf, MemoryUpkeep, Note, Recollection, Source, Timeline, TimelineAsk } from './memory.ts'
import { snippetOf } from './rank.ts'
import { forgetOld } from './retention.ts'
import { type Found, findKeys } from './search.ts'
import { inReasons } from './similar.ts'

export type PostgresMemoryTools = { db: Db; audit: Audit; log: Log; teamId: string; now?: () => Date }

const MOST_FOUND = 50
const MOST_ENTRIES = 200
/** Two months in which nothing was heard of an account. */
const STALE_DAYS = 60

export function postgresMemory(tools: PostgresMemoryTools): MemoryOf {
  const { db, now = () => new Date() } = tools
  const spelling = whetherSpelling(tools)
  return (ownerIds) => {
    const scopeOf = (accountId: string | null): Scope => ({ accountId, ownerIds })
    return {
      async search(accountId, query, limit = 10) {
        const words = queryWords(query)
        if (words.length === 0) return []
        const scope = scopeOf(accountId)
        const most = between(limit, MOST_FOUND)
        const has = await spelling()
        const found = await transaction(db, (tx) =>
          findKeys(tx, words, { scope, spelling: has, limit: most }),
        )
        return recollect(db, found, scope, words)
      },
      timeline: (accountId, asked = {}) => timelineOf(db, scopeOf(accountId), asked, now()),
      async similar(accountId, limit = 3) {
        if (!(await isVisible(db, accountId, ownerIds))) return []
        const alike = await accountsAlike(db, accountId, ownerIds, between(limit, MOST_FOUND))
        return alike.map(inReasons)
      },
      async facts({ kind, key }, { at } = {}) {
        const rows = await factsAbout(db, entityId(kind, key), at ?? null, scopeOf(null))
        return rows.map(({ statement, validFrom, validTo, source, recordId }) => ({
          statement,
          validFrom,
          validTo,
          source: { source, recordId },
        }))
      },
      remember: (note) => rememberNote(tools, note, ownerIds),
      forget: (key, by) => forgetNote(tools, key, by),
    }
  }
}

const between = (limit: number, most: number): number =>
  Number.isFinite(limit) ? Math.min(Math.max(1, Math.trunc(limit)), most) : most

export function postgresUpkeep(tools: PostgresMemoryTools): MemoryUpkeep {
  return {
    isDue: () => isMemoryDue(tools.db),
    keepUp: () => keepUp(tools),
    forgetOld: () => forgetOld(tools),
  }
}

/** Asked of the server once; a server without it is said once. */
function whetherSpelling({ db, log }: PostgresMemoryTools): () => Promise<boolean> {
  let asked: Promise<boolean> | null = null
  return () => {
    asked ??= comparesSpelling(db).then(
      (has) => {
        if (!has) log.warn({}, 'no pg_trgm on this server: memory finds names by their words only')
        return has
      },
      (error: unknown) => {
        asked = null
        throw error
      },
    )
    return asked
  }
}

async function recollect(
  db: Db,
  found: readonly Found[],
  scope: Scope,
  words: readonly string[],
): Promise<Recollection[]> {
  if (found.length === 0) return []
  const keys = found.map(({ key }) => key)
  const [events, facts, repeats] = await Promise.all([
    eventsByKey(db, keys, scope),
    factsByKey(db, keys, scope),
    repeatsOf(db, keys),
  ])
  const known = new Map<string, Omit<Recollection, 'found'>>([
    ...facts.map((fact) => [fact.key, ofFact(fact)] as const),
    ...events.map((event) => [event.key, ofEvent(event, repeats.get(event.key), words)] as const),
  ])
  return found.flatMap(({ key, found: how }) => {
    const one = known.get(key)
    return one ? [{ ...one, found: how }] : []
  })
}

function ofEvent(
  { source, recordId, text, ...event }: KnownEvent,
  repeats: readonly Source[] = [],
  words: readonly string[] = [],
): Omit<Recollection, 'found'> {
  const snippet = snippetOf(text || event.title, words, fold)
  return { ...event, until: null, snippet, sources: [{ source, recordId }, ...repeats] }
}

function ofFact({ key, accountId, accountName, statement, ...fact }: KnownFact): Omit<Recollection, 'found'> {
  const { source, recordId, validFrom: at, validTo: until } = fact
  const place = { key, accountId, accountName, kind: 'fact' as const, at, until, url: null }
  return { ...place, title: statement, snippet: statement, sources: [{ source, recordId }] }
}

async function timelineOf(
  db: Db,
  scope: Scope,
  { limit = 50, until, ...asked }: TimelineAsk,
  now: Date,
): Promise<Timeline> {
  const ask = { ...asked, until: until ?? now, limit: between(limit, MOST_ENTRIES) }
  const [events, newestAt] = await Promise.all([eventsInTime(db, scope, ask), newestKnown(db, scope, now)])
  const repeats = await repeatsOf(
    db,
    events.map(({ key }) => key),
  )
  const silentDays = newestAt && Math.floor((now.getTime() - newestAt.getTime()) / DAY_MS)
  return {
    entries: events.map((event) => ({ ...ofEvent(event, repeats.get(event.key)), found: [] })),
    newestAt,
    staleDays: silentDays !== null && silentDays > STALE_DAYS ? silentDays : null,
  }
}

/** The note and the event that tells of it, or neither. The trail holds no word of it. */
async function rememberNote(
  { db, audit, teamId }: PostgresMemoryTools,
  note: Note,
  ownerIds: readonly string[] | null,
): Promise<{ key: string; isNew: boolean } | null> {
  const { accountId, by, messageId, saidBy, permalink } = note
  const key = `slack:${messageId}:${accountId}`
  const [row] = eventRow(
    { id: accountId, ownerId: null },
    {
      key,
      kind: 'told',
      source: 'slack',
      recordId: messageId,
      at: note.at,
      title: saidBy ? `Said by ${saidBy}` : 'Added by hand',
      text: note.text,
    },
  )
  if (!row) return null
  return transaction(db, async (tx) => {
    if (!(await isVisible(tx, accountId, ownerIds))) return null
    const isNew = await insertNote(tx, { ...row, by, url: permalink })
    if (isNew) {
      const payload = { accountId, permalink, characters: row.text.length }
      await audit.append(tx, {
        teamId,
        actor: by,
        action: 'memory.added',
        subject: key,
        about: accountId,
        payload,
      })
    }
    return { key, isNew }
  })
}

async function forgetNote(
  { db, audit, teamId }: PostgresMemoryTools,
  key: string,
  by: string,
): Promise<boolean> {
  return transaction(db, async (tx) => {
    const gone = await deleteNote(tx, key, by)
    if (!gone) return false
    const { accountId } = gone
    await audit.append(tx, {
      teamId,
      actor: by,
      action: 'memory.removed',
      subject: key,
      about: accountId,
      payload: { accountId },
    })
    return true
  })
}
