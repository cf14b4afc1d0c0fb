import type { KnownBlock } from '@slack/types'
import type { Role } from '../model/owner.ts'
import type { AccountStanding } from '../model/review.ts'
import { context, divider, fieldsSection, header, section, summary, table } from '../slack/blocks.ts'
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
import {
  analysedLine,
  bands,
  dataAge,
  needOfAll,
  noAccounts,
  RISK_WORDS,
  riskPhrase,
  upcomingLine,
} from './words.ts'

export type Portfolio = {
  /** Whose: `Your portfolio`, `Dana's portfolio`, `Team portfolio`. */
  title: string
  standings: readonly AccountStanding[]
  /** Accounts with a suggestion that is open or waits for a decision. */
  needing: number
  /** Accounts in the mirror, reviewed or not. */
  owned: number
  /** The reader's, when it is their own portfolio; null when it is somebody else's or a team's. */
  ownRole: Role | null
  /** Owner names by account id, for a team; null for one owner. */
  ownerNames: ReadonlyMap<string, string> | null
  moved: readonly Moved[]
  upcoming: readonly Upcoming[]
  analysed: number
  skipped: { count: number; why: string }
  asOf: Date | null
  degraded: readonly string[]
  zone: string
  now: Date
}

const ROWS = 25
const LIST_ROWS = 10
const LINES = 5

/** `tables`: whether the workspace shows Slack's table block; else the most pressing accounts are listed. */
export function renderPortfolio(
  portfolio: Portfolio,
  surface: { tables: boolean } = { tables: true },
): Message {
  const { title, standings, moved, upcoming, zone, now } = portfolio
  const grouped = bands(standings)
  const pressing = grouped.flatMap(({ standings }) => standings)
  if (pressing.length === 0) return empty(portfolio)
  const needs = needsOf(portfolio)
  return {
    text: summary(`${truncateWords(oneLine(title), 30)}: ${needs}.`),
    blocks: [
      header(title),
      section(`${needs}.`),
      fieldsSection(
        grouped.map(({ name, standings }) => ({ label: name, value: count(standings.length, 'account') })),
      ),
      ...(surface.tables ? tabled(pressing, portfolio) : listed(pressing)),
      ...list(
        'Moved since yesterday',
        moved.slice(0, LINES).map(({ accountName, text }) => mrkdwn`*${accountName}* – ${text}`),
      ),
      ...list(
        'Coming up',
        upcoming.slice(0, LINES).map((each) => upcomingLine(each, zone, now)),
      ),
      context([dataAge(portfolio, zone), analysedLine(portfolio)]),
    ],
  }
}

function empty(portfolio: Portfolio): Message {
  const { title, zone } = portfolio
  return {
    text: summary(`${truncateWords(oneLine(title), 30)}: no account to show.`),
    blocks: [header(title), section(nothingHere(portfolio)), context([dataAge(portfolio, zone)])],
  }
}

function needsOf({ needing, owned, ownRole }: Portfolio): string {
  return needOfAll(needing, owned, ownRole === null ? 'someone' : 'you')
}

function nothingHere({ asOf, owned, ownRole }: Portfolio): Mrkdwn {
  if (asOf === null) return mrkdwn`No account here yet. Accounts appear after the first sync with Zoho.`
  if (owned > 0)
    return mrkdwn`${count(owned, 'account')} here, not reviewed yet. The first review takes a minute.`
  return ownRole === null ? mrkdwn`No accounts in Zoho belong here.` : noAccounts(ownRole)
}

function tabled(pressing: readonly AccountStanding[], { ownerNames }: Portfolio): KnownBlock[] {
  const rows = pressing
    .slice(0, ROWS)
    .map((standing) => [
      standing.name,
      ...(ownerNames ? [ownerNames.get(standing.accountId) ?? 'no owner'] : []),
      RISK_WORDS[standing.risk.level],
      `${standing.health} of 100`,
      mainReason(standing),
    ])
  const headings = ['Account', ...(ownerNames ? ['Owner'] : []), 'Risk', 'Health', 'Main reason']
  return [table(headings, rows), ...beyond(pressing.length - ROWS)]
}

function listed(pressing: readonly AccountStanding[]): KnownBlock[] {
  const lines = pressing.slice(0, LIST_ROWS).map((standing) => {
    return mrkdwn`*${truncate(oneLine(standing.name), 60)}* – ${riskPhrase(standing.risk.level)}, health ${standing.health} of 100: ${mainReason(standing)}`
  })
  return [section(bullets(lines)), ...beyond(pressing.length - LIST_ROWS)]
}

function mainReason({ risk }: AccountStanding): string {
  const [first] = risk.reasons.toSorted((a, b) => b.points - a.points)
  return first ? truncateWords(oneLine(first.text), 100) : 'nothing to report'
}

function beyond(rest: number): KnownBlock[] {
  return rest > 0 ? [context([`and ${count(rest, 'account')} with less risk`])] : []
}

function list(title: string, lines: readonly Mrkdwn[]): KnownBlock[] {
  return lines.length === 0 ? [] : [divider(), section(joined([mrkdwn`*${title}*`, bullets(lines)], '\n'))]
}
