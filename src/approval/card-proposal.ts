import type { KnownBlock } from '@slack/types'
import type { Rationale } from '../model/review.ts'
import { context, fieldsSection, overflow, section } from '../slack/blocks.ts'
import { calendarDay, date, daysFrom } from '../slack/dates.ts'
import {
  bullets,
  count,
  joined,
  link,
  type Mrkdwn,
  mrkdwn,
  oneLine,
  person,
  truncate,
} from '../slack/mrkdwn.ts'
import type { CardFacts } from './card.ts'
import { vocabulary } from './card-outcome.ts'
import { carriedText, editsInWords, RECORD_WORDS, shownFields } from './change-words.ts'

/** What is proposed, why, and what to know before deciding. */

const SECOND_LOOK_BELOW = 0.6
const SHOWN_FIELDS = 5
const SHOWN_REASONS = 3
const DRAFT_PREVIEW = 300

/** What is proposed, or was: always there, whatever became of it. */
export function difference(facts: CardFacts): KnownBlock[] {
  const { change } = facts
  const all = shownFields(change, vocabulary(facts))
  const shown = all.slice(0, SHOWN_FIELDS).map(({ label, from, to }) => {
    if (change.action === 'create') return { label, value: to }
    return { label, value: change.action === 'remove' ? from : `${from} → ${to}` }
  })
  const rest = all.length - shown.length
  return [
    section(lead(facts)),
    ...(shown.length > 0 ? [fieldsSection(shown)] : []),
    ...(rest > 0 ? [context([`${rest} more in Edit…`])] : []),
  ]
}

function lead({ change, recordUrl }: CardFacts): Mrkdwn {
  if (change.action === 'create') {
    const { parent } = change
    return mrkdwn`*New ${RECORD_WORDS[change.module]}* for the ${RECORD_WORDS[parent.module]} ${link(recordUrl(parent.module, parent.id), parent.name)}`
  }
  const record = link(recordUrl(change.module, change.recordId), change.recordName)
  return change.action === 'remove'
    ? mrkdwn`*Remove* the ${RECORD_WORDS[change.module]} ${record}`
    : mrkdwn`*Change* in the ${RECORD_WORDS[change.module]} ${record}`
}

/** The text as it would be written, from its letter on; where the change carries none, the draft beside it. */
export function draft({ change, fields, recommendation }: CardFacts): KnownBlock[] {
  const letter = recommendation.draft?.body ?? null
  const carried = carriedText(change, fields)?.text ?? letter
  if (!carried) return []
  const text = letter && carried.includes(letter) ? letter : carried
  const cutShort = text.length > DRAFT_PREVIEW ? ' (the beginning; Show evidence has all of it)' : ''
  return [section(mrkdwn`*${letter ? 'Draft' : 'Text'}*${cutShort}`), section(truncate(text, DRAFT_PREVIEW))]
}

export function why(facts: CardFacts): KnownBlock[] {
  const reasons = facts.recommendation.rationale.slice(0, SHOWN_REASONS).map((each) => reason(each, facts))
  // Slack's overflow menus hold five choices and ours are six: those about the reasons stand beside the reasons.
  const accessory = overflow('approval.more', [
    { text: 'Show evidence', value: 'evidence' },
    { text: "Don't suggest this again", value: 'suppress' },
  ])
  return [section(mrkdwn`*Why*\n${bullets(reasons)}`, { accessory })]
}

/** A sentence with the record it rests on and its age. */
export function reason({ text, evidence }: Rationale, { recordUrl, owner, approval }: CardFacts): Mrkdwn {
  const [first, ...others] = evidence
  if (!first) return mrkdwn`${oneLine(text)}`
  const source = link(recordUrl(first.module, first.recordId), truncate(oneLine(first.label), 80))
  const age = first.at ? daysFrom(first.at, approval.openedAt, owner.zone) : null
  const when =
    first.at && age ? `, ${calendarDay(first.at, approval.openedAt, owner.zone)} (${age})` : ', no date'
  const more = others.length > 0 ? ` and ${count(others.length, 'more record')}` : ''
  return mrkdwn`${truncate(oneLine(text), 400).replace(/\.$/, '')} – ${source}${when}${more}`
}

export function particulars({ approval, recommendation, owner }: CardFacts): Mrkdwn[] {
  const { level, reason } = recommendation.confidence
  return [
    joined(
      [
        mrkdwn`Proposed ${date(approval.openedAt, 'dayTime', owner.zone)}`,
        mrkdwn`expires ${date(approval.expiresAt, 'dayTime', owner.zone)}`,
        mrkdwn`owner ${person(owner)}`,
        mrkdwn`${level} confidence: ${oneLine(reason)}`,
      ],
      ' · ',
    ),
  ]
}

export function cautions(facts: CardFacts): Mrkdwn[] {
  const { approval, recommendation, deciders } = facts
  const cautions = [mrkdwn`Nothing is written to Zoho until you approve.`]
  if (recommendation.confidence.score < SECOND_LOOK_BELOW) cautions.unshift(mrkdwn`*Needs a second look.*`)
  const edited = editsInWords(facts.firstChange, facts.change, vocabulary(facts))
  if (edited !== null) cautions.push(mrkdwn`Edited: ${edited}.`)
  if (approval.requiredDeciders > 1) {
    const already =
      deciders.length > 0 ? mrkdwn`; ${joined(deciders.map(person), ', ')} already did` : mrkdwn``
    cautions.push(mrkdwn`${count(approval.requiredDeciders, 'person', 'people')} must approve${already}.`)
  }
  if (recommendation.piiKinds.length > 0) {
    cautions.push(mrkdwn`Contains personal data: ${recommendation.piiKinds.join(', ')}.`)
  }
  return cautions
}
