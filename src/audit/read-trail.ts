import { type SQL, sql } from 'drizzle-orm'
import { type Db, type Tx, transaction } from '../store/db.ts'
import { auditEvents, auditPayloads } from '../store/schema.ts'
import type { TrailRow } from './verify.ts'

/** The trail as it stands in the database, page by page, of whatever length it is. */

const PAGE = 2_000

/** One snapshot of everything: on a living instance it moves while we read. */
export function inOneView<T>(db: Db, read: (tx: Tx) => Promise<T>): Promise<T> {
  return transaction(db, read, { isolationLevel: 'repeatable read', accessMode: 'read only' })
}

type RawRow = { seq: string; envelope: string; prev_hash: Buffer; hash: Buffer; ciphertext: Buffer | null }

export async function* trailPages(tx: Tx): AsyncGenerator<TrailRow[]> {
  // Said of both tables: the planner would read the payloads from their beginning for every page.
  const page = (after: string) => sql`select e.seq, e.envelope, e.prev_hash, e.hash, p.ciphertext
    from ${auditEvents} e left join ${auditPayloads} p on p.seq = e.seq and p.seq > ${after}
    where e.seq > ${after} order by e.seq limit ${PAGE}`
  for await (const rows of pages<RawRow>(tx, page)) {
    yield rows.map(({ seq, envelope, prev_hash, hash, ciphertext }) => ({
      seq: Number(seq),
      envelope,
      prevHash: prev_hash,
      hash,
      ciphertext,
    }))
  }
}

/** The hashes of the rows behind `seq`, as far as `last`. */
export async function* chainHashes(tx: Tx, seq: number, last: number): AsyncGenerator<Uint8Array> {
  const page = (after: string) =>
    sql`select e.seq, e.hash from ${auditEvents} e where e.seq > ${after} and e.seq <= ${last}
    order by e.seq limit ${PAGE}`
  for await (const rows of pages<Pick<RawRow, 'seq' | 'hash'>>(tx, page, String(seq)))
    for (const { hash } of rows) yield hash
}

/** Also what somebody put in front of the first row shows. */
const BEFORE_ALL = '-9223372036854775808'

/**
 * Rows as the driver has them: mapping each by its table takes longer than every hash of a verification. The next page
 * is on its way while one is looked at.
 */
async function* pages<Row extends { seq: string }>(
  tx: Tx,
  pageAfter: (seq: string) => SQL,
  from = BEFORE_ALL,
): AsyncGenerator<Row[]> {
  // The type is what the statement asks for.
  const page = async (seq: string) => (await tx.execute(pageAfter(seq))) as unknown as Row[]
  let rows = await page(from)
  for (;;) {
    const last = rows.at(-1)
    if (!last) return
    const next = rows.length < PAGE ? Promise.resolve([]) : page(last.seq)
    // Whoever stops in the middle does not wait for it.
    next.catch(() => {})
    yield rows
    rows = await next
  }
}
