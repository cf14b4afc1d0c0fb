import { eq, sql } from 'drizzle-orm'
import postgres from 'postgres'
import {
  type ApprovalTools,
  approve,
  approveEdited,
  endApproval,
  expireApproval,
  reject,
} from '../../src/approval/approval.ts'
import { execute } from '../../src/execution/execute.ts'
import { undo } from '../../src/execution/undo.ts'
import { createLog } from '../../src/log.ts'
import { type CrmChange, changeHash } from '../../src/model/change.ts'
import { openDb } from '../../src/platform/database.ts'
import { migrateProduction } from '../../src/platform/production.ts'
import type { Db } from '../../src/store/db.ts'
import { operations } from '../../src/store/schema.ts'
import { approvalTools, bo, dana, insertPeople, recommend } from '../approval/proposal.ts'
import type { OwnPostgres } from '../servers.ts'
import { type Rewrite, steppedClient } from './actors.ts'
import { type HeldConnection, holdConnection } from './held-connection.ts'
import { type MemoryCrm, memoryCrm } from './memory-crm.ts'

/**
 * Two of the product's connections to one Postgres, and a clock for it: `clock_timestamp()` is what a schedule says, so
 * that a deadline passes between two statements and not by chance.
 */
export type PairWorld = {
  /** For what the oracle asks. */
  control: postgres.Sql
  /** For what is there before a schedule begins. */
  db: Db
  monitor: postgres.Sql
  actors: PairActor[]
  setClock: (at: number) => Promise<void>
  stop: () => Promise<void>
  /** What the first participant sends, as a bug would have it. */
  bug: Rewrite
}

export type PairActor = { connection: HeldConnection; db: Db; tools: ApprovalTools; person: string }

const SEARCH_PATH = 'faults, public, pg_catalog'

export async function openPairWorld(server: OwnPostgres): Promise<PairWorld> {
  const world = { bug: (text: string) => text }
  await migrateProduction(server.url)
  const open = () =>
    postgres(server.url, { max: 1, onnotice: () => {}, connection: { search_path: SEARCH_PATH } })
  const [control, monitor, seeding] = [open(), open(), open()]
  await control.unsafe(CLOCK_AND_WITNESS)
  const db = openDb(seeding)
  await insertPeople(db)
  const actors = await Promise.all(
    [dana, bo, dana].map(async (person, index) => {
      const connection = await holdConnection(server.url, {
        search_path: SEARCH_PATH,
        statement_timeout: '30000',
        lock_timeout: '2000',
      })
      const rewrite = (text: string) => (index === 0 ? world.bug(text) : text)
      const db = openDb(steppedClient(connection.client, rewrite))
      return { connection, db, tools: approvalTools(db), person }
    }),
  )
  return Object.assign(world, {
    control,
    db,
    monitor,
    actors,
    async setClock(at: number) {
      await control`insert into faults.times select pg_catalog.clock_timestamp(),
        to_timestamp(setval('faults.clock_ms', ${at}) / 1000.0)`
    },
    async stop() {
      for (const { connection } of actors) await connection.end()
      await control.end()
      await monitor.end()
      await seeding.end()
    },
  })
}

/**
 * The witness is told of every move by the server itself, when the statement that made it is over: a statement that
 * waited for a lock until after the deadline is caught by it, whatever time it wrote down.
 */
const CLOCK_AND_WITNESS = `
  create schema faults;
  create sequence faults.clock_ms minvalue 0;
  create function faults.clock_timestamp() returns timestamptz language plpgsql volatile as
    $$ begin return to_timestamp((select last_value from faults.clock_ms) / 1000.0); end $$;
  create table faults.times (real_time timestamptz, at timestamptz);
  create function faults.began() returns timestamptz language sql volatile as
    $$ select at from faults.times where real_time <= now() order by real_time desc limit 1 $$;
  create table faults.moves (approval_id text, from_state text, to_state text, at timestamptz);
  create index on faults.moves (approval_id);
  create function faults.witness() returns trigger language plpgsql as $$
    begin
      insert into faults.moves values (new.id, old.state, new.state, faults.clock_timestamp());
      return null;
    end $$;
  create trigger witness after update on public.approvals for each row
    when (old.state is distinct from new.state) execute function faults.witness();
`

export const ACTIONS = ['approve', 'reject', 'edit', 'expire', 'supersede', 'execute', 'undo'] as const
export type Action = (typeof ACTIONS)[number]
export type Beginning = 'pending' | 'planned' | 'applied'

export type Case = {
  approvalId: string
  recommendationId: string
  beginning: Beginning
  change: Extract<CrmChange, { action: 'update' }>
  edited: CrmChange
  opensAt: number
  expiresAt: number
  crm: MemoryCrm
  /** Undo presses that were made, by whom. */
  undoneBy: string[]
}

const HOUR = 3_600_000
const DEAL = '100001'
const log = createLog('silent')

/** A card, at most written already, in a world where nothing else is going on. */
export async function prepareCase(
  world: PairWorld,
  { index, beginning }: { index: number; beginning: Beginning },
): Promise<Case> {
  const { db } = world
  const opensAt = Date.UTC(2030, 0, 1) + index * 48 * HOUR
  const expiresAt = opensAt + HOUR
  const change: Case['change'] = {
    action: 'update',
    module: 'Deals',
    recordId: DEAL,
    recordName: 'Acme',
    fields: { Next_Step: 'Call' },
    before: { Next_Step: 'Wait' },
  }
  const [recommendationId] = await Promise.all([recommend(db, { change }), world.setClock(opensAt)])
  const approvalId = `approval-${index}`
  const hash = changeHash(change)
  await db.execute(sql`with opened as (
      insert into approvals (id, team_id, recommendation_id, kind, state, account_id, action_class, asked_owner_id,
        change_hash, opened_at, expires_at, decided_at, decided_by)
      values (${approvalId}, 'T1', ${recommendationId}, 'change', ${beginning === 'pending' ? 'pending' : 'approved'}, 'A1',
        'field', ${dana}, ${hash}, clock_timestamp(), clock_timestamp() + interval '1 hour',
        ${beginning === 'pending' ? null : new Date(opensAt).toISOString()}::timestamptz,
        ${beginning === 'pending' ? null : dana}) returning id),
    shown as (insert into approval_versions (approval_id, version, change, hash)
      select id, 1, ${JSON.stringify(change)}::json, ${hash} from opened)
    insert into outbox (team_id, channel, message_key, action, dedupe_key, body, state)
      select 'T1', 'U0DANA', 'card:' || id, 'post', 'card:' || id, jsonb_build_object('card', id), 'sent' from opened`)
  const clock = { now: Date.UTC(2026, 0, 1) }
  let operationId = ''
  const crm = memoryCrm(clock, () => ({ operationId, fault: () => null }))
  crm.records.set(DEAL, {
    fields: { Next_Step: beginning === 'applied' ? 'Call' : 'Wait', Other: 'none' },
    modifiedAt: clock.now - HOUR,
    operationId: null,
  })
  const tracked = crm.writer.update
  crm.writer.update = (given, ...rest) => {
    // Whose write it is shows in what it writes: the card's, or its undoing.
    operationId = given.fields.Next_Step === 'Wait' ? `undo of ${approvalId}` : `write of ${approvalId}`
    return tracked(given, ...rest)
  }
  if (beginning !== 'pending') {
    const receipt = { recordId: DEAL, modifiedAt: '2025-12-31T23:00:00+00:00', by: 'write' }
    const done = beginning === 'applied'
    await db.execute(sql`with decided as (
        insert into decisions (approval_id, version, person, decision, change_hash, at)
        values (${approvalId}, 1, ${dana}, 'approve', ${hash}, clock_timestamp()))
      insert into operations (id, approval_id, version, change_hash, state, next_attempt_at, finished_at, receipt)
      values (${`operation-${index}`}, ${approvalId}, 1, ${hash}, ${done ? 'applied' : 'planned'}, clock_timestamp(),
        ${done ? new Date(opensAt).toISOString() : null}::timestamptz, ${done ? JSON.stringify(receipt) : null}::jsonb)`)
  }
  const edited = { ...change, fields: { Next_Step: 'Meet' } }
  return { approvalId, recommendationId, beginning, change, edited, opensAt, expiresAt, crm, undoneBy: [] }
}

/** What one participant does, by the product's own functions. */
export function doAction(action: Action, each: Case, { connection, db, tools, person }: PairActor) {
  const press = { approvalId: each.approvalId, version: 1, person }
  const { writer } = each.crm
  const crm = {
    ...writer,
    async read(...given: Parameters<typeof writer.read>) {
      await connection.hold('reads the record')
      return writer.read(...given)
    },
    update(...[update, since, beforeSending]: Parameters<typeof writer.update>) {
      return writer.update(update, since, async () => {
        await beforeSending()
        await connection.hold('writes the record')
      })
    },
  }
  const write = (id: string) =>
    execute(id, { db, crm, audit: tools.audit, log, leaseMs: 60_000, held: new Set() })
  switch (action) {
    case 'approve':
      return approve(tools, press)
    case 'reject':
      return reject(tools, press, 'no')
    case 'edit':
      return approveEdited(tools, press, each.edited)
    case 'expire':
      return expireIfDue(db, tools, each.approvalId)
    case 'supersede':
      return endApproval(tools, each.approvalId, 'superseded', { by: 'system' })
    case 'execute':
      return executePlanned(db, each.approvalId, write)
    case 'undo':
      return undoAndWrite({ db, tools, person }, each, write)
  }
}

/** As the sweeper does it: looked for first, and then expired by name. */
async function expireIfDue(db: Db, tools: ApprovalTools, approvalId: string): Promise<void> {
  const due = await db.execute(
    sql`select id from approvals where id = ${approvalId} and state = 'pending' and expires_at <= clock_timestamp()`,
  )
  if (Array.isArray(due) && due.length > 0) await expireApproval(tools, approvalId)
}

async function executePlanned(db: Db, approvalId: string, write: (id: string) => Promise<unknown>) {
  const [planned] = await db
    .select({ id: operations.id })
    .from(operations)
    .where(eq(operations.approvalId, approvalId))
  return planned ? write(planned.id) : null
}

async function undoAndWrite(
  { db, tools, person }: Pick<PairActor, 'db' | 'tools' | 'person'>,
  each: Case,
  write: (id: string) => Promise<unknown>,
) {
  each.undoneBy.push(person)
  const undone = await undo(
    { db, audit: tools.audit, ttlMs: 72 * HOUR, undoMs: 24 * HOUR },
    each.approvalId,
    person,
  )
  if (undone.kind === 'planned') await write(undone.operationId)
  return undone
}
