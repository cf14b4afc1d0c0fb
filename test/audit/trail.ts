import { sql } from 'drizzle-orm'
import { createAudit } from '../../src/audit/audit.ts'
import { makeCheckpoint } from '../../src/audit/checkpoints.ts'
import { eraseSubject } from '../../src/audit/erase.ts'
import { checkpointsIn, type PublishedCheckpoint, signerOf } from '../../src/audit/note.ts'
import { inOneView, trailPages } from '../../src/audit/read-trail.ts'
import type { Evidence, Surroundings, TrailRow } from '../../src/audit/verify.ts'
import { type Db, transaction } from '../../src/store/db.ts'
import {
  auditCheckpoints,
  auditEvents,
  auditHead,
  auditKeys,
  auditPayloads,
  auditPending,
} from '../../src/store/schema.ts'

/** A trail of several accounts with a checkpoint now and then, one of them erased. */

export const key = new Uint8Array(32).fill(3)
export const signer = signerOf('sergas.example/audit', new Uint8Array(32).fill(5))
export const audit = createAudit(key)

const ACCOUNTS = 7

export async function happened(db: Db, count: number, from = 0, tools = audit): Promise<void> {
  await transaction(db, async (tx) => {
    for (let number = from; number < from + count; number += 1) {
      const about = number % 5 === 4 ? null : `account-${number % ACCOUNTS}`
      const subject = `approval-${number}`
      const payload = { reason: `because ${number}` }
      await tools.append(tx, {
        teamId: 'T1',
        actor: 'crm-dana',
        action: 'approval.approved',
        subject,
        about,
        payload,
      })
    }
  })
}

export const checkpointNow = (db: Db) => makeCheckpoint(db, signer, { everyRows: 1, everyMs: 0 })

export const erased = (db: Db, about: string) =>
  transaction(db, (tx) => eraseSubject(tx, { audit, teamId: 'T1', actor: 'crm-bo', about, reason: 'asked' }))

/** What was published of it; kept by somebody who does not have the database. */
export async function published(db: Db): Promise<PublishedCheckpoint[]> {
  const rows = await db.select().from(auditCheckpoints).orderBy(auditCheckpoints.size)
  return rows.flatMap(({ note }) => checkpointsIn(note))
}

/** Everything that there is of it, as its tables have it. */
export type Tables = {
  events: Omit<TrailRow, 'ciphertext'>[]
  payloads: { seq: number; ciphertext: Uint8Array }[]
  heads: { id: number; seq: number; hash: Uint8Array }[]
  pending: number
  checkpoints: (typeof auditCheckpoints.$inferSelect)[]
  keys: (typeof auditKeys.$inferSelect)[]
}

export async function tablesOf(db: Db): Promise<Tables> {
  return inOneView(db, async (tx) => {
    // Through the pages that a verification reads.
    const rows: TrailRow[] = []
    for await (const page of trailPages(tx)) rows.push(...page)
    return {
      events: rows.map(({ ciphertext: _, ...event }) => event),
      payloads: await tx.select().from(auditPayloads).orderBy(auditPayloads.seq),
      heads: await tx.select().from(auditHead),
      pending: await tx.$count(auditPending),
      checkpoints: await tx.select().from(auditCheckpoints).orderBy(auditCheckpoints.size),
      keys: await tx.select().from(auditKeys),
    }
  })
}

/** As the database would hand it to a verification. */
export function handedOver(
  tables: Tables,
): { rows: TrailRow[]; surroundings: Surroundings } & Pick<Evidence, 'keys' | 'stored'> {
  const payloads = new Map(tables.payloads.map(({ seq, ciphertext }) => [seq, ciphertext]))
  const seqs = tables.payloads.map(({ seq }) => seq)
  return {
    rows: tables.events
      .toSorted((a, b) => a.seq - b.seq)
      .map((event) => ({ ...event, ciphertext: payloads.get(event.seq) ?? null })),
    surroundings: {
      heads: tables.heads.toSorted((a, b) => a.id - b.id),
      pending: tables.pending,
      payloads: seqs.length > 0 ? { first: Math.min(...seqs), last: Math.max(...seqs) } : null,
    },
    keys: tables.keys,
    stored: tables.checkpoints,
  }
}

/** Puts tables into a database as somebody does who has it to themselves. */
export async function putTables(db: Db, tables: Tables): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.execute(sql.raw('set local session_replication_role = replica'))
    for (const table of [auditPending, auditPayloads, auditEvents, auditHead, auditCheckpoints, auditKeys])
      await tx.delete(table)
    const put = async <Row>(rows: readonly Row[], insert: (rows: Row[]) => Promise<unknown>) => {
      if (rows.length > 0) await insert([...rows])
    }
    await put(tables.events, (rows) => tx.insert(auditEvents).values(rows).then())
    await put(tables.payloads, (rows) => tx.insert(auditPayloads).values(rows).then())
    await put(tables.heads, (rows) => tx.insert(auditHead).values(rows).then())
    await put(tables.checkpoints, (rows) => tx.insert(auditCheckpoints).values(rows).then())
    await put(tables.keys, (rows) => tx.insert(auditKeys).values(rows).then())
    const pending = { beforeTime: '', afterTime: '', ciphertext: Buffer.of(0) }
    await put(
      Array.from({ length: tables.pending }, () => pending),
      (rows) => tx.insert(auditPending).values(rows).then(),
    )
  })
}
