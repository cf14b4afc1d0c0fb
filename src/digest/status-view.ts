import type { Role } from '../model/owner.ts'
import { context, fieldsSection, header, section, summary } from '../slack/blocks.ts'
import { date } from '../slack/dates.ts'
import type { Message } from '../slack/message.ts'
import { bullets, count, type Mrkdwn, mrkdwn } from '../slack/mrkdwn.ts'
import type { ModelCosts } from '../store/llm-usage.ts'
import { dataAge, noAccounts } from './words.ts'

/** `/sergas status`. */
export type Status = {
  asOf: Date | null
  /** What does not work at the moment, in words. */
  degraded: readonly string[]
  lastReviewAt: Date | null
  /** The reader's role when no account is theirs; absent or null otherwise. */
  ownsNothingAs?: Role | null
  nextDigestAt: Date | null
  /** Who stopped writing and when; null while writing. */
  writesStopped: { by: string; at: Date } | null
  waiting: number
  /** Approved and not yet written. */
  writing: number
  /** Given up on; somebody must look. */
  failed: number
  /** All that was given up on until an admin looks: writes, messages, jobs, webhooks. */
  deadLetters: number
  /** Messages not yet sent. */
  unsent: number
  /** What Claude cost; null where there is none. */
  model?: (ModelCosts & { usdPerDay: number }) | null
  /** Fields the CRM does not have, so what needs them is off. */
  switchedOff: readonly string[]
  /** Modules where Zoho does not hold a write back when the record moved. */
  weakPreconditions: readonly string[]
  zone: string
  now: Date
}

export function renderStatus(status: Status): Message {
  const troubles = troublesOf(status)
  const verdict = troubles.length === 0 ? 'Everything works' : `${count(troubles.length, 'thing')} to know`
  return {
    text: summary(
      `${verdict}: ${count(status.waiting, 'decision')} waiting, ${status.writing} being written.`,
    ),
    blocks: [
      header(verdict),
      section(dataAge(status, status.zone)),
      ...(status.ownsNothingAs ? [section(noAccounts(status.ownsNothingAs))] : []),
      fieldsSection([
        { label: 'Last review', value: moment(status.lastReviewAt, status.zone, 'none yet') },
        { label: 'Your next digest', value: moment(status.nextDigestAt, status.zone, 'none planned') },
        { label: 'Waiting for a decision', value: String(status.waiting) },
        { label: 'Being written to Zoho', value: String(status.writing) },
      ]),
      ...(troubles.length > 0 ? [section(bullets(troubles))] : []),
      ...(status.model ? [context([costs(status.model)])] : []),
    ],
  }
}

function costs({ todayUsd, usdPerDay, monthUsd, calls, unanswered, accepted }: Costs): Mrkdwn {
  const each =
    accepted > 0 ? mrkdwn`, ${dollars(monthUsd / accepted)} for each suggestion accepted` : mrkdwn``
  const failed = unanswered > 0 ? mrkdwn`, ${unanswered} of them without an answer` : mrkdwn``
  return mrkdwn`Claude: ${dollars(todayUsd)} of ${dollars(usdPerDay)} today; ${dollars(monthUsd)} in 30 days for ${count(calls, 'call')}${failed}${each}.`
}
type Costs = ModelCosts & { usdPerDay: number }

const dollars = (usd: number) => `$${usd.toFixed(2)}`

function moment(at: Date | null, zone: string, otherwise: string): Mrkdwn {
  return at ? date(at, 'dayTime', zone) : mrkdwn`${otherwise}`
}

function troublesOf({
  writesStopped,
  failed,
  deadLetters,
  unsent,
  switchedOff,
  weakPreconditions,
  asOf,
  degraded,
  zone,
}: Status): Mrkdwn[] {
  const troubles: Mrkdwn[] = degraded.map((each) => mrkdwn`${each}`)
  if (asOf === null) troubles.push(mrkdwn`Zoho has not been read yet, so nothing can be proposed.`)
  if (writesStopped) {
    troubles.push(
      mrkdwn`Writing to Zoho was stopped by ${writesStopped.by} ${date(writesStopped.at, 'dayTime', zone)}. Approved changes wait; none is lost.`,
    )
  }
  if (failed > 0) {
    const cards = failed === 1 ? 'Its card says why and offers' : 'Their cards say why and offer'
    troubles.push(mrkdwn`Not written: ${count(failed, 'approved change')}. ${cards} another try.`)
  }
  if (deadLetters > 0) {
    troubles.push(
      mrkdwn`Given up on until an admin looks: ${count(deadLetters, 'thing')}. Admins have a message with me that lists them, to try again or to discard.`,
    )
  }
  if (unsent > 20) troubles.push(mrkdwn`${unsent} messages wait to be sent; Slack takes about one a second.`)
  if (switchedOff.length > 0)
    troubles.push(mrkdwn`Off, because Zoho has no such field: ${switchedOff.join(', ')}.`)
  if (weakPreconditions.length > 0) {
    troubles.push(
      mrkdwn`For ${weakPreconditions.join(', ')}, Zoho cannot hold a write back when somebody edits at the same moment; I compare just before writing and check after.`,
    )
  }
  return troubles
}
