import type { PublishedCheckpoint } from '../../src/audit/note.ts'
import { type AuditVerdict, trailCheck } from '../../src/audit/verify.ts'
import { handedOver, key, signer, type Tables } from './trail.ts'

/** What a verification says of tables, without a database. */
export function verdictOn(tables: Tables, published: readonly PublishedCheckpoint[]): AuditVerdict {
  const { rows, surroundings, keys, stored } = handedOver(tables)
  const check = trailCheck({ key, keys, stored, published, verifier: signer.verifier })
  for (const row of rows) {
    const finding = check.row(row)
    if (finding) return finding
  }
  return check.end(surroundings)
}
