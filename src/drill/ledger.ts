import postgres from 'postgres'
import { type CrmChange, changeHash } from '../model/change.ts'

/** What a database holds of decisions and operations at one instant, by plain SQL. */
export type Ledger = {
  operations: readonly Operation[]
  /** Approvals that a person approved. */
  approved: ReadonlySet<string>
  /** Hash of each event of the audit trail, in order. */
  trail: readonly string[]
  lastBeatAt: number
}

export type Operation = {
  id: string
  approvalId: string
  state: string
  change: CrmChange
  /** The hashes that the operation, its approval, its version and its decision carry, and the change's own. */
  hashes: readonly string[]
}

export async function readLedger(url: string): Promise<Ledger> {
  const client = postgres(url, { max: 1, onnotice: () => {} })
  try {
    return await client.begin('isolation level repeatable read read only', async (sql) => {
      const operations = await sql`select o.id, o.approval_id, o.state, v.change,
          array[o.change_hash, a.change_hash, v.hash, d.change_hash] as hashes
        from operations o
        join approvals a on a.id = o.approval_id
        join approval_versions v on v.approval_id = o.approval_id and v.version = o.version
        left join decisions d on d.approval_id = o.approval_id and d.version = o.version and d.decision = 'approve'`
      const decisions = await sql`select approval_id from decisions where decision = 'approve'`
      const trail = await sql`select encode(hash, 'hex') as hash from audit_events order by seq`
      const [beat] = await sql`select extract(epoch from max(at)) * 1000 as at from drill.heartbeat`
      return {
        operations: operations.map(({ id, approval_id, state, change, hashes }) => ({
          id,
          approvalId: approval_id,
          state,
          change,
          hashes: [...hashes.map(String), changeHash(change)],
        })),
        approved: new Set(decisions.map((row) => row.approval_id)),
        trail: trail.map((row) => row.hash),
        lastBeatAt: Number(beat?.at ?? 0),
      }
    })
  } finally {
    await client.end()
  }
}

export const OVER: ReadonlySet<string> = new Set(['applied', 'conflict', 'failed'])
