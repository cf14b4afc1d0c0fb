import type { KnownBlock } from '@slack/types'
import type { Account } from '../model/account.ts'
import type { AccountStanding, RecommendationState } from '../model/review.ts'
import type { Evidence } from '../model/signal.ts'
import {
  actions,
  button,
  context,
  fieldsSection,
  header,
  linkButton,
  section,
  summary,
} from '../slack/blocks.ts'
import { type Citing, citation } from '../slack/citation.ts'
import { calendarDay, dayAndDistance, daysFrom } from '../slack/dates.ts'
import type { Message } from '../slack/message.ts'
import {
  bullets,
  count,
  figure,
  joined,
  link,
  type Mrkdwn,
  mrkdwn,
  oneLine,
  type Text,
  truncateWords,
} from '../slack/mrkdwn.ts'
import { notMeasuredLine, patternLines } from './patterns-view.ts'
import { CLOSED, dataAge, RECOMMENDATION_WORDS, RISK_WORDS, riskPhrase } from './words.ts'

/** The state of one account, as asked for with `/account` or by Review. */
export type Brief = {
  account: Account
  ownerName: string | null
  /** Null until it was reviewed once. */
  standing: AccountStanding | null
  /** Health at the review before, and when that was. */
  healthBefore: { score: number; at: Date } | null
  /** `Call “Quarterly review”`. */
  lastTouch: { label: string; at: Date } | null
  /** Contacts that happened in the last 30 days. */
  recentTouches: number
  /** Of the last 30 days, newest first; `movedItems` makes the texts. */
  whatChanged: readonly { text: string; at: Date }[]
  recommendations: readonly BriefSuggestion[]
  /** The account's page in the CRM. */
  url: string | null
  asOf: Date | null
  degraded: readonly string[]
  /** Suggestions whose cards do not come with it, because so many wait already. */
  withheld?: number
  /** Accounts with something in common, closest first, and what that is. */
  similar?: readonly { name: string; reasons: readonly string[] }[]
  /** How it stands, in a model's words; absent where no model was asked or none answered. */
  inWords?: { text: string; cited: readonly Evidence[] }
  /** The page of a record in the CRM. */
  recordUrl?: Citing['recordUrl']
  /** The reader's. */
  zone: string
  now: Date
}

export type BriefSuggestion = {
  id: string
  title: string
  state: RecommendationState
  /** Permalink of its card once it was shown. */
  cardUrl: string | null
}

const LINES = 5

export function renderBrief(brief: Brief): Message {
  const { account, zone } = brief
  return {
    text: summary(`${truncateWords(oneLine(account.name), 40)}: ${riskInBrief(brief)}, ${openWords(brief)}.`),
    blocks: [
      header(account.name),
      fieldsSection(facts(brief)),
      ...inWords(brief),
      section(mrkdwn`*What changed*\n${changes(brief)}`),
      section(risk(brief)),
      ...patterns(brief),
      section(mrkdwn`*Next step*\n${nextStep(brief)}`),
      ...suggestions(brief),
      actions([
        button({
          text: 'Draft follow-up',
          action: 'brief.draft',
          value: account.id,
          label: `Draft a follow-up e-mail to ${account.name}; it is not sent`,
        }),
        button({
          text: 'Propose CRM update',
          action: 'brief.propose',
          value: account.id,
          label: `Propose a change of ${account.name} in the CRM; nothing is written yet`,
        }),
        ...(brief.url
          ? [linkButton('Open in CRM', 'brief.open_in_crm', brief.url, `Open ${account.name} in the CRM`)]
          : []),
      ]),
      context([
        dataAge(brief, zone),
        ...withheld(brief),
        ...similar(brief),
        'The evidence is in the thread. Nothing is written to Zoho until you approve.',
      ]),
    ],
  }
}

/** Each record it rests on once; the rest stands in the evidence. */
function inWords({ inWords: said, recordUrl = () => null, zone, now }: Brief): KnownBlock[] {
  if (!said) return []
  const sources = said.cited.slice(0, LINES).map((each) => citation(each, { recordUrl, zone, now }))
  return [
    section(mrkdwn`*In short*\n${said.text}`),
    context([
      sources.length > 0
        ? mrkdwn`Written by Claude from ${joined(sources, ' · ')}`
        : mrkdwn`Written by Claude; no record is cited, so take it with care.`,
    ]),
  ]
}

function withheld({ withheld = 0 }: Brief): Text[] {
  if (withheld === 0) return []
  return [
    `So many cards wait for you that I add none: ${count(withheld, 'more suggestion')} ${withheld === 1 ? 'waits' : 'wait'} in App Home. Review opens one.`,
  ]
}

function similar({ similar = [] }: Brief): Text[] {
  if (similar.length === 0) return []
  const each = similar.map(({ name, reasons }) => `${oneLine(name)} (${reasons.map(oneLine).join(', ')})`)
  return [truncateWords(`Similar accounts: ${each.join('; ')}`, 300)]
}

function isClosed({ account }: Brief): boolean {
  return account.status === 'closed'
}

function riskInBrief(brief: Brief): string {
  if (isClosed(brief)) return 'closed'
  return brief.standing ? riskPhrase(brief.standing.risk.level) : 'not reviewed yet'
}

function risk(brief: Brief): Mrkdwn {
  const { standing } = brief
  if (isClosed(brief)) return mrkdwn`*Risk*\n${CLOSED}`
  if (!standing) return mrkdwn`*Risk*\nThe first review has not run yet.`
  const reasons = standing.risk.reasons.slice(0, LINES).map(({ text }) => oneLine(text))
  return mrkdwn`*Risk: ${RISK_WORDS[standing.risk.level]}*\n${reasons.length > 0 ? bullets(reasons) : 'Nothing speaks against this account.'}`
}

/** An account that left, and a review of before there were patterns, have none. */
function patterns(brief: Brief): KnownBlock[] {
  const told = brief.standing?.patterns
  if (!told || isClosed(brief)) return []
  const lacking = notMeasuredLine(told)
  return [section(patternLines(told)), ...(lacking ? [context([lacking])] : [])]
}

function openWords({ recommendations }: Brief): string {
  const open = recommendations.filter(({ state }) => state === 'open' || state === 'shown').length
  if (open === 0) return 'nothing suggested'
  return open === 1 ? '1 suggestion' : `${open} suggestions`
}

function facts({
  account,
  ownerName,
  standing,
  healthBefore,
  lastTouch,
  now,
  zone,
}: Brief): { label: string; value: Text }[] {
  const day = (iso: string) => {
    const distance = daysFrom(iso, now, zone)
    const isNear = distance === 'yesterday' || distance === 'today' || distance === 'tomorrow'
    return isNear ? distance : (dayAndDistance(iso, now, zone) ?? iso)
  }
  return [
    { label: 'Owner', value: ownerName ?? 'nobody we know' },
    { label: 'Status', value: account.statusText ?? 'unknown' },
    {
      label: 'Annual revenue',
      value: account.annualRevenue === null ? 'unknown' : figure(account.annualRevenue),
    },
    { label: 'Renewal', value: account.renewalDate ? day(account.renewalDate) : 'no date on record' },
    { label: 'Health', value: health(standing, healthBefore) },
    {
      label: 'Last touch',
      value: lastTouch ? `${oneLine(lastTouch.label)}, ${day(lastTouch.at.toISOString())}` : 'none on record',
    },
  ]
}

function health(standing: AccountStanding | null, before: Brief['healthBefore']): string {
  if (!standing) return 'not known yet'
  const change = before ? standing.health - before.score : 0
  const moved =
    change === 0 ? (before ? ', unchanged' : '') : `, ${change > 0 ? 'up' : 'down'} ${Math.abs(change)}`
  return `${standing.health} of 100${moved}`
}

function changes({ whatChanged, recentTouches, zone, now }: Brief): Mrkdwn {
  const contact = recentTouches > 0 ? count(recentTouches, 'contact') : 'no contact'
  if (whatChanged.length === 0) return mrkdwn`No field changed in the last 30 days; ${contact} in that time.`
  const lines = whatChanged
    .slice(0, LINES)
    .map(({ text, at }) => mrkdwn`${text} – ${calendarDay(at.toISOString(), now, zone)}`)
  return mrkdwn`${bullets(lines)}\nIn the last 30 days: ${contact}.`
}

function nextStep(brief: Brief): Mrkdwn {
  const next = brief.recommendations.find(({ state }) => state === 'open' || state === 'shown')
  if (!next) return isClosed(brief) ? mrkdwn`Nothing to do.` : mrkdwn`Nothing needs you here at the moment.`
  return next.cardUrl
    ? mrkdwn`${oneLine(next.title)} – ${link(next.cardUrl, 'decide on its card')}`
    : mrkdwn`${oneLine(next.title)}`
}

/** What can be decided has a button; what was decided has its card. */
function suggestions({ recommendations }: Brief): KnownBlock[] {
  if (recommendations.length === 0) return []
  const rows = recommendations.slice(0, LINES).map(({ id, title, state, cardUrl }) => {
    const words = joined(
      [
        mrkdwn`*${truncateWords(oneLine(title), 150)}*`,
        mrkdwn`${state === 'shown' && cardUrl ? 'already a card, waiting for a decision' : RECOMMENDATION_WORDS[state]}`,
        ...(cardUrl ? [link(cardUrl, 'see the card')] : []),
      ],
      ' · ',
    )
    const mayReview = state === 'open' || state === 'shown'
    return section(words, {
      ...(mayReview && {
        accessory: button({ text: 'Review', action: 'brief.review', value: id, label: `Review: ${title}` }),
      }),
    })
  })
  return [section(mrkdwn`*Suggestions*`), ...rows]
}
