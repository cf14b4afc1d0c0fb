import { createHash, randomUUID } from 'node:crypto'
import { asc, gt, sql } from 'drizzle-orm'
import { z } from 'zod'
import { open, seal, sha256 } from '../access/crypto.ts'
import { canonicalJson } from '../model/change.ts'
import { type Db, type Tx, transaction } from '../store/db.ts'
import { auditEvents, auditHead, auditPayloads, auditPending } from '../store/schema.ts'

/**
 * The trail of every decision and every write: a hash chain over envelopes without personal data, and the
 * payloads encrypted beside it. It is appended by the commit of what it records: whoever appends holds the head's
 * lock until the commit is done, which must not last while statements travel.
 *
 * `hash = SHA-256(0x01 ‖ previous hash ‖ seq as int8 ‖ SHA-256(envelope))`. This format does not change.
 */

export type AuditAction =
  | 'approval.opened'
  | 'approval.edited'
  | 'approval.approved'
  | 'approval.seconded'
  | 'approval.rejected'
  | 'approval.expired'
  | 'approval.superseded'
  | 'approval.withdrawn'
  | 'approval.stale'
  | 'operation.applied'
  | 'operation.conflict'
  | 'operation.failed'
  | 'operation.unknown'
  | 'operation.retried'
  | 'settings.changed'

export type AuditEvent = {
  teamId: string
  /** Owner id, or `system`. */
  actor: string
  action: AuditAction
  /** The id of what it is about: an approval, an operation, a setting. */
  subject: string
  /** What happened, in full; encrypted. */
  payload: Record<string, unknown>
}

export type Audit = { append(tx: Tx, event: AuditEvent): Promise<void> }

const VERSION = 1

export function createAudit(key: Uint8Array): Audit {
  return {
    async append(tx, { teamId, actor, action, subject, payload }) {
      const ciphertext = seal(key, canonicalJson(payload), `audit:${subject}`)
      // The database's clock, read under the head's lock, takes this mark's place.
      const time = randomUUID()
      const envelope = canonicalJson({
        v: VERSION,
        team: teamId,
        time,
        actor,
        action,
        subject,
        payload_sha256: sha256(ciphertext),
      })
      const [beforeTime = '', afterTime = ''] = envelope.split(time)
      await tx.insert(auditPending).values({ beforeTime, afterTime, ciphertext })
    },
  }
}

const Envelope = z.object({
  v: z.literal(VERSION),
  team: z.string(),
  time: z.string(),
  actor: z.string(),
  action: z.string(),
  subject: z.string(),
  payload_sha256: z.string(),
})

export type AuditVerdict =
  | { ok: true; events: number; head: string }
  | {
      ok: false
      seq: number
      table: 'audit_events' | 'audit_payloads' | 'audit_pending' | 'audit_head'
      problem: string
    }

const PAGE = 1_000

/**
 * Recomputes the whole chain. The first bad row is named; nothing after it is trusted.
 *
 * @param key null leaves out whether every payload still opens.
 */
export function verifyAudit(db: Db, key: Uint8Array | null): Promise<AuditVerdict> {
  // One snapshot of rows and head: on a living instance they move while we read.
  return transaction(db, (tx) => verifyIn(tx, key), {
    isolationLevel: 'repeatable read',
    accessMode: 'read only',
  })
}

async function verifyIn(db: Tx, key: Uint8Array | null): Promise<AuditVerdict> {
  let seq = 0
  let hash: Uint8Array = new Uint8Array(32)
  for (;;) {
    const rows = await db
      .select({
        seq: auditEvents.seq,
        envelope: auditEvents.envelope,
        prevHash: auditEvents.prevHash,
        hash: auditEvents.hash,
        ciphertext: auditPayloads.ciphertext,
      })
      .from(auditEvents)
      .leftJoin(auditPayloads, sql`${auditPayloads.seq} = ${auditEvents.seq}`)
      .where(gt(auditEvents.seq, seq))
      .orderBy(asc(auditEvents.seq))
      .limit(PAGE)
    for (const row of rows) {
      const broken = (table: 'audit_events' | 'audit_payloads', problem: string) =>
        ({ ok: false, seq: row.seq, table, problem }) as const
      if (row.seq !== seq + 1) {
        return { ok: false, seq: seq + 1, table: 'audit_events', problem: 'the row is missing' }
      }
      if (!sameBytes(row.prevHash, hash))
        return broken('audit_events', 'its previous hash is not the hash before it')
      if (!sameBytes(row.hash, chainHash(hash, row.seq, row.envelope))) {
        return broken('audit_events', 'its hash does not fit its envelope')
      }
      const problem = payloadProblem(key, row.envelope, row.ciphertext)
      if (problem) return broken('audit_payloads', problem)
      seq = row.seq
      hash = row.hash
    }
    if (rows.length < PAGE) break
  }
  // Taken up by the commit that brought it, so nobody can see one: the trigger is gone, or was switched off.
  const [left] = await db.select({ id: auditPending.id }).from(auditPending).limit(1)
  if (left) {
    const problem = 'an event was committed and not added to the chain'
    return { ok: false, seq: seq + 1, table: 'audit_pending', problem }
  }
  const [head] = await db.select().from(auditHead)
  if (!head || head.seq !== seq || !sameBytes(head.hash, hash)) {
    return {
      ok: false,
      seq: head?.seq ?? seq,
      table: 'audit_head',
      problem: 'the head does not fit the last row',
    }
  }
  return { ok: true, events: seq, head: Buffer.from(hash).toString('hex') }
}

function payloadProblem(
  key: Uint8Array | null,
  envelope: string,
  ciphertext: Uint8Array | null,
): string | null {
  const parsed = Envelope.safeParse(jsonOf(envelope))
  if (!parsed.success) return 'the envelope has another shape'
  if (!ciphertext) return 'the payload is missing'
  if (sha256(ciphertext) !== parsed.data.payload_sha256)
    return 'the payload is not the one the envelope names'
  if (!key) return null
  try {
    open(key, ciphertext, `audit:${parsed.data.subject}`)
    return null
  } catch {
    return 'the payload does not open with this key'
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function chainHash(previous: Uint8Array, seq: number, envelope: string): Uint8Array {
  const seqBytes = Buffer.alloc(8)
  seqBytes.writeBigInt64BE(BigInt(seq))
  const envelopeHash = createHash('sha256').update(envelope).digest()
  return createHash('sha256')
    .update(Buffer.of(1))
    .update(previous)
    .update(seqBytes)
    .update(envelopeHash)
    .digest()
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0
}
