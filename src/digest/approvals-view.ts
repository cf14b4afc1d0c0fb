import type { KnownBlock } from '@slack/types'
import type { ActionClass } from '../model/review.ts'
import { actions, button, context, header, section, summary } from '../slack/blocks.ts'
import { date } from '../slack/dates.ts'
import { LIMITS } from '../slack/limits.ts'
import type { Message } from '../slack/message.ts'
import { count, joined, mrkdwn, oneLine, type Text, truncateWords } from '../slack/mrkdwn.ts'

/** `/approvals`: what waits for the reader. */
export type WaitingApproval = {
  recommendationId: string
  /** `<approval id>:<version>`, as the card's own buttons carry it. */
  ref: string
  accountName: string
  title: string
  actionClass: ActionClass
  requiredDeciders: number
  confidence: number
  expiresAt: Date
  /** Whose it is, when not the reader's own; null otherwise. */
  askedName: string | null
}

const ROWS = 10
const SURE = 0.6

/** Making a task, a meeting or a note harms nobody and needs one person: those may be approved together. */
export function isLowImpact({ actionClass, requiredDeciders, confidence }: WaitingApproval): boolean {
  return actionClass === 'activity' && requiredDeciders === 1 && confidence >= SURE
}

/** `waiting`: those that run out first, first. */
export function renderApprovals(waiting: readonly WaitingApproval[], zone: string): Message {
  if (waiting.length === 0) {
    return {
      text: summary('Nothing is waiting for your decision.'),
      blocks: [section('Nothing is waiting for your decision. Ranked suggestions are in App Home.')],
    }
  }
  const shown = waiting.slice(0, ROWS)
  const together = shown.filter(isLowImpact)
  const title = waitingWords(waiting)
  return {
    text: summary(`${title}.`),
    blocks: [
      header(title),
      ...shown.map((each) => row(each, zone)),
      ...(waiting.length > ROWS ? [context([`${waiting.length - ROWS} more after these.`])] : []),
      ...(together.length >= 2 ? batch(together) : []),
      context(['Nothing is written to Zoho until you approve.']),
    ],
  }
}

function row(
  { recommendationId, accountName, title, confidence, expiresAt, askedName }: WaitingApproval,
  zone: string,
): KnownBlock {
  const details: Text[] = [mrkdwn`expires ${date(expiresAt, 'dayTime', zone)}`]
  if (confidence < SURE) details.push('needs a second look')
  if (askedName) details.push(`to decide: ${askedName}`)
  return section(
    mrkdwn`*${truncateWords(oneLine(accountName), 80)}* – ${truncateWords(oneLine(title), 150)}\n${joined(details, ' · ')}`,
    {
      accessory: button({
        text: 'Review',
        action: 'approvals.review',
        value: recommendationId,
        label: `Review: ${accountName}, ${title}`,
      }),
    },
  )
}

/** `2 decisions waiting for you, 6 for your reports`: what is theirs is not counted as the reader's. */
export function waitingWords(waiting: readonly Pick<WaitingApproval, 'askedName'>[]): string {
  const reports = waiting.filter(({ askedName }) => askedName !== null).length
  const own = waiting.length - reports
  if (reports === 0) return `${count(own, 'decision')} waiting for you`
  if (own === 0) return `${count(reports, 'decision')} waiting for your reports`
  return `${count(own, 'decision')} waiting for you, ${reports} for your reports`
}

const CREATES = 'Creates in Zoho:'

/** The dialog names each account and what is done there, in equal parts of what it holds. */
function batch(together: readonly WaitingApproval[]): KnownBlock[] {
  const n = together.length
  const room = Math.floor((LIMITS.confirmText - CREATES.length) / n) - 1
  const lines = together.map(({ accountName, title }) => {
    const account = truncateWords(oneLine(accountName), Math.floor(room / 2))
    return `${account}: ${truncateWords(oneLine(title), room - account.length - 2)}`
  })
  return [
    actions([
      button({
        text: `Approve ${n} low-impact items`,
        action: 'approvals.batch',
        value: together.map(({ ref }) => ref).join(','),
        label: `Approve ${n} tasks, meetings or notes at once`,
        confirm: {
          title: `Approve these ${n}?`,
          text: [CREATES, ...lines].join('\n'),
          confirm: `Approve ${n}`,
        },
      }),
    ]),
  ]
}
