import { addLeaf, type Frontier, leafHash, rootOf, sameHash } from './merkle.ts'
import { checkpointsIn, isSignedBy, type PublishedCheckpoint, type Verifier } from './note.ts'
import { checkpointKey, type Restored } from './restored.ts'
import type { Finding } from './verify.ts'

/**
 * The tree over the rows, computed anew, beside every checkpoint that was ever made of it. Those in the database are
 * only as good as their signature; those that were published are beyond the reach of whoever owns the database.
 */
export type CheckpointRow = { size: number; root: Uint8Array; frontier: Uint8Array; note: string }

export type CheckpointEvidence = {
  stored: readonly CheckpointRow[]
  /** From outside the database; their signatures were looked at by whoever hands them over. */
  published: readonly PublishedCheckpoint[]
  /** Null: signatures are not looked at. */
  verifier: Verifier | null
}

/**
 * The leaf of a row is its hash in the chain, which stands for its seq, its envelope, its payload and all before it:
 * what a checkpoint signs is then the very chain, and going on from it takes 32 bytes a row.
 */
export const leafOf = ({ hash }: { hash: Uint8Array }): Uint8Array => leafHash(hash)

export const frontierBytes = ({ roots }: Frontier): Uint8Array => new Uint8Array(Buffer.concat(roots))

export function checkpointCheck({ stored, published, verifier }: CheckpointEvidence) {
  const frontier: Frontier = { size: 0, roots: [] }
  const storedAt = new Map(stored.map((row) => [row.size, row]))
  const publishedAt = new Map<number, PublishedCheckpoint[]>()
  for (const one of published) publishedAt.set(one.size, [...(publishedAt.get(one.size) ?? []), one])
  const forgiven = new Set<string>()
  /** Published ones that the rows do not fit: a restore further on may tell of them. */
  const suspects: { published: PublishedCheckpoint[]; finding: Finding }[] = []
  const restoredAt = new Set<number>()
  /** By the row of a restore, how many events it lost at least. */
  const lostFrom = new Map<number, number>()
  let fits = 0

  function at(size: number): Finding | null {
    const row = storedAt.get(size)
    const outside = (publishedAt.get(size) ?? []).filter(isOurs)
    if (!row && outside.length === 0) return null
    const root = rootOf(frontier)
    const broken = (problem: string): Finding => ({
      ok: false,
      seq: size,
      table: 'audit_checkpoints',
      problem,
    })
    const others = outside.filter((one) => !sameHash(one.root, root))
    if (others.length > 0)
      suspects.push({ published: others, finding: otherRows('a published checkpoint', size) })
    const isConfirmed = outside.length > others.length
    const problem = row && ownProblem(row, verifier)
    if (problem) return broken(problem)
    if (row && !sameHash(row.root, root))
      // What was published says that the rows are right.
      return isConfirmed ? broken('its root is not that of the rows') : otherRows('a checkpoint', size)
    if (row && !sameHash(row.frontier, frontierBytes(frontier)))
      return broken('its frontier is not that of the rows')
    if (!row) return isConfirmed ? broken('a published checkpoint is no longer stored') : null
    fits = size
    return null
  }

  const isOurs = (one: PublishedCheckpoint): boolean => !forgiven.has(checkpointKey(one))

  const otherRows = (whose: string, size: number): Finding => ({
    ok: false,
    seq: fits + 1,
    ...(size > fits + 1 ? { through: size } : {}),
    table: 'audit_events',
    problem: `the rows are not those that ${whose} of ${size} events stands for`,
  })

  return {
    row(row: { seq: number; hash: Uint8Array }): Finding | null {
      addLeaf(frontier, leafOf(row))
      return at(row.seq)
    },
    /** Those of a trail longer than the one that is there. */
    end(): Finding[] {
      const { size } = frontier
      const cut = (whose: string, saw: number): Finding => ({
        ok: false,
        seq: size + 1,
        table: 'audit_events',
        problem: `the trail ends before this row, and ${whose} saw ${saw} events`,
      })
      const impossible = stored.filter((row) => row.size < 1)
      return [
        ...impossible.map((row) => ({
          ok: false as const,
          seq: row.size,
          table: 'audit_checkpoints' as const,
          problem: 'it stands for no event',
        })),
        ...published
          .filter((one) => one.size > size && isOurs(one))
          .map((one) => cut('a published checkpoint', one.size)),
        ...stored
          .filter((row) => row.size > size)
          .map((row) => {
            const problem = ownProblem(row, verifier)
            return problem
              ? { ok: false as const, seq: row.size, table: 'audit_checkpoints' as const, problem }
              : cut('a checkpoint', row.size)
          }),
      ]
    },
    /** The first that nothing explains so far. */
    suspect: (): Finding | null => suspects.find(({ published }) => published.some(isOurs))?.finding ?? null,
    /**
     * A restore tells which checkpoints stand for rows that it left behind: those from its own row on, or from that of
     * the restore that it tells of again, no others.
     */
    forgive(seq: number, { events, lost }: Restored) {
      restoredAt.add(seq)
      const from = restoredAt.has(events + 1) ? events + 1 : seq
      const behind = lost.filter(({ size }) => size >= from)
      for (const { size, root } of behind) forgiven.add(`${size} ${root}`)
      lostFrom.set(from, Math.max(lostFrom.get(from) ?? 0, ...behind.map(({ size }) => size - from + 1)))
    },
    covered: () => fits,
    lost: () => [...lostFrom.values()].reduce((sum, events) => sum + events, 0),
  }
}

/** What is wrong with it whatever the rows are. */
function ownProblem({ size, root, note }: CheckpointRow, verifier: Verifier | null): string | null {
  const [said, ...more] = checkpointsIn(note)
  if (!said || more.length > 0 || said.note !== note) return 'its note is no checkpoint'
  if (said.size !== size || !sameHash(said.root, root)) return 'its note says otherwise than its row'
  if (verifier && (said.origin !== verifier.name || !isSignedBy(verifier, note)))
    return 'its note is not signed with this key'
  return null
}
