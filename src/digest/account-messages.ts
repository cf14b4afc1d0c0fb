import type { KnownBlock } from '@slack/types'
import type { Account } from '../model/account.ts'
import type { AccountStanding, PastRecommendation, Rationale, TimelineEvent } from '../model/review.ts'
import type { Evidence } from '../model/signal.ts'
import { button, context, header, section, summary } from '../slack/blocks.ts'
import { type Citing, citation } from '../slack/citation.ts'
import { calendarDay } from '../slack/dates.ts'
import type { Message } from '../slack/message.ts'
import { bullets, count, joined, mrkdwn, oneLine, truncate, truncateWords } from '../slack/mrkdwn.ts'
import { CLOSED, pastWords } from './words.ts'

/** The messages around a brief: on the way to it, in its thread, and instead of it. */

export type Step = {
  /** Who works, e.g. `Data Scout`. */
  agent: string
  state: 'waiting' | 'running' | 'done' | 'failed'
  /** What it found or does, e.g. `3 deals, 12 activities`. */
  note: string | null
}

const STEP_WORDS = {
  waiting: 'to come',
  running: '… working',
  done: '✓ done',
  failed: '✗ not available',
} as const

/** Edited in place while a review runs. */
export function renderProgress({
  accountName,
  steps,
}: {
  accountName: string
  steps: readonly Step[]
}): Message {
  const lines = steps.map(({ agent, state, note }) => {
    return mrkdwn`${agent}: ${STEP_WORDS[state]}${note ? ` – ${truncate(oneLine(note), 150)}` : ''}`
  })
  const title = `Working on ${truncate(oneLine(accountName), 60)}…`
  return {
    text: summary(title),
    blocks: [section(title), ...(lines.length > 0 ? [section(bullets(lines))] : [])],
  }
}

const EVIDENCE_LINES = 12

export type EvidenceFacts = {
  accountName: string
  /** Of everything suggested. */
  rationale: readonly Rationale[]
  /** As the brief tells it: its risk has reasons of its own. */
  standing?: AccountStanding | null
  account?: Pick<Account, 'id' | 'status'>
}

/** For the brief's thread: each statement, of the risk as of the suggestions, with the records it rests on. */
export function renderEvidence(facts: EvidenceFacts, reader: Citing): Message {
  const title = `What this rests on: ${truncateWords(oneLine(facts.accountName), 50)}.`
  const statements = onceEach([...riskReasons(facts), ...patternReasons(facts), ...facts.rationale])
  const shown = statements.slice(0, EVIDENCE_LINES)
  const nothing =
    facts.account?.status === 'closed'
      ? CLOSED
      : 'Nothing is suggested and no risk was seen, so no record is cited.'
  return {
    text: summary(title),
    blocks: [
      section(shown.length > 0 ? title : `${title} ${nothing}`),
      ...shown.map(({ text, evidence }) => {
        const records = evidence.slice(0, 5).map((each) => citation(each, reader))
        if (evidence.length > 5) records.push(mrkdwn`and ${count(evidence.length - 5, 'more record')}`)
        return section(mrkdwn`*${truncateWords(oneLine(text), 400)}*\n${bullets(records)}`)
      }),
      ...(statements.length > shown.length
        ? [context([`and ${count(statements.length - shown.length, 'more statement')}`])]
        : []),
    ],
  }
}

/** A reason of the risk has its records, or a signal's; the one without either is the account's own status. */
function riskReasons({ accountName, standing, account }: EvidenceFacts): Rationale[] {
  return (standing?.risk.reasons ?? []).flatMap(({ text, evidence }) => {
    if (evidence && evidence.length > 0) return [{ text, evidence }]
    const signal = standing?.signals.find(({ reason }) => reason === text)
    if (signal) return [{ text, evidence: signal.evidence }]
    if (!account) return []
    const status: Evidence = {
      module: 'Accounts',
      recordId: account.id,
      label: `Account ${accountName}`,
      at: null,
      field: 'status',
    }
    return [{ text, evidence: [status] }]
  })
}

function patternReasons({ standing, account }: EvidenceFacts): Rationale[] {
  if (account?.status === 'closed') return []
  return (standing?.patterns?.found ?? []).map(({ reason, evidence }) => ({ text: reason, evidence }))
}

/** The same sentence may stand behind several suggestions. */
function onceEach(statements: readonly Rationale[]): Rationale[] {
  const bySentence = new Map<string, Map<string, Evidence>>()
  for (const { text, evidence } of statements) {
    const records = bySentence.get(text) ?? new Map<string, Evidence>()
    for (const each of evidence) records.set(`${each.recordId} ${each.field ?? ''}`, each)
    bySentence.set(text, records)
  }
  return [...bySentence].map(([text, records]) => ({ text, evidence: [...records.values()] }))
}

export type HistoryFacts = {
  accountName: string
  /** Newest first. */
  timeline: readonly TimelineEvent[]
  past: readonly PastRecommendation[]
  summary: string
  zone: string
  now: Date
}

/** `/account history`: what happened, and what was proposed and decided. */
export function renderHistory(facts: HistoryFacts): Message {
  const { accountName, timeline, past, zone, now } = facts
  const name = truncateWords(oneLine(accountName), 40)
  const events = timeline.slice(0, 20).map(({ at, text }) => {
    return mrkdwn`${calendarDay(at, now, zone)} – ${truncateWords(oneLine(text), 100)}`
  })
  const decisions = past.slice(0, 10).map(({ title, state, reason, proposedAt, decidedAt }) => {
    const day = calendarDay((decidedAt ?? proposedAt).toISOString(), now, zone)
    return mrkdwn`${truncateWords(oneLine(title), 100)}: ${pastWords({ state, reason })}, ${day}`
  })
  return {
    text: summary(`${name}: ${count(timeline.length, 'event')}, ${count(past.length, 'past suggestion')}.`),
    blocks: [
      header(`${accountName} – history`),
      ...(facts.summary ? [section(truncateWords(facts.summary, 600))] : []),
      section(mrkdwn`*What happened*\n${events.length > 0 ? bullets(events) : 'Nothing on record.'}`),
      section(mrkdwn`*Suggested before*\n${decisions.length > 0 ? bullets(decisions) : 'Nothing yet.'}`),
    ],
  }
}

export type Match = { id: string; name: string; ownerName: string | null; hint: string | null }

const MATCHES = 5

/** Several accounts by that name: one button each. */
export function renderAmbiguous(query: string, matches: readonly Match[]): Message {
  const asked = truncate(oneLine(query), 40)
  const rest = matches.length - MATCHES
  const rows: KnownBlock[] = matches.slice(0, MATCHES).map(({ id, name, ownerName, hint }) => {
    const details = [ownerName ?? 'no owner', ...(hint ? [hint] : [])]
    return section(mrkdwn`*${name}*\n${joined(details, ' · ')}`, {
      accessory: button({ text: 'Open', action: 'account.open', value: id, label: `Open ${name}` }),
    })
  })
  return {
    text: summary(`Which account do you mean by "${asked}"?`),
    blocks: [
      section(`Which account do you mean by “${asked}”?`),
      ...rows,
      ...(rest > 0 ? [context([`${rest} more match; a longer name finds fewer.`])] : []),
    ],
  }
}

/** The same words whether it does not exist or may not be seen: the answer must not tell which. */
export function renderNotFound(query: string): Message {
  const asked = truncate(oneLine(query), 30)
  return {
    text: summary(`I can't find an account "${asked}" that you can see.`),
    blocks: [
      section(`I can't find an account “${asked}” that you can see.`),
      context([
        'Check the spelling or try part of the name; /portfolio lists your accounts. If it should be yours, ask an admin.',
      ]),
    ],
  }
}
