import { readFileSync } from 'node:fs'
import { PGlite } from '@electric-sql/pglite'
import postgres from 'postgres'
import { inject } from 'vitest'
import { sharedSession } from '../../src/platform/shared-session.ts'
import { memoryPostgres } from './memory-postgres.ts'
import type { Row } from './sql-reader.ts'
import { type Clock, START, type Stage, type TrailEvent } from './world.ts'

/** Where scripts are played: rows in memory, or the same tables in a real Postgres; by the same clock. */

export function inMemory(clock: Clock): Stage {
  clock.now = START
  const { client, rows } = memoryPostgres(() => clock.now)
  const event = ({ before_time }: Row) => JSON.parse(String(before_time)) as TrailEvent
  return { client, clock, rows, trail: () => rows('audit_pending').map(event) }
}

/** What a script leaves in the tables that decide, so that the next one begins without it. */
const EMPTIED = 'settings, outbox, operations, decisions, approval_versions, approvals, recommendations'

/**
 * The database's clock is ours for every statement of the product; the trail's own functions keep the real one. Rows
 * are numbered as they come, which is how they stand in memory.
 */
const CLOCK = `
  create schema faults;
  create sequence faults.clock_ms minvalue 0;
  create function faults.clock_timestamp() returns timestamptz language plpgsql volatile as
    $$ begin return to_timestamp((select last_value from faults.clock_ms) / 1000.0); end $$;
  alter table public.operations alter column created_at set default faults.clock_timestamp();
  alter table public.approvals add column faults_n bigserial;
  alter table public.operations add column faults_n bigserial;
  alter table public.decisions add column faults_n bigserial;
  set search_path = faults, public, pg_catalog;
`

export async function openPostgresStage(
  clock: Clock,
): Promise<{ begin: () => Promise<Stage>; close: () => Promise<void> }> {
  const database = inject('database')
  if (!('dump' in database)) throw new Error('TEST_DATABASE_URL is set: this stage is a database in memory')
  const pglite = await PGlite.create({ loadDataDir: new Blob([readFileSync(database.dump)]) })
  await pglite.exec(CLOCK)
  const connect = sharedSession(pglite)
  const options = { user: 'postgres', max: 1, onnotice: () => {}, socket: () => connect('first') }
  const client = postgres(options as postgres.Options<Record<string, never>>)
  const plain = client.unsafe.bind(client)
  // Whatever is sent next is to find the time that it is.
  const unsafe: typeof client.unsafe = (text, parameters, given) => {
    void plain(`select setval('faults.clock_ms', ${clock.now})`).execute()
    return plain(text, parameters, given)
  }
  const begin: typeof client.begin = ((work: (tx: postgres.TransactionSql) => unknown) =>
    client.begin((tx) => {
      const inside = tx.unsafe.bind(tx)
      const timed: typeof tx.unsafe = (text, parameters, given) => {
        void inside(`select setval('faults.clock_ms', ${clock.now})`).execute()
        return inside(text, parameters, given)
      }
      return work(Object.assign(tx, { unsafe: timed }))
    })) as typeof client.begin
  const asked = async (query: string) => (await pglite.query<Row>(query)).rows.map(inMilliseconds)
  return {
    async begin() {
      clock.now = START
      await pglite.exec(`truncate ${EMPTIED}`)
      const [last] = await asked('select coalesce(max(seq), 0) as seq from audit_events')
      return {
        client: { options: client.options, unsafe, begin } as unknown as postgres.Sql,
        clock,
        rows: (table) => asked(`select * from ${table} order by faults_n`),
        async trail() {
          const rows = await asked(
            `select envelope from audit_events where seq > ${Number(last?.seq)} order by seq`,
          )
          return rows.map(({ envelope }) => readEnvelope(String(envelope)))
        },
      }
    },
    async close() {
      await client.end({ timeout: 1 })
      await pglite.close()
    },
  }
}

const inMilliseconds = (row: Row): Row =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, value instanceof Date ? value.getTime() : value]),
  )

/** The trail puts its time after what it is given. */
function readEnvelope(text: string): TrailEvent {
  return JSON.parse(text.slice(0, text.indexOf('}') + 1)) as TrailEvent
}
