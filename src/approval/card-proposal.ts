import type { KnownBlock } from '@slack/types'
import type { CardState } from '../model/approval.ts'
import type { Rationale } from '../model/review.ts'
import { context, fieldsSection, overflow, section } from '../slack/blocks.ts'
import { citation } from '../slack/citation.ts'
import { date } from '../slack/dates.ts'
import {
  bullets,
  count,
  joined,
  link,
  type Mrkdwn,
  mrkdwn,
  oneLine,
  person,
  truncateWords,
} from '../slack/mrkdwn.ts'
import type { CardFacts } from './card.ts'
import { vocabulary } from './card-outcome.ts'
import { carriedText, editsInWords, isNotStarted, RECORD_WORDS, shownFields } from './change-words.ts'

/** What is proposed, why, and what to know before deciding. */

const SECOND_LOOK_BELOW = 0.6
const SHOWN_FIELDS = 5
const SHOWN_REASONS = 3
const DRAFT_PREVIEW = 300

/** What is proposed, or was: always there, whatever became of it. */
export function difference(facts: CardFacts, state: CardState): KnownBlock[] {
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
    ...(rest > 0
      ? [context([state === 'pending' ? `${rest} more in Edit…` : `and ${count(rest, 'more field')}`])]
      : []),
  ]
}

function lead({ change, fields, recordUrl }: CardFacts): Mrkdwn {
  if (change.action === 'create') {
    const { parent } = change
    return mrkdwn`*New ${RECORD_WORDS[change.module]}*${isNotStarted(change, fields) ? ', not started,' : ''} for the ${RECORD_WORDS[parent.module]} ${link(recordUrl(parent.module, parent.id), parent.name)}`
  }
  const record = link(recordUrl(change.module, change.recordId), change.recordName)
  return change.action === 'remove'
    ? mrkdwn`*Remove* the ${RECORD_WORDS[change.module]} ${record}`
    : mrkdwn`*Change* in the ${RECORD_WORDS[change.module]} ${record}`
}

/** The text as it would be written, from its e-mail on; where the change carries none, the draft beside it. */
export function draft(facts: CardFacts, state: CardState): KnownBlock[] {
  const { change, fields, recommendation } = facts
  const email = recommendation.draft?.body ?? null
  const carried = carriedText(change, fields)?.text ?? email
  if (!carried) return []
  const text = email && carried.includes(email) ? email : carried
  const cutShort = text.length > DRAFT_PREVIEW ? ` (${beginning(state, facts)})` : ''
  return [
    section(mrkdwn`*${email ? 'Draft' : 'Text'}*${cutShort}`),
    section(truncateWords(text, DRAFT_PREVIEW)),
  ]
}

function beginning(state: CardState, { change }: CardFacts): string {
  if (state === 'pending') return 'the beginning; all of it under ⋯ beside Why'
  const isWritten = state === 'done' && change.action === 'create'
  return isWritten
    ? `the beginning; the ${RECORD_WORDS[change.module]} in Zoho has all of it`
    : 'the beginning'
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

/** A sentence with the record it rests on and its age, as of the proposal. */
export function reason({ text, evidence }: Rationale, { recordUrl, owner, approval }: CardFacts): Mrkdwn {
  const [first, ...others] = evidence
  if (!first) return mrkdwn`${oneLine(text)}`
  const source = citation(first, { recordUrl, zone: owner.zone, now: approval.openedAt })
  const more = others.length > 0 ? ` and ${count(others.length, 'more record')}` : ''
  return mrkdwn`${truncateWords(oneLine(text), 400).replace(/\.$/, '')} – ${source}${more}`
}

export function particulars({ approval, recommendation, owner }: CardFacts): Mrkdwn[] {
  const { level, reason } = recommendation.confidence
  const { ownerId } = recommendation
  const asked = ownerId === null || ownerId === approval.askedOwnerId ? 'owner' : 'to decide:'
  return [
    joined(
      [
        mrkdwn`Proposed ${date(approval.openedAt, 'dayTime', owner.zone)}`,
        mrkdwn`expires ${date(approval.expiresAt, 'dayTime', owner.zone)}`,
        mrkdwn`${asked} ${person(owner)}`,
        mrkdwn`${level} confidence: ${oneLine(reason)}`,
        ...(recommendation.author === 'model' ? [mrkdwn`written by Claude from these records`] : []),
      ],
      ' · ',
    ),
  ]
}

export function cautions(facts: CardFacts): Mrkdwn[] {
  const { approval, recommendation, deciders, change } = facts
  const cautions = [mrkdwn`Nothing is written to Zoho until you approve.`]
  if (recommendation.draft && change.action === 'create') {
    cautions.push(
      mrkdwn`Approving creates a ${RECORD_WORDS[change.module]} in Zoho with this draft. No e-mail is sent.`,
    )
  }
  if (recommendation.confidence.score < SECOND_LOOK_BELOW) cautions.unshift(mrkdwn`*Needs a second look.*`)
  const edited = editsInWords(facts.firstChange, facts.change, vocabulary(facts))
  if (edited !== null) cautions.push(mrkdwn`Edited: ${edited}.`)
  if (recommendation.authorNote !== null)
    cautions.push(mrkdwn`Written by rules, because ${recommendation.authorNote}.`)
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
