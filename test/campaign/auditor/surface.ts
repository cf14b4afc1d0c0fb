import type { Approval, Book } from './book.ts'
import { chainProblems } from './chain.ts'
import type { Found } from './rules.ts'
import { OVER } from './writes.ts'

/** What people were told, against the rows: presses, cards, and the trail for whoever asks later. */

export function judgePresses(book: Book, found: Found): void {
  const kept = new Map(book.tables.interactions.map((row) => [row.signature, row]))
  const decided = new Map(book.tables.decisions.map((row) => [row.interaction_id, row]))
  for (const click of book.clicks) {
    if (click.status !== 200) continue
    const { approvalId, what } = click
    const row = kept.get(click.signature)
    if (!row) found('unrecorded', approvalId, `${what}: not kept`)
    else if (row.state === 'received')
      found('unrecorded', approvalId, `${what}: kept, and nothing came of it`)
    else if (row.outcome === 'approved' && !decided.has(row.id))
      found('unrecorded', approvalId, `${what}: told as approved, without a decision`)
    const approval = book.approval(approvalId)
    const decision = row && decided.get(row.id)
    if (approval && decision?.decision === 'approve' && click.sentAt > approval.expires_at.getTime())
      found(
        'late',
        approvalId,
        `pressed ${click.sentAt - approval.expires_at.getTime()} ms after its deadline`,
      )
    if (!approval || what !== 'approval.approve') continue
    const inTime = click.sentAt + click.tookMs < approval.expires_at.getTime() - 1_000
    const mayDecide = book.asked.get(approvalId)?.deciders.includes(click.person)
    if (inTime && mayDecide && ['pending', 'expired'].includes(approval.state))
      found('unrecorded', approvalId, `${what}: answered in time, and it is ${approval.state}`)
  }
}

export function judgeEndings(book: Book, found: Found): void {
  const decisions = new Map<string, Set<string>>()
  for (const { approval_id: id, decision } of book.tables.decisions)
    decisions.set(id, (decisions.get(id) ?? new Set()).add(decision))
  for (const { id, state } of book.tables.approvals) {
    const kinds = [...(decisions.get(id) ?? [])]
    if (kinds.length > 1) found('endings', id, kinds.join(' and '))
    if (state !== 'pending' && kinds.length === 0) found('endings', id, `${state}, and nobody decided`)
    if (state === 'pending' && kinds.length > 0) found('endings', id, `pending, and ${kinds} is on record`)
  }
}

export function judgeTrail(book: Book, found: Found): void {
  for (const problem of chainProblems(book.tables)) found('audit', null, problem)
  const told = new Map<string, number>()
  for (const { envelope } of book.tables.audit) {
    const { action, subject } = JSON.parse(envelope)
    told.set(`${action} ${subject}`, (told.get(`${action} ${subject}`) ?? 0) + 1)
  }
  const once = (action: string, subject: string, approvalId: string) => {
    const times = told.get(`${action} ${subject}`) ?? 0
    if (times !== 1) found('audit', approvalId, `${action} is told ${times} times`)
  }
  for (const { id, kind, state } of book.tables.approvals) {
    if (kind === 'change') once('approval.opened', id, id)
    if (state !== 'pending') once(`approval.${state}`, id, id)
  }
  for (const { id, approval_id, state } of book.tables.operations)
    if (OVER.has(state)) once(`operation.${state}`, id, approval_id)
}

/** One card in ten thousand may stand in Slack twice: both lead to the same row. */
const DUPLICATES_BORNE = 1 / 10_000

/** @returns how many messages stand in Slack beyond one for each card */
export function judgeCards(book: Book, found: Found): number {
  let duplicates = 0
  for (const approval of book.tables.approvals) {
    if (approval.kind === 'undo') continue
    const card = book.cards.get(approval.id)
    duplicates += (card?.posts ?? 1) - 1
    const expected = cardState(book, approval)
    if (card?.last.state !== expected)
      found('card', approval.id, `says ${card?.last.state ?? 'nothing'}, and it is ${expected}`)
    judgeWhatWasShown(book, approval, found)
  }
  const borne = Math.max(1, book.tables.approvals.length * DUPLICATES_BORNE)
  if (duplicates > borne) found('card', null, `${duplicates} cards more than there should be`)
  for (const { message_key, state } of book.tables.unsent)
    found('stuck', null, `message ${message_key} is ${state}`)
  return duplicates
}

/** An edit is approved in the form that shows it; its card is drawn only afterwards. */
function judgeWhatWasShown(book: Book, approval: Approval, found: Found): void {
  if (approval.state !== 'approved' || approval.version !== 1) return
  const shown = book.cards.get(approval.id)?.shown.get(1) ?? ''
  const texts = Object.values(book.versionOf(approval)?.change.fields ?? {}).filter((value) =>
    `${value}`.includes(' '),
  )
  const missing = texts.filter((text) => !shown.includes(String(text)))
  if (missing.length > 0) found('content', approval.id, `its card did not show ${missing}`)
}

function cardState(book: Book, approval: Approval): string {
  const undo = book.undoOf(approval)
  if (undo && book.operationOf(undo)?.state === 'applied') return 'undone'
  if (approval.state !== 'approved') return approval.state
  switch (book.operationOf(approval)?.state) {
    case 'applied':
      return 'done'
    case 'conflict':
      return 'stale'
    case 'failed':
      return 'failed'
    default:
      return 'processing'
  }
}
