import type { CardState } from '../model/approval.ts'
import { type Fields, sameValue } from '../model/change.ts'
import { fieldByApi } from '../model/field.ts'
import { date } from '../slack/dates.ts'
import { joined, link, type Mrkdwn, mrkdwn, type Person, person } from '../slack/mrkdwn.ts'
import type { CardFacts } from './card.ts'
import { editsInWords, type Vocabulary, valueInWords } from './change-words.ts'

/** The line that says what became of a card: who, when, what was written, and what was not. */
export function outcomeLine(state: CardState, facts: CardFacts): Mrkdwn {
  const { approval, operation } = facts
  switch (state) {
    case 'pending':
      return mrkdwn`Waiting for a decision.`
    case 'processing':
      if (facts.undoOperation) return mrkdwn`Undo asked for${by(facts.undoneBy)} · restoring in Zoho…`
      return mrkdwn`${approvers(facts)} approved${edits(facts)} · writing to Zoho…`
    case 'done':
      return joined(
        [mrkdwn`Approved by ${decided(facts)}${edits(facts)}`, written(facts), ...undo(facts)],
        ' · ',
      )
    case 'failed':
      return mrkdwn`Approved by ${decided(facts)}${edits(facts)}, but Zoho refused: ${fullStop(operation?.error ?? 'it gave no reason')} Nothing changed.`
    case 'unknown':
      if (facts.undoOperation) {
        return mrkdwn`Undo asked for${by(facts.undoneBy)} · Zoho did not answer; checking whether it was undone. Please don't repeat it by hand.`
      }
      return mrkdwn`Approved by ${decided(facts)}${edits(facts)} · Zoho did not answer; checking whether it was written. Please don't repeat it by hand.`
    case 'rejected':
      return mrkdwn`Rejected by ${decided(facts)}${reason(' – ', approval.reason)}. Nothing was written.`
    case 'stale':
      return mrkdwn`The CRM changed since this was proposed: ${whatMoved(facts)}. Nothing was written.${replacement(facts)}`
    case 'expired':
      return mrkdwn`Expired after ${timeGiven(facts)}. Nothing was written.${replacement(facts)}`
    case 'superseded':
      return mrkdwn`A newer suggestion took this one's place. Nothing was written.${replacement(facts)}`
    case 'withdrawn':
      return mrkdwn`${withdrawal(facts)} Nothing was written.${replacement(facts)}`
    case 'undone':
      return mrkdwn`Undone${by(facts.undoneBy)}${at(facts.undoOperation?.finishedAt ?? null, facts)} · ${restored(facts)} Approved before that by ${decided(facts)}${edits(facts)}.`
  }
}

function approvers({ deciders, decidedBy }: CardFacts): Mrkdwn {
  const people = deciders.length > 0 ? deciders : decidedBy ? [decidedBy] : []
  return people.length > 0 ? joined(people.map(person), ' and ') : mrkdwn`Somebody`
}

/** Who decided, and when. */
function decided(facts: CardFacts): Mrkdwn {
  const { approval, decidedBy } = facts
  const who =
    approval.state === 'approved' ? approvers(facts) : decidedBy ? person(decidedBy) : mrkdwn`the system`
  return mrkdwn`${who}${at(approval.decidedAt, facts)}`
}

function by(someone: Person | null): Mrkdwn {
  return someone ? mrkdwn` by ${person(someone)}` : mrkdwn``
}

function at(instant: Date | null, { owner }: CardFacts): Mrkdwn {
  return instant ? mrkdwn` ${date(instant, 'dayTime', owner.zone)}` : mrkdwn``
}

function edits(facts: CardFacts): Mrkdwn {
  const words = editsInWords(facts.firstChange, facts.change, vocabulary(facts))
  return words === null ? mrkdwn`` : mrkdwn` (with edits: ${words})`
}

function written(facts: CardFacts): Mrkdwn {
  return mrkdwn`written to Zoho${at(facts.operation?.finishedAt ?? null, facts)}`
}

/** Until when it can be undone, or why it was not. */
function undo(facts: CardFacts): Mrkdwn[] {
  const { undoOperation, undoUntil, owner } = facts
  if (mayUndo(facts)) return [mrkdwn`you can undo this until ${date(undoUntil!, 'dayTime', owner.zone)}`]
  if (undoOperation?.state === 'conflict') {
    return [mrkdwn`not undone: somebody changed the record since, so it stays as it is`]
  }
  if (undoOperation?.state === 'failed') {
    return [mrkdwn`not undone, Zoho refused: ${withoutStop(undoOperation.error ?? 'it gave no reason')}`]
  }
  return []
}

export function mayUndo({ undoUntil, undoOperation, now }: CardFacts): boolean {
  return undoUntil !== null && undoUntil > now && undoOperation === null
}

function restored({ change }: CardFacts): Mrkdwn {
  return change.action === 'create'
    ? mrkdwn`what was created is gone.`
    : mrkdwn`Zoho holds the earlier values again.`
}

/** `found` may hold only what moved. */
function whatMoved(facts: CardFacts): Mrkdwn {
  const { change, found, approval } = facts
  if (approval.reason === 'gone') return mrkdwn`the record is no longer there`
  const before: Fields = change.action === 'create' ? {} : change.before
  const moved = Object.keys(found ?? {}).filter((api) => !sameValue(found?.[api], before[api]))
  if (moved.length === 0) return mrkdwn`the record is not as it was`
  const words = vocabulary(facts)
  return joined(
    moved.slice(0, 3).map((api) => {
      const spec = fieldByApi(words.fields, change.module, api)
      const label = (spec?.label ?? api.replaceAll('_', ' ')).toLowerCase()
      return mrkdwn`${label} is now *${valueInWords(found?.[api], spec, words)}*`
    }),
    ', ',
  )
}

function withdrawal(facts: CardFacts): Mrkdwn {
  const { approval, decidedBy, snoozedUntil, owner, account } = facts
  if (isSuppressed(facts))
    return mrkdwn`Not to be suggested again for ${account.name}: asked for by ${decided(facts)}.`
  if (snoozedUntil) {
    return mrkdwn`Snoozed by ${decided(facts)} until ${date(snoozedUntil, 'dayTime', owner.zone)}. It comes back with fresh facts.`
  }
  const who = decidedBy ? mrkdwn` by ${person(decidedBy)}` : mrkdwn``
  return mrkdwn`Taken back${who}${at(approval.decidedAt, facts)}${reason(': ', approval.reason)}.`
}

export function isSuppressed({ recommendation }: CardFacts): boolean {
  return recommendation.state === 'suppressed'
}

function replacement({ replacedBy }: CardFacts): Mrkdwn {
  return replacedBy ? mrkdwn` ${link(replacedBy, 'See what replaced it')}` : mrkdwn``
}

function reason(before: string, text: string | null): Mrkdwn {
  return text ? mrkdwn`${before}${withoutStop(text)}` : mrkdwn``
}

function timeGiven({ approval }: CardFacts): string {
  const seconds = Math.max(1, Math.round((approval.expiresAt.getTime() - approval.openedAt.getTime()) / 1000))
  if (seconds < 60) return `${seconds} s`
  return seconds < 3_600 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3_600)} h`
}

function withoutStop(text: string): string {
  return text.trim().replace(/[.!]+$/, '')
}

function fullStop(text: string): string {
  return `${withoutStop(text)}.`
}

export function vocabulary({ fields, names, owner, approval }: CardFacts): Vocabulary {
  // Words as of the proposal: a card must not change its dates from one update to the next.
  return { fields, names, zone: owner.zone, now: approval.openedAt }
}
