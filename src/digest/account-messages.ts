import type { KnownBlock } from '@slack/types'
import type { Module } from '../model/field.ts'
import type { PastRecommendation, Rationale, TimelineEvent } from '../model/review.ts'
import type { Evidence } from '../model/signal.ts'
import { button, context, header, section, summary } from '../slack/blocks.ts'
import { calendarDay, date, daysFrom } from '../slack/dates.ts'
import type { Message } from '../slack/message.ts'
import { bullets, count, joined, link, type Mrkdwn, mrkdwn, oneLine, truncate } from '../slack/mrkdwn.ts'
import { RECOMMENDATION_WORDS } from './words.ts'

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

type Reader = { zone: string; now: Date; recordUrl: (module: Module, id: string) => string | null }

const EVIDENCE_LINES = 12

/** For the brief's thread: each statement with the records it rests on. */
export function renderEvidence(
  { accountName, rationale }: { accountName: string; rationale: readonly Rationale[] },
  reader: Reader,
): Message {
  const title = `What this rests on: ${truncate(oneLine(accountName), 50)}.`
  const shown = rationale.slice(0, EVIDENCE_LINES)
  return {
    text: summary(title),
    blocks: [
      section(
        shown.length > 0 ? title : `${title} No records yet: nothing is proposed and no risk was seen.`,
      ),
      ...shown.map(({ text, evidence }) => {
        const records = evidence.slice(0, 5).map((each) => record(each, reader))
        if (evidence.length > 5) records.push(mrkdwn`and ${count(evidence.length - 5, 'more record')}`)
        return section(mrkdwn`*${truncate(oneLine(text), 400)}*\n${bullets(records)}`)
      }),
    ],
  }
}

function record({ module, recordId, label, at }: Evidence, { recordUrl, zone, now }: Reader): Mrkdwn {
  const age = at === null ? null : daysFrom(at, now, zone)
  const when = at && age ? `${calendarDay(at, now, zone)} (${age})` : 'no date on record'
  return mrkdwn`${link(recordUrl(module, recordId), truncate(oneLine(label), 100))} – ${when} · id ${recordId}`
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
  const name = truncate(oneLine(accountName), 50)
  const events = timeline.slice(0, 20).map(({ at, text }) => {
    return mrkdwn`${calendarDay(at, now, zone)} – ${truncate(oneLine(text), 100)}`
  })
  const decisions = past.slice(0, 10).map(({ title, state, reason, proposedAt, decidedAt }) => {
    const why = reason ? ` (${truncate(oneLine(reason), 80)})` : ''
    return mrkdwn`${truncate(oneLine(title), 100)}: ${RECOMMENDATION_WORDS[state]}${why}, ${date(decidedAt ?? proposedAt, 'day', zone)}`
  })
  return {
    text: summary(`${name}: ${count(timeline.length, 'event')}, ${count(past.length, 'past suggestion')}.`),
    blocks: [
      header(`${name} – history`),
      ...(facts.summary ? [section(truncate(facts.summary, 600))] : []),
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
  const asked = truncate(oneLine(query), 40)
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
