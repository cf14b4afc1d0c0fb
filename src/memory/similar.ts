import type { Alike } from '../store/memory-reads.ts'
import type { SimilarAccount } from './memory.ts'

/** What two accounts share, in words. Most telling first. */

const MOST_REASONS = 4

export function inReasons({ accountId, name, shared }: Alike): SimilarAccount {
  return { accountId, name, reasons: shared.slice(0, MOST_REASONS).map(reason) }
}

function reason({ id, name }: Alike['shared'][number]): string {
  if (id.startsWith('competitor:') || id.startsWith('product:')) return `both mention ${name}`
  if (id.startsWith('trait:industry:')) return `same industry (${name})`
  if (id.startsWith('trait:size:')) return `similar size (${name})`
  if (id.startsWith('trait:stage:')) return `both had a deal in ${name}`
  return `both had ${name}`
}
