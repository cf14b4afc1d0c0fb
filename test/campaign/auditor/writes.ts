import type { Approval, Book, Operation } from './book.ts'
import { hashOf } from './chain.ts'
import type { Change } from './evidence.ts'
import type { Found } from './rules.ts'
import type { Effect } from './zoho-log.ts'

/** Every write against the approval that allowed it, and every approval against what was written. */

export const OVER = new Set(['applied', 'conflict', 'failed'])

/** @returns what was written for each approval, by its id, in the CRM's order */
export function judgeWrites(book: Book, found: Found): Map<string, Effect[]> {
  const written = new Map<string, Effect[]>()
  for (const effect of book.effects) {
    if (effect.by !== 'bot') continue
    const approval = allowedBy(book, effect)
    if (!approval) {
      found(
        'unapproved',
        null,
        `${effect.kind} of ${effect.module} ${effect.recordId}, which nobody was asked about`,
      )
      continue
    }
    written.set(approval.id, [...(written.get(approval.id) ?? []), effect])
    judgeWrite(book, { approval, effect }, found)
  }
  return written
}

/** The approval, or the one that takes it back: whichever says what was written. */
function allowedBy(book: Book, effect: Effect): Approval | undefined {
  const subject = (effect.after ?? effect.before)?.Subject
  const approval = book.about(effect.module, effect.recordId, subject)
  if (!approval) return undefined
  const undo = book.undoOf(approval)
  const candidates = undo ? [approval, undo] : [approval]
  return candidates.find((each) => says(book.versionOf(each)?.change, effect)) ?? approval
}

function says(change: Change | undefined, effect: Effect): boolean {
  if (change?.action !== effect.kind) return false
  return effect.kind === 'remove' || holds(effect.asked, change.fields)
}

function judgeWrite(
  book: Book,
  { approval, effect }: { approval: Approval; effect: Effect },
  found: Found,
): void {
  const { id, state, decided_at } = approval
  const change = book.versionOf(approval)?.change
  if (state !== 'approved' || !book.operationOf(approval)) found('unapproved', id, `it is ${state}`)
  // The CRM's log has whole milliseconds, the database's clock has more.
  else if (Date.parse(effect.at) + 1 < (decided_at?.getTime() ?? 0))
    found('unapproved', id, 'before the decision')
  if (!says(change, effect)) found('content', id, `the request said ${JSON.stringify(effect.asked)}`)
  if (effect.kind !== 'create' && !holds(effect.before, change?.before))
    found('overwritten', id, `it held ${JSON.stringify(effect.before)}`)
}

/** What is wanted is there; whatever else is there does not matter. */
function holds(record: Record<string, unknown> | null, wanted: Record<string, unknown> | undefined): boolean {
  return Object.entries(wanted ?? {}).every(
    ([field, value]) => JSON.stringify(record?.[field] ?? null) === JSON.stringify(value),
  )
}

/** @returns how many were written, and told as a conflict because a person edited the record right afterwards */
export function judgeApprovals(book: Book, written: ReadonlyMap<string, Effect[]>, found: Found): number {
  let writtenAndConflict = 0
  for (const approval of book.tables.approvals) {
    if (approval.state === 'pending' && approval.expires_at.getTime() < Date.now() - 10_000)
      found('stuck', approval.id, 'pending after its deadline')
    if (approval.state !== 'approved') continue
    judgeDecision(book, approval, found)
    const operation = book.operationOf(approval)
    if (!operation) {
      found('lost', approval.id, 'approved without an operation')
      continue
    }
    const effects = written.get(approval.id) ?? []
    judgeOperation(approval, { operation, effects }, found)
    const [effect] = effects
    if (!effect || !OVER.has(operation.state) || operation.state === 'applied') continue
    if (operation.state === 'conflict' && wasEditedAfter(book, effect)) writtenAndConflict += 1
    else found('lost', approval.id, `written, and told as ${operation.state}`)
  }
  return writtenAndConflict
}

function judgeDecision(book: Book, approval: Approval, found: Found): void {
  const { id, decided_at, expires_at, decided_by, change_hash } = approval
  if (!decided_at || decided_at >= expires_at) found('late', id, `${decided_at} is not before ${expires_at}`)
  if (!book.askedIn(approval)?.deciders.includes(decided_by ?? '')) found('stranger', id, `by ${decided_by}`)
  const version = book.versionOf(approval)
  if (!version || hashOf(version.change) !== version.hash || version.hash !== change_hash)
    found('content', id, 'its hash is not that of its stored change')
}

function judgeOperation(
  approval: Approval,
  { operation, effects }: { operation: Operation; effects: readonly Effect[] },
  found: Found,
): void {
  const { id, version, change_hash } = approval
  const { state, attempt } = operation
  if (operation.version !== version || operation.change_hash !== change_hash)
    found('content', id, 'the operation is for another version')
  if (!OVER.has(state)) found('stuck', id, `the operation is ${state} after ${attempt} attempts`)
  if (effects.length > 1) found('double', id, `${effects.length} writes in ${attempt} attempts`)
  if (state === 'applied' && effects.length === 0) found('lost', id, 'told as written')
}

function wasEditedAfter({ effects }: Book, effect: Effect): boolean {
  return effects
    .slice(effects.indexOf(effect) + 1)
    .some(({ by, recordId }) => by === 'person' && recordId === effect.recordId)
}
