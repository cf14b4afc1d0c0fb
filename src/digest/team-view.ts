import type { KnownBlock } from '@slack/types'
import type { RiskLevel, Signal, SignalKind } from '../model/signal.ts'
import { context, divider, header, section, summary } from '../slack/blocks.ts'
import { localDate, weekday } from '../slack/dates.ts'
import type { Message } from '../slack/message.ts'
import { bullets, count, joined, type Mrkdwn, mrkdwn, oneLine, truncate } from '../slack/mrkdwn.ts'
import type { Upcoming } from './compose.ts'
import type { Moved } from './moved.ts'
import { analysedLine, dataAge, RISK_WORDS, upcomingLine } from './words.ts'

/**
 * The digest a whole channel reads: nobody is @-mentioned, nothing can be decided, and no amount is shown.
 * Amounts stay out because no free text comes in: signals are told in words of ours, deals are not named.
 */
export type TeamDigest = {
  id: string
  team: string
  zone: string
  owners: readonly TeamOwner[]
  /** Most pressing first. */
  attention: readonly TeamAccount[]
  moved: readonly Moved[]
  upcoming: readonly Upcoming[]
  analysed: number
  skipped: { count: number; why: string }
  asOf: Date | null
  degraded: readonly string[]
  now: Date
}

export type TeamOwner = {
  name: string
  accounts: number
  needing: number
  waiting: number
  lookedAt: Date | null
}

export type TeamAccount = {
  accountId: string
  name: string
  ownerName: string | null
  risk: RiskLevel
  signals: readonly Pick<Signal, 'kind' | 'value'>[]
}

const LINES = 5
const OWNERS = 15
const NOT_LOOKED_AFTER_MS = 48 * 3_600_000

/** Null when no account needs anybody. */
export function renderTeamDigest(digest: TeamDigest): Message | null {
  const { attention, upcoming, moved, zone, now } = digest
  if (attention.length === 0 && upcoming.length === 0) return null
  const headline =
    attention.length > 0
      ? `${count(attention.length, 'account')} ${attention.length === 1 ? 'needs' : 'need'} attention`
      : `${count(upcoming.length, 'date')} coming up`
  return {
    text: summary(`${digest.team}, ${weekday(now, zone)}: ${headline}.`),
    blocks: [
      header(`${weekday(now, zone)} · ${digest.team} · ${headline}`),
      section(
        joined(
          [mrkdwn`Owners decide in their own messages; nothing is decided here.`, dataAge(digest, zone)],
          ' ',
        ),
      ),
      ...list('Needs attention', attention.slice(0, LINES).map(account)),
      ...list(
        'Moved since yesterday',
        moved.slice(0, LINES).map(({ accountName, discreet }) => mrkdwn`*${accountName}* – ${discreet}`),
      ),
      ...list(
        'Coming up, 7 days',
        upcoming.slice(0, LINES).map((each) => upcomingLine({ ...each, deal: null }, zone, now)),
      ),
      ...list(
        'Owners',
        digest.owners.slice(0, OWNERS).map((owner) => ownerLine(owner, now)),
      ),
      context([analysedLine(digest)]),
    ],
    metadata: {
      event_type: 'sergas_digest',
      event_payload: {
        digest_id: digest.id,
        owner_id: null,
        local_date: localDate(now, zone),
        account_ids: attention.slice(0, LINES).map(({ accountId }) => accountId),
      },
    },
  }
}

function account({ name, ownerName, risk, signals }: TeamAccount): Mrkdwn {
  const reasons = signals.slice(0, 2).map(({ kind, value }) => SIGNAL_WORDS[kind](value))
  const why = reasons.length > 0 ? reasons.join(', ') : RISK_WORDS[risk]
  return mrkdwn`*${truncate(oneLine(name), 80)}* – ${why} · ${ownerName ?? 'no owner'}`
}

function ownerLine({ name, accounts, needing, waiting, lookedAt }: TeamOwner, now: Date): Mrkdwn {
  const away = lookedAt === null || now.getTime() - lookedAt.getTime() > NOT_LOOKED_AFTER_MS
  const note = waiting > 0 && away ? ', has not looked for 48 h' : ''
  return mrkdwn`${name}: ${needing} of ${count(accounts, 'account')} need attention, ${count(waiting, 'decision')} waiting${note}`
}

function list(title: string, lines: readonly Mrkdwn[]): KnownBlock[] {
  return lines.length === 0 ? [] : [divider(), section(mrkdwn`*${title}*\n${bullets(lines)}`)]
}

const days = (value: number | null) => (value === null ? '' : ` ${count(Math.abs(Math.round(value)), 'day')}`)

/** Only days are told; every other figure may be an amount. */
const SIGNAL_WORDS: Record<SignalKind, (value: number | null) => string> = {
  inactivity: (value) => `no contact for${days(value) || ' some time'}`,
  stalled_deal: (value) => `a deal has not moved for${days(value) || ' some time'}`,
  overdue_close: (value) => `a close date passed${value === null ? '' : `${days(value)} ago`}`,
  renewal_due: (value) => `renewal${value === null ? ' due soon' : ` in${days(value)}`}`,
  renewal_overdue: (value) => `renewal overdue${value === null ? '' : ` by${days(value)}`}`,
  engagement_drop: () => 'contact has dropped',
  owner_change: () => 'new owner',
  status_change: () => 'status changed',
  at_risk_status: () => 'marked at risk',
  payment_overdue: () => 'payment overdue',
  deal_stage_change: () => 'a deal changed stage',
  stage_regression: () => 'a deal went back a stage',
  amount_change: () => 'a deal amount changed',
  high_value_activity: () => 'an important meeting or demo',
  contact_added: () => 'new contact',
  new_account: () => 'new account',
  overdue_task: () => 'a task is overdue',
  no_next_step: () => 'a deal without a next step',
  growth: () => 'signs of growth',
}
