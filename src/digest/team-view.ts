import type { KnownBlock } from '@slack/types'
import type { RiskLevel, Signal, SignalKind } from '../model/signal.ts'
import { context, divider, header, section, summary } from '../slack/blocks.ts'
import { localDate, weekday } from '../slack/dates.ts'
import type { Message } from '../slack/message.ts'
import {
  bullets,
  count,
  joined,
  type Mrkdwn,
  mrkdwn,
  oneLine,
  truncate,
  truncateWords,
} from '../slack/mrkdwn.ts'
import type { Upcoming } from './compose.ts'
import type { Moved } from './moved.ts'
import { analysedLine, dataAge, needOfAll, needWords, riskPhrase, upcomingLine } from './words.ts'

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
  /** When a digest first came to them; null: none yet, so there was nothing to look at. */
  firstDigestAt: Date | null
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
      ? needWords(attention.length, 'someone')
      : `${count(upcoming.length, 'date')} coming up`
  return {
    text: summary(`${truncateWords(oneLine(digest.team), 30)}, ${weekday(now, zone)}: ${headline}.`),
    blocks: [
      header(`${weekday(now, zone)} · ${digest.team} · ${headline}`),
      section(
        joined(
          [mrkdwn`Owners decide in their own messages; nothing is decided here.`, dataAge(digest, zone)],
          ' ',
        ),
      ),
      ...list('Needing someone', attention.slice(0, LINES).map(account)),
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
  const kinds = [...new Set(signals.map(({ kind }) => kind))].slice(0, 2)
  const reasons = kinds.map((kind) => {
    const values = signals.flatMap((signal) => (signal.kind === kind ? [signal.value] : []))
    return SIGNAL_WORDS[kind](worst(values), values.length)
  })
  const why = reasons.length > 0 ? reasons.join(', ') : riskPhrase(risk)
  return mrkdwn`*${truncate(oneLine(name), 80)}* – ${why} · ${ownerName ?? 'no owner'}`
}

/** The largest figure: of several deals, the one that has stood longest. */
function worst(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null)
  return known.length > 0 ? Math.max(...known.map(Math.abs)) : null
}

function ownerLine(owner: TeamOwner, now: Date): Mrkdwn {
  const { name, accounts, needing, waiting } = owner
  const note = waiting > 0 && isAway(owner, now) ? ', has not looked for 48 h' : ''
  return mrkdwn`${name}: ${needOfAll(needing, accounts, 'someone')}, ${count(waiting, 'decision')} waiting${note}`
}

/** Nobody can have looked at what has not come yet. */
function isAway({ lookedAt, firstDigestAt }: TeamOwner, now: Date): boolean {
  if (firstDigestAt === null) return false
  const since = Math.max(lookedAt?.getTime() ?? 0, firstDigestAt.getTime())
  return now.getTime() - since > NOT_LOOKED_AFTER_MS
}

function list(title: string, lines: readonly Mrkdwn[]): KnownBlock[] {
  return lines.length === 0 ? [] : [divider(), section(mrkdwn`*${title}*\n${bullets(lines)}`)]
}

const days = (value: number | null) => (value === null ? '' : ` ${count(Math.abs(Math.round(value)), 'day')}`)

/** `a deal has`, `2 deals have`. */
const several = (n: number, one: string, many: string) => (n === 1 ? one : `${n} ${many}`)

/** Only days are told; every other figure may be an amount. */
const SIGNAL_WORDS: Record<SignalKind, (value: number | null, n: number) => string> = {
  inactivity: (value) => `no contact for${days(value) || ' some time'}`,
  stalled_deal: (value, n) =>
    `${several(n, 'a deal has', 'deals have')} not moved for${days(value) || ' some time'}`,
  overdue_close: (value, n) =>
    `${several(n, 'a close date', 'close dates')} passed${value === null ? '' : `${n > 1 ? ', the first' : ''}${days(value)} ago`}`,
  renewal_due: (value) => `renewal${value === null ? ' due soon' : ` in${days(value)}`}`,
  renewal_overdue: (value) => `renewal overdue${value === null ? '' : ` by${days(value)}`}`,
  engagement_drop: () => 'contact has dropped',
  owner_change: () => 'new owner',
  status_change: () => 'status changed',
  at_risk_status: () => 'marked at risk',
  payment_overdue: () => 'payment overdue',
  deal_stage_change: (_, n) => `${several(n, 'a deal', 'deals')} changed stage`,
  stage_regression: (_, n) => `${several(n, 'a deal', 'deals')} went back a stage`,
  amount_change: (_, n) => `${several(n, 'a deal amount', 'deal amounts')} changed`,
  high_value_activity: (_, n) =>
    `${several(n, 'an important meeting or demo', 'important meetings or demos')}`,
  contact_added: (_, n) => `${several(n, 'new contact', 'new contacts')}`,
  new_account: () => 'new account',
  overdue_task: (_, n) => `${several(n, 'a task is', 'tasks are')} overdue`,
  overdue_promise: (value) => `a promise overdue${value === null ? '' : ` by${days(value)}`}`,
  no_next_step: (_, n) => `${several(n, 'a deal', 'deals')} without a next step`,
  growth: () => 'signs of growth',
}
