import type { HomeView, KnownBlock } from '@slack/types'
import type { Owner } from '../model/owner.ts'
import type { AccountStanding } from '../model/review.ts'
import { button, context, divider, header, section } from '../slack/blocks.ts'
import { date } from '../slack/dates.ts'
import { LIMITS } from '../slack/limits.ts'
import {
  bullets,
  count,
  joined,
  link,
  type Mrkdwn,
  mrkdwn,
  oneLine,
  type Text,
  truncateWords,
} from '../slack/mrkdwn.ts'
import { waitingWords } from './approvals-view.ts'
import { homeSettings } from './home-settings.ts'
import { analysedLine, BANDS, bands, dataAge, needOfAll, noAccounts } from './words.ts'

/** A suggestion in one row: waiting for a decision, or not opened yet. */
export type SuggestionRow = {
  recommendationId: string
  accountName: string
  title: string
  /** Null while not opened: its time has not begun. */
  expiresAt: Date | null
  confidence: { level: 'high' | 'medium' | 'low'; score: number }
}

export type DecidedRow = {
  accountName: string
  title: string
  /** What became of it, e.g. `approved and written to Zoho`. */
  outcome: Text
  at: Date
  /** Permalink of the card. */
  url: string | null
}

export type Home = {
  owner: Pick<Owner, 'name' | 'role' | 'zone' | 'preferences'>
  asOf: Date | null
  degraded: readonly string[]
  lastRunAt: Date | null
  /** Null while paused or switched off. */
  nextDigestAt: Date | null
  /** Local time, `HH:MM`, in force: the person's own or the company's. */
  digestTime: string
  /** Today's digest came to its turn too late to be sent. */
  digestSkipped: boolean
  analysed: number
  skipped: { count: number; why: string }
  /** Most urgent first. */
  waiting: readonly SuggestionRow[]
  /** A manager's: what waits for their reports, and for whom. */
  reportsWaiting: readonly (SuggestionRow & { askedName: string })[]
  suggestions: readonly SuggestionRow[]
  /** Newest first. */
  decided: readonly DecidedRow[]
  standings: readonly AccountStanding[]
  /** Accounts of theirs in the mirror, reviewed or not. */
  owned: number
  /** Of those, how many have a suggestion that is open or waits for a decision. */
  needing: number
  mutedAccounts: readonly { id: string; name: string }[]
  /** The kill switch: who stopped writing, in words; null while writing. */
  writesStopped: string | null
  now: Date
}

const ROWS = 10
const DECIDED_ROWS = 5

export function renderHome(home: Home): HomeView {
  const blocks: KnownBlock[] = [
    header(greeting(home)),
    section(status(home)),
    ...(home.writesStopped
      ? [
          section(
            mrkdwn`*Writing to Zoho is stopped* (${home.writesStopped}). You can decide; approved changes wait.`,
          ),
        ]
      : []),
    ...waiting(home),
    ...reportsWaiting(home),
    ...suggestions(home),
    ...decided(home),
    ...portfolio(home),
    divider(),
    ...homeSettings(home),
    context(['Type /sergas help for all commands. Nothing is written to Zoho until somebody approves it.']),
  ]
  return { type: 'home', blocks: blocks.slice(0, LIMITS.viewBlocks) }
}

function greeting({ waiting, reportsWaiting }: Home): string {
  if (waiting.length + reportsWaiting.length === 0) return 'Nothing is waiting for you'
  return waitingWords([...waiting.map(() => ({ askedName: null })), ...reportsWaiting])
}

function status(home: Home): Mrkdwn {
  const { owner, lastRunAt, nextDigestAt } = home
  const parts = [dataAge(home, owner.zone)]
  parts.push(
    lastRunAt ? mrkdwn`Last review ${date(lastRunAt, 'dayTime', owner.zone)}.` : mrkdwn`No review yet.`,
  )
  if (home.analysed > 0) parts.push(mrkdwn`${analysedLine(home)}`)
  if (home.digestSkipped)
    parts.push(
      mrkdwn`Today’s digest was left out, because it could not be sent within four hours of its time; */sergas digest now* sends it.`,
    )
  if (nextDigestAt)
    parts.push(mrkdwn`Next digest ${date(nextDigestAt, 'dayTime', owner.zone)}, if something needs you.`)
  return joined(parts, ' ')
}

function waiting(home: Home): KnownBlock[] {
  const rows = home.waiting
  if (rows.length === 0 && home.owned === 0 && home.asOf !== null) {
    return [divider(), section(noAccounts(home.owner.role))]
  }
  if (rows.length === 0) {
    const checked =
      home.analysed > 0 ? `Checked ${count(home.analysed, 'account')}` : 'No account checked yet'
    const rest = home.suggestions.length > 0 ? 'nothing waits for a decision' : 'nothing needs you'
    return [divider(), section(`${checked}, ${rest}.`)]
  }
  return [
    divider(),
    header(`Waiting for you (${rows.length})`),
    ...rows.slice(0, ROWS).map((row) => suggestion(row, home)),
    ...overflowing(rows.length - ROWS, 'more wait after these; /approvals lists them.'),
  ]
}

function reportsWaiting(home: Home): KnownBlock[] {
  const rows = home.reportsWaiting
  if (rows.length === 0) return []
  return [
    divider(),
    header(`Waiting for your reports (${rows.length})`),
    ...rows.slice(0, ROWS).map((row) => suggestion(row, home, row.askedName)),
    ...overflowing(rows.length - ROWS, 'more wait after these; /approvals lists them.'),
  ]
}

function suggestions(home: Home): KnownBlock[] {
  const rows = home.suggestions
  if (rows.length === 0) return []
  return [
    divider(),
    header(`More suggestions (${rows.length})`),
    context(['Ranked by urgency. The time to decide begins when you open one.']),
    ...rows.slice(0, ROWS).map((row) => suggestion(row, home)),
    ...overflowing(rows.length - ROWS, 'more, ranked below these.'),
  ]
}

function suggestion(
  { recommendationId, accountName, title, expiresAt, confidence }: SuggestionRow,
  home: Home,
  askedName: string | null = null,
): KnownBlock {
  const details: Text[] = [
    ...(askedName ? [`to decide: ${askedName}`] : []),
    `${confidence.level} confidence`,
  ]
  if (confidence.score < 0.6) details.push('needs a second look')
  if (expiresAt) details.push(mrkdwn`expires ${date(expiresAt, 'dayTime', home.owner.zone)}`)
  return section(
    mrkdwn`*${truncateWords(oneLine(accountName), 80)}* – ${truncateWords(oneLine(title), 150)}\n${joined(details, ' · ')}`,
    {
      accessory: button({
        text: 'Review',
        action: 'home.review',
        value: recommendationId,
        label: `Review: ${accountName}, ${title}`,
      }),
    },
  )
}

function overflowing(n: number, text: string): KnownBlock[] {
  return n > 0 ? [context([`${n} ${text}`])] : []
}

function decided({ decided, owner }: Home): KnownBlock[] {
  if (decided.length === 0) return []
  const lines = decided.slice(0, DECIDED_ROWS).map(({ accountName, title, outcome, at, url }) => {
    const what = `${truncateWords(oneLine(accountName), 60)} – ${truncateWords(oneLine(title), 120)}`
    return mrkdwn`${link(url, what)}: ${outcome}, ${date(at, 'dayTime', owner.zone)}`
  })
  return [divider(), header('Recently decided'), section(bullets(lines))]
}

function portfolio({ standings, needing, owned }: Home): KnownBlock[] {
  if (standings.length === 0) return []
  const needs = needOfAll(needing, owned, 'you')
  const calmest = BANDS.at(-1)?.name
  const lines = bands(standings).map(({ name, standings }) => {
    const names = standings.slice(0, 5).map((each) => truncateWords(oneLine(each.name), 40))
    const rest = standings.length - names.length
    const listed =
      name === calmest || names.length === 0
        ? ''
        : `: ${names.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`
    return mrkdwn`*${name}* ${standings.length}${listed}`
  })
  return [divider(), header('Your portfolio by health'), section(joined([`${needs}.`, ...lines], '\n'))]
}
