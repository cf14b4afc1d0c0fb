import { randomUUID } from 'node:crypto'
import { asc, max, min, sql } from 'drizzle-orm'
import { seal, sha256 } from '../access/crypto.ts'
import { canonicalJson } from '../model/change.ts'
import type { Db, Tx } from '../store/db.ts'
import { auditCheckpoints, auditHead, auditKeys, auditPayloads, auditPending } from '../store/schema.ts'
import type { CheckpointEvidence } from './checkpoint-check.ts'
import { inOneView, trailPages } from './read-trail.ts'
import type { RESTORED } from './restored.ts'
import { createSubjectKeys, holdKeys, type SubjectKey, sealWith } from './subject-keys.ts'
import { type AuditVerdict, ENVELOPE_VERSION, type ERASED, trailCheck } from './verify.ts'

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
  | 'letter.retried'
  | 'letter.discarded'
  | 'settings.changed'
  | 'memory.added'
  | 'memory.removed'
  | 'memory.forgotten'
  | typeof ERASED
  | typeof RESTORED
  | 'effect.unrecorded'

export type AuditEvent = {
  teamId: string
  /** Owner id, or `system`. */
  actor: string
  action: AuditAction
  /** The id of what it is about: an approval, an operation, a setting. */
  subject: string
  /** The account whose data the payload holds, with whose key it is encrypted; null: nobody's. */
  about: string | null
  /** What happened, in full; encrypted. */
  payload: Record<string, unknown>
}

export type Audit = { append(tx: Tx, event: AuditEvent): Promise<void> }

/** @param key encrypts the keys of the accounts, and what is about none of them */
export function createAudit(key: Uint8Array): Audit {
  const subjectKeys = createSubjectKeys(key)

  async function appendAbout(tx: Tx, about: string, event: AuditEvent): Promise<boolean> {
    const own = await subjectKeys.of(tx, about)
    return insert(tx, event, sealWith(own, canonicalJson(event.payload), contextOf(event)), own)
  }

  return {
    async append(tx, event) {
      const { about } = event
      if (about === null) {
        await insert(tx, event, seal(key, canonicalJson(event.payload), contextOf(event)))
        return
      }
      // Sent with what follows it, this takes no round trip of its own.
      const [, isIn] = await Promise.all([holdKeys(tx, about), appendAbout(tx, about, event)])
      if (isIn) return
      // Erased by another process since it was read: what happens from now on has a key of its own.
      subjectKeys.forget(tx, about)
      if (!(await appendAbout(tx, about, event))) throw new Error('An audit key went while it was held')
    },
  }
}

const contextOf = ({ subject }: AuditEvent): string => `audit:${subject}`

/** False when the key is no longer there: nobody could ever read what was encrypted with it. */
async function insert(
  tx: Tx,
  { teamId, actor, action, subject }: AuditEvent,
  ciphertext: Uint8Array,
  key?: SubjectKey,
): Promise<boolean> {
  // The database's clock, read under the head's lock, takes this mark's place.
  const time = randomUUID()
  const envelope = canonicalJson({
    v: ENVELOPE_VERSION,
    team: teamId,
    time,
    actor,
    action,
    subject,
    payload_sha256: sha256(ciphertext),
  })
  const [beforeTime = '', afterTime = ''] = envelope.split(time)
  if (!key) {
    await tx.insert(auditPending).values({ beforeTime, afterTime, ciphertext })
    return true
  }
  // One statement looks and inserts: a look of its own would make every press a round trip longer.
  const inserted = await tx.execute(sql`insert into ${auditPending} (before_time, after_time, ciphertext)
    select ${beforeTime}, ${afterTime}, ${ciphertext}::bytea
    where exists (select from ${auditKeys} where id = ${key.id}) returning id`)
  return Array.isArray(inserted) && inserted.length > 0
}

/**
 * Recomputes everything: chain, payloads, tree and checkpoints. The first bad row is named; nothing after it is
 * trusted.
 *
 * @param key null leaves out whether every payload still opens.
 */
export function verifyAudit(
  db: Db,
  key: Uint8Array | null,
  { published = [], verifier = null }: Partial<Omit<CheckpointEvidence, 'stored'>> = {},
): Promise<AuditVerdict> {
  return inOneView(db, async (tx) => {
    const stored = await tx.select().from(auditCheckpoints).orderBy(asc(auditCheckpoints.size))
    const keys = await tx.select().from(auditKeys)
    const check = trailCheck({ key, keys, stored, published, verifier })
    for await (const rows of trailPages(tx)) {
      for (const row of rows) {
        const finding = check.row(row)
        if (finding) return finding
      }
    }
    const heads = await tx.select().from(auditHead).orderBy(asc(auditHead.id))
    const pending = await tx.$count(auditPending)
    const { seq } = auditPayloads
    const [ends] = await tx.select({ first: min(seq), last: max(seq) }).from(auditPayloads)
    const payloads = ends?.first != null && ends.last != null ? { first: ends.first, last: ends.last } : null
    return check.end({ heads, pending, payloads })
  })
}
