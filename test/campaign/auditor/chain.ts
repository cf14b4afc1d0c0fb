import { createHash } from 'node:crypto'
import type { Tables } from './evidence.ts'

/** The audit trail's chain, recomputed from the published format. */

const sha256 = (...parts: (string | Uint8Array)[]) => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest()
}

/** @returns what does not fit; empty when all does */
export function chainProblems({ audit, auditHead, auditWaiting }: Tables): string[] {
  let previous = Buffer.alloc(32)
  for (const [index, row] of audit.entries()) {
    const seq = Buffer.alloc(8)
    seq.writeBigInt64BE(BigInt(row.seq))
    const hash = sha256(Uint8Array.of(1), previous, seq, sha256(row.envelope))
    if (Number(row.seq) !== index + 1) return [`row ${index + 1} is missing`]
    if (!previous.equals(row.prev_hash) || !hash.equals(row.hash)) return [`row ${row.seq} does not fit`]
    previous = hash
  }
  const [head] = auditHead
  if (Number(head?.seq) !== audit.length || !previous.equals(head?.hash ?? Buffer.alloc(0)))
    return ['the head is not the last row']
  return Number(auditWaiting[0]?.n) > 0 ? [`${auditWaiting[0]?.n} events never reached the chain`] : []
}

/** RFC 8785 for the JSON in a change: names in order, no white space. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  const names = Object.keys(value).sort()
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical((value as Record<string, unknown>)[name])}`).join(',')}}`
}

export const hashOf = (value: unknown): string => sha256(canonical(value)).toString('hex')
