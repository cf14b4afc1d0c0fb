import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { inArray, sql } from 'drizzle-orm'
import { createAudit } from '../../src/audit/audit.ts'
import type { CrmRecord } from '../../src/crm/crm.ts'
import { mapRecords } from '../../src/crm/sync/mapping.ts'
import { createLog } from '../../src/log.ts'
import { fold } from '../../src/memory/fold.ts'
import { keepUp } from '../../src/memory/keep-up.ts'
import type { Memory } from '../../src/memory/memory.ts'
import { postgresMemory } from '../../src/memory/postgres.ts'
import { DEFAULT_FIELDS, MODULES } from '../../src/model/field.ts'
import { migrateProduction, production } from '../../src/platform/production.ts'
import { loadCompany } from '../../src/sandbox/data/csv-company.ts'
import type { Db } from '../../src/store/db.ts'
import { memorySize } from '../../src/store/memory-reads.ts'
import { mergeRecords } from '../../src/store/mirror-writes.ts'
import { accounts, memoryEvents, owners } from '../../src/store/schema.ts'
import { ROOT } from '../processes.ts'
import { serversMissing, startPostgres } from '../servers.ts'
import { type Measurement, percentile, spread } from './figure.ts'

/** 10,000 accounts as CSV files. Not part of the project: what needs them is skipped without. */
const CRM_10K = join(process.env.SERGAS_SHARED ?? join(ROOT, '..', 'shared'), 'data', 'crm-10k')
const log = createLog('error')

/** Taking the company in takes minutes, so one measurement serves both figures. */
type Taken = { small: number[]; large: number[]; note: string }
let taken: Promise<Taken | { skipped: string }> | null = null

export const memorySearch: Measurement = {
  name: 'search of memory, p95, the 10,000 accounts of crm-10k, Postgres',
  unit: 'ms',
  target: 50,
  long: true,
  async measure() {
    const result = await searches()
    if ('skipped' in result) return result
    return { value: percentile(result.small, 0.95), note: `${result.note}; ${spread(result.small)}` }
  },
}

export const memoryGrowth: Measurement = {
  name: 'search of memory after 200,000 more events, p95, times of before',
  unit: 'share',
  target: 2,
  long: true,
  async measure() {
    const result = await searches()
    if ('skipped' in result) return result
    const [before, after] = [percentile(result.small, 0.95), percentile(result.large, 0.95)]
    return { value: after / before, note: spread(result.large) }
  },
}

function searches(): Promise<Taken | { skipped: string }> {
  taken ??= measureSearches()
  return taken
}

const MORE_EVENTS = 200_000

async function measureSearches(): Promise<Taken | { skipped: string }> {
  if (!existsSync(CRM_10K)) return { skipped: `needs ${CRM_10K}` }
  const missing = serversMissing()
  if (missing) return { skipped: missing }
  const server = await startPostgres({ fsync: 'off', synchronous_commit: 'off', max_wal_size: '4GB' })
  try {
    await migrateProduction(server.url)
    const platform = await production(server.url, null, log)
    try {
      const { db } = platform
      const began = performance.now()
      await takeIn(db)
      const remembering = performance.now()
      await keepUp({ db, log })
      const rememberedIn = (performance.now() - remembering) / 1000
      const { events, facts } = await memorySize(db)
      const small = await asked(db)
      await addEvents(db, MORE_EVENTS)
      const large = await asked(db)
      const note = `${events} events and ${facts} facts, remembered in ${Math.round(rememberedIn)} s of ${Math.round((performance.now() - began) / 1000)}`
      return { small, large, note }
    } finally {
      await platform.close()
    }
  } finally {
    await server.stop()
  }
}

async function takeIn(db: Db): Promise<void> {
  const company = loadCompany(CRM_10K, new Date())
  const people = company.people.flatMap(({ crmId, name, email, role, managerCrmId }) =>
    crmId === null ? [] : [{ id: crmId, teamId: 'T1', name, email, role, managerId: managerCrmId }],
  )
  await db.insert(owners).values(people)
  const tools = { fields: DEFAULT_FIELDS, choices: {}, problem: () => {} }
  for (const module of MODULES) {
    const records: CrmRecord[] = company.records[module]
    for (let at = 0; at < records.length; at += 2_000) {
      const batch = mapRecords(module, records.slice(at, at + 2_000), tools)
      await mergeRecords(db, batch, { source: 'sync', first: true, readAt: new Date() })
    }
  }
}

/** As many again, of the words of those that are there, each with a word of its own. */
async function addEvents(db: Db, count: number): Promise<void> {
  const all = await db.select({ id: accounts.id, ownerId: accounts.ownerId }).from(accounts)
  const texts = await db
    .select({ title: memoryEvents.title, text: memoryEvents.text })
    .from(memoryEvents)
    .where(inArray(memoryEvents.kind, ['call', 'meeting', 'email', 'note']))
    .limit(5_000)
  for (let at = 0; at < count; at += 1_000) {
    const rows = Array.from({ length: 1_000 }, (_, index) => {
      const number = at + index
      const { title, text } = texts[number % texts.length] ?? { title: 'Call', text: '' }
      const account = all[(number * 7_919) % all.length]
      const own = `${text} bench${number}`
      return {
        key: `Calls:bench-${number}`,
        accountId: account?.id ?? '',
        ownerId: account?.ownerId ?? null,
        kind: 'call' as const,
        source: 'Calls' as const,
        recordId: `bench-${number}`,
        at: new Date(Date.now() - (number % 700) * 86_400_000),
        title,
        text: own,
        folded: fold(`${title} ${own}`),
        contentHash: '',
      }
    })
    await db.insert(memoryEvents).values(rows)
  }
}

const ASKED = 400

/** Common words, rare ones, names and misspelt names; over all accounts, an owner's own, and one. */
async function asked(db: Db): Promise<number[]> {
  // What autovacuum does by itself, some minutes later.
  await db.execute(sql`vacuum analyze`)
  const seenBy = postgresMemory({ db, audit: createAudit(new Uint8Array(32)), log, teamId: 'T1' })
  const named = await db.select().from(accounts).orderBy(accounts.id).limit(200)
  const ownerIds = [...new Set(named.flatMap(({ ownerId }) => ownerId ?? []))]
  const times: number[] = []
  let found = 0
  for (let number = 0; number < ASKED; number += 1) {
    const account = named[number % named.length]
    const owner = ownerIds[number % ownerIds.length]
    if (!account || !owner) throw new Error('The company has no accounts')
    const memory: Memory = seenBy(number % 3 === 0 ? null : [owner])
    const query = QUESTIONS[number % QUESTIONS.length]?.(account.name) ?? ''
    const started = performance.now()
    const answer = await memory.search(number % 5 === 4 ? account.id : null, query)
    times.push(performance.now() - started)
    found += answer.length
  }
  if (found < ASKED) throw new Error(`${ASKED} questions found ${found} answers`)
  // The first few fill the server's caches.
  return times.slice(20)
}

const QUESTIONS: readonly ((accountName: string) => string)[] = [
  () => 'contract renewal',
  () => 'pricing discount budget',
  (name) => name,
  () => 'meeting',
  (name) => `${name} integration`,
  (name) => `${name.slice(0, 3)}${name.slice(4)}`,
  () => 'security review with the champion about onboarding',
  () => 'email follow up',
  () => 'competitor pricing zeppelin',
  () => 'executive sponsor left',
]
