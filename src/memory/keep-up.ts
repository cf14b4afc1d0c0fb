import type { Log } from '../log.ts'
import { DAY_MS } from '../model/memory.ts'
import { type Db, transaction } from '../store/db.ts'
import {
  accountsDecidedAbout,
  clearMemoryDue,
  type MemoryDue,
  markMemoryDue,
  memoryDue,
  postponeMemory,
  stillDue,
} from '../store/memory-due.ts'
import { onRecord } from '../store/memory-source.ts'
import { type Remembered, replaceMemory, type Written } from '../store/memory-writes.ts'
import { setting } from '../store/settings.ts'
import { type DeriveOptions, derive } from './derive.ts'

/**
 * Keeps memory up with what is on record. What is to be done is in the rows, so it may be run at any time, by several
 * at once, and ended anywhere.
 */
export type KeepUpTools = { db: Db; log: Log }

/** Small, so that whoever presses never waits long for a transaction to end. */
const AT_ONCE = 20
/** An account that cannot be remembered is tried again after this, so that it never holds up the others. */
const PUT_OFF_MS = 600_000
export const KEEP_DAYS = 3 * 365

/** @returns how many accounts were looked at */
export async function keepUp(tools: KeepUpTools): Promise<number> {
  const { db } = tools
  await markMemoryDue(db, await accountsDecidedAbout(db))
  const options = await deriveOptions(db)
  let seen = 0
  for (;;) {
    const due = await memoryDue(db, AT_ONCE)
    if (due.length === 0) return seen
    seen += due.length
    await rememberAll(tools, due, options)
  }
}

export async function isMemoryDue(db: Db): Promise<boolean> {
  return (await memoryDue(db, 1)).length > 0 || (await accountsDecidedAbout(db)).length > 0
}

export async function deriveOptions(db: Db): Promise<DeriveOptions> {
  const vocabulary = (await setting(db, 'memory_vocabulary')) ?? { products: [], competitors: [] }
  return { vocabulary, since: await rememberedSince(db) }
}

/** How far back memory reaches. */
export async function rememberedSince(db: Db): Promise<Date> {
  return new Date(Date.now() - ((await setting(db, 'memory_keep_days')) ?? KEEP_DAYS) * DAY_MS)
}

async function rememberAll(
  tools: KeepUpTools,
  due: readonly MemoryDue[],
  options: DeriveOptions,
): Promise<void> {
  try {
    await rememberTogether(tools.db, due, options)
  } catch (error) {
    if (due.length === 1) return putOff(tools, due, error)
    // One of them spoils it for the others: each by itself.
    for (const one of due) await rememberAll(tools, [one], options)
  }
}

async function putOff({ db, log }: KeepUpTools, due: readonly MemoryDue[], error: unknown): Promise<void> {
  for (const { accountId } of due) {
    log.error({ err: error, accountId }, 'account could not be remembered')
    await postponeMemory(db, accountId, PUT_OFF_MS)
  }
}

/** Read and made before the transaction, which then only writes; what moved in between is left for the next time. */
async function rememberTogether(db: Db, due: readonly MemoryDue[], options: DeriveOptions): Promise<Written> {
  const records = await onRecord(
    db,
    due.map(({ accountId }) => accountId),
  )
  const made = new Map([...records].map(([id, record]) => [id, derive(record, options)]))
  return transaction(db, async (tx) => {
    const ids = await stillDue(tx, due)
    if (ids.length === 0) return { written: 0, removed: 0 }
    const all = ids.flatMap((id) => made.get(id) ?? [])
    const written = await replaceMemory(tx, ids, together(all))
    await clearMemoryDue(tx, ids)
    return written
  })
}

function together(all: readonly Remembered[]): Remembered {
  return {
    events: all.flatMap(({ events }) => events),
    entities: all.flatMap(({ entities }) => entities),
    relations: all.flatMap(({ relations }) => relations),
    facts: all.flatMap(({ facts }) => facts),
  }
}
