import { hash } from 'node:crypto'
import { z } from 'zod'
import { open, openText } from '../access/crypto.ts'
import { type CheckpointEvidence, checkpointCheck } from './checkpoint-check.ts'
import { HASH_BYTES } from './merkle.ts'
import { RESTORED, Restored } from './restored.ts'
import { type KeyRow, keyIdOf, openWith, unwrap } from './subject-keys.ts'

/**
 * Whether a trail is the one that was written: the chain, every payload, every checkpoint. It is handed rows and
 * knows no database, so that any trail can be tried, also a forged one.
 *
 * The first row that does not fit is named, and nothing after it is trusted. A trail that was written anew from some
 * row on, or cut, fits in itself: then it is a checkpoint that tells, and the row named is the first after the last
 * checkpoint that fits (`seq`), the last suspect the one that the checkpoint ends with (`through`).
 */
export type TrailRow = {
  seq: number
  envelope: string
  prevHash: Uint8Array
  hash: Uint8Array
  ciphertext: Uint8Array | null
}

export type Evidence = CheckpointEvidence & {
  /** Opens the payloads; null: they are only compared with what the envelopes name. */
  key: Uint8Array | null
  keys: readonly KeyRow[]
}

/** What stands beside the events. */
export type Surroundings = {
  heads: readonly { id: number; seq: number; hash: Uint8Array }[]
  pending: number
  /** First and last seq of the payloads; null when there are none. */
  payloads: { first: number; last: number } | null
}

export type AuditTable =
  | 'audit_events'
  | 'audit_payloads'
  | 'audit_pending'
  | 'audit_head'
  | 'audit_checkpoints'
  | 'audit_keys'

export type Finding = {
  ok: false
  seq: number
  /** Only when no exact row can be told: it is one from `seq` to here. */
  through?: number
  table: AuditTable
  problem: string
}

export type AuditVerdict =
  | {
      ok: true
      events: number
      head: string
      /** Payloads that nobody can read any more, as an erasure in the trail says. */
      erased: number
      /** How many events the last checkpoint that fits stands for; 0: there is none. */
      covered: number
      /** Events that published checkpoints stand for and that a restore left behind, as the trail says. */
      lost: number
    }
  | Finding

/** Each row is given in the order of its seq; the first finding is the verdict. */
export type TrailCheck = {
  row(row: TrailRow): Finding | null
  end(surroundings: Surroundings): AuditVerdict
}

export const ENVELOPE_VERSION = 1
/** The subject of this event is a key's id. */
export const ERASED = 'subject.erased'

const Envelope = z.object({
  v: z.literal(ENVELOPE_VERSION),
  team: z.string(),
  time: z.string(),
  actor: z.string(),
  action: z.string(),
  subject: z.string(),
  payload_sha256: z.string(),
})

export function trailCheck(evidence: Evidence): TrailCheck {
  const checkpoints = checkpointCheck(evidence)
  const payloads = payloadCheck(evidence, checkpoints.forgive)
  let seq = 0
  let last: Uint8Array = new Uint8Array(32)

  function finding(row: TrailRow): Finding | null {
    const broken = (table: AuditTable, problem: string): Finding => ({
      ok: false,
      seq: row.seq,
      table,
      problem,
    })
    if (row.seq <= seq) return broken('audit_events', 'the row does not belong to the chain')
    if (row.seq !== seq + 1) return { ...broken('audit_events', 'the row is missing'), seq: seq + 1 }
    if (!sameBytes(row.prevHash, last))
      return broken('audit_events', 'its previous hash is not the hash before it')
    if (!sameBytes(row.hash, chainHash(last, row.seq, row.envelope)))
      return broken('audit_events', 'its hash does not fit its envelope')
    const problem = payloads.row(row)
    if (problem) return broken('audit_payloads', problem)
    seq = row.seq
    last = row.hash
    return checkpoints.row(row)
  }

  return {
    row(row) {
      const found = finding(row)
      return found && (checkpoints.suspect() ?? found)
    },
    end(surroundings) {
      // What keys say rests on the erasures in the trail, so all of it must be there.
      const [first = null] = [
        ...[...surroundingProblems({ seq, hash: last }, surroundings), ...checkpoints.end()].toSorted(bySeq),
        ...payloads.end().toSorted(bySeq),
      ]
      const found = checkpoints.suspect() ?? first
      if (found) return found
      const { erased } = payloads
      const { covered } = checkpoints
      return {
        ok: true,
        events: seq,
        head: Buffer.from(last).toString('hex'),
        erased: erased(),
        covered: covered(),
        lost: checkpoints.lost(),
      }
    },
  }
}

const bySeq = (a: Finding, b: Finding) => a.seq - b.seq

function surroundingProblems(
  { seq, hash }: { seq: number; hash: Uint8Array },
  { heads, pending, payloads }: Surroundings,
): Finding[] {
  const findings: Finding[] = []
  const found = (table: AuditTable, at: number, problem: string) =>
    findings.push({ ok: false, seq: at, table, problem })
  // Taken up by the commit that brought it, so nobody can see one: the trigger is gone, or was switched off.
  if (pending > 0) found('audit_pending', seq + 1, 'an event was committed and not added to the chain')
  const [head, ...more] = heads
  if (!head || more.length > 0 || head.id !== 1 || head.seq !== seq || !sameBytes(head.hash, hash)) {
    const first = head && head.seq > seq ? seq + 1 : (head?.seq ?? seq)
    found('audit_head', first, 'the head does not fit the last row')
  }
  const stray = payloads && (payloads.first < 1 ? payloads.first : payloads.last > seq ? payloads.last : null)
  if (stray !== null) found('audit_payloads', stray, 'the payload belongs to no event')
  return findings
}

function payloadCheck({ key, keys }: Evidence, restored: (seq: number, told: Restored) => void) {
  const opened = new Map(keys.map((row) => [row.id, key && unwrap(key, row)]))
  const firstUse = new Map<string, number>()
  const erasures = new Map<string, number>()
  const gone = new Map<string, number>()

  function ofSubject(id: string, { seq, ciphertext, context }: Sealed): string | null {
    if (!firstUse.has(id)) firstUse.set(id, seq)
    const own = opened.get(id)
    if (own === undefined) gone.set(id, (gone.get(id) ?? 0) + 1)
    // That the key itself does not open is told at the end, with the first payload that needs it.
    if (!own) return null
    return opens(() => openWith(own, ciphertext, context)) ? null : 'the payload does not open with its key'
  }

  return {
    row({ seq, envelope, ciphertext }: TrailRow): string | null {
      const parsed = Envelope.safeParse(jsonOf(envelope))
      if (!parsed.success) return 'the envelope has another shape'
      const { action, subject, payload_sha256 } = parsed.data
      if (!ciphertext) return 'the payload is missing'
      if (hash('sha256', ciphertext) !== payload_sha256)
        return 'the payload is not the one the envelope names'
      if (action === ERASED && !erasures.has(subject)) erasures.set(subject, seq)
      const context = `audit:${subject}`
      const id = keyIdOf(ciphertext)
      if (id) return ofSubject(id, { seq, ciphertext, context })
      if (!key) return null
      if (!opens(() => open(key, ciphertext, context))) return 'the payload does not open with this key'
      if (action === RESTORED) {
        const told = Restored.safeParse(jsonOf(openText(key, ciphertext, context)))
        // Told in a form we do not know, nothing is forgiven.
        if (told.success) restored(seq, told.data)
      }
      return null
    },
    end(): Finding[] {
      const findings: Finding[] = []
      const found = (seq: number, problem: string) =>
        findings.push({ ok: false, seq, table: 'audit_keys', problem })
      for (const id of gone.keys())
        if (!erasures.has(id))
          found(firstUse.get(id) ?? 0, 'the key of its payload is gone, and no erasure tells of it')
      for (const [id, own] of opened) {
        const erasedAt = erasures.get(id)
        if (erasedAt !== undefined) found(erasedAt, 'the key that it erased is there again')
        // With our key at hand, null can only mean that it did not open.
        else if (key && !own) found(firstUse.get(id) ?? 0, `the key ${id} does not open with this key`)
      }
      return findings
    },
    erased: () => [...gone.values()].reduce((sum, payloads) => sum + payloads, 0),
  }
}

type Sealed = { seq: number; ciphertext: Uint8Array; context: string }

function opens(attempt: () => unknown): boolean {
  try {
    attempt()
    return true
  } catch {
    return false
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** 0x01 ‖ previous hash ‖ seq as int8 ‖ SHA-256(envelope); one buffer, for a hundred thousand rows. */
const link = Buffer.alloc(1 + HASH_BYTES + 8 + HASH_BYTES, 1)

export function chainHash(previous: Uint8Array, seq: number, envelope: string): Uint8Array {
  link.set(previous, 1)
  link.writeBigInt64BE(BigInt(seq), 1 + HASH_BYTES)
  link.set(hash('sha256', envelope, 'buffer'), 1 + HASH_BYTES + 8)
  return hash('sha256', link, 'buffer')
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0
}
