import { randomBytes, randomUUID } from 'node:crypto'
import { asc, eq, sql } from 'drizzle-orm'
import { open, seal } from '../access/crypto.ts'
import type { Tx } from '../store/db.ts'
import { auditKeys } from '../store/schema.ts'

/**
 * What the payloads about one account are encrypted with: a random key of its own, itself encrypted by ours. Taking
 * the key away makes them unreadable and leaves the chain, which covers what is encrypted, as it was.
 */
export type SubjectKey = { id: string; key: Uint8Array }
export type KeyRow = typeof auditKeys.$inferSelect

export type SubjectKeys = {
  of(tx: Tx, about: string): Promise<SubjectKey>
  /** It is no longer there, or must no longer be used. */
  forget(tx: Tx, about: string): void
}

const nameOfKeys = (about: string) => sql`hashtextextended(${`audit-keys:${about}`}, 0)`

/**
 * Until the transaction ends, the keys of this account do not go: whoever erases waits for it, and it for them. A lock
 * of a name and not of rows, which would need the right to change them and would miss a key that was only just made.
 * What it protects is to be asked for by a statement after it: that sees what an erasure did that was waited for.
 */
export async function holdKeys(tx: Tx, about: string): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock_shared(${nameOfKeys(about)})`)
}

/** Waits until nobody holds them. */
export async function lockKeys(tx: Tx, about: string): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(${nameOfKeys(about)})`)
}

const KEY_BYTES = 32
/** Some megabytes; one that is not among them is read again. */
const KEPT = 10_000

export function createSubjectKeys(ours: Uint8Array): SubjectKeys {
  const kept = new Map<string, SubjectKey>()
  // What a transaction made is nobody else's until it commits, and it may not.
  const made = new WeakMap<Tx, Map<string, Promise<SubjectKey>>>()

  async function findOrMake(tx: Tx, about: string): Promise<SubjectKey> {
    const rows = await tx
      .select()
      .from(auditKeys)
      .where(eq(auditKeys.about, about))
      .orderBy(asc(auditKeys.id))
    for (const row of rows) {
      const key = unwrap(ours, row)
      // One that does not open is told by a verification; a decision does not wait for that.
      if (!key) continue
      if (kept.size >= KEPT) kept.delete(kept.keys().next().value ?? '')
      kept.set(about, { id: row.id, key })
      return { id: row.id, key }
    }
    const fresh = { id: randomUUID(), key: new Uint8Array(randomBytes(KEY_BYTES)) }
    // Nothing about an account is unique here: two that make one at once do not wait for each other's commits.
    await tx.insert(auditKeys).values({ id: fresh.id, about, wrapped: wrap(ours, about, fresh) })
    return fresh
  }

  return {
    async of(tx, about) {
      const known = kept.get(about)
      if (known) return known
      const here = made.get(tx) ?? new Map<string, Promise<SubjectKey>>()
      made.set(tx, here)
      const asked = here.get(about) ?? findOrMake(tx, about)
      here.set(about, asked)
      return asked
    },
    forget(tx, about) {
      kept.delete(about)
      made.get(tx)?.delete(about)
    },
  }
}

/** Bound to its row: a key does not open in another's place. */
const wrapping = (id: string, about: string) => `audit-key:${id}:${about}`

const wrap = (ours: Uint8Array, about: string, { id, key }: SubjectKey): Uint8Array =>
  seal(ours, key, wrapping(id, about))

/** Null when it is not as it was made, or our key is another. */
export function unwrap(ours: Uint8Array, { id, about, wrapped }: KeyRow): Uint8Array | null {
  try {
    return open(ours, wrapped, wrapping(id, about))
  } catch {
    return null
  }
}

/** Before a key's id in a ciphertext. Without it, it was made with our own key, as all once were. */
const MARK = Buffer.from('subj-key')
const ID_BYTES = 16
const HEAD = MARK.length + ID_BYTES

export function sealWith({ id, key }: SubjectKey, text: string, context: string): Uint8Array {
  const idBytes = Buffer.from(id.replaceAll('-', ''), 'hex')
  return new Uint8Array(Buffer.concat([MARK, idBytes, seal(key, text, context)]))
}

/** Which key opens it; null: our own. */
export function keyIdOf(ciphertext: Uint8Array): string | null {
  for (let at = 0; at < MARK.length; at += 1) if (ciphertext[at] !== MARK[at]) return null
  if (ciphertext.length < HEAD) return null
  const hex = Buffer.from(ciphertext.buffer, ciphertext.byteOffset, HEAD).toString('hex', MARK.length)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

/** @throws Error when the key or the context is another, or a byte was changed */
export function openWith(key: Uint8Array, ciphertext: Uint8Array, context: string): Uint8Array {
  return open(key, ciphertext.subarray(HEAD), context)
}
