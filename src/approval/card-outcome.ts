import type { CardState } from '../model/approval.ts'
import { type Fields, sameValue } from '../model/change.ts'
import { fieldByApi } from '../model/field.ts'
import { date, duration } from '../slack/dates.ts'
import { joined, link, type Mrkdwn, mrkdwn, type Person, person } from '../slack/mrkdwn.ts'
import { PAUSED, REASSIGNED } from '../store/approvals.ts'
import type { CardFacts } from './card.ts'
import { editsInWords, RECORD_WORDS, type Vocabulary, valueInWords } from './change-words.ts'

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
        [
          mrkdwn`Approved by ${decided(facts)}${edits(facts)}`,
          written(facts),
          ...created(facts),
          ...undo(facts),
        ],
        ' · ',
      )
    case 'failed':
      return mrkdwn`Approved by ${decided(facts)}${edits(facts)}, but ${withoutStop(operation?.error ?? 'Zoho refused it')}. Nothing changed.`
    case 'unknown':
      if (facts.undoOperation) {
        return mrkdwn`Undo asked for${by(facts.undoneBy)} · Zoho did not answer; checking whether it was undone. Please don't repeat it by hand.`
      }
      return mrkdwn`Approved by ${decided(facts)}${edits(facts)} · Zoho did not answer; checking whether it was written. Please don't repeat it by hand.`
    case 'rejected':
      return mrkdwn`Rejected by ${decided(facts)}${reason(' – ', approval.reason)}. Nothing was written.`
    case 'stale':
      if (wasHeldBack(facts))
        return mrkdwn`Not written: ${withoutStop(operation?.error ?? '')}.${replacement(facts)}`
      return mrkdwn`The CRM changed since this was proposed: ${whatMoved(facts)}. Nothing was written.${replacement(facts)}`
    case 'expired':
      return mrkdwn`Expired after ${duration(approval.expiresAt.getTime() - approval.openedAt.getTime())}. Nothing was written.${replacement(facts)}`
    case 'superseded':
      return facts.replacedBy
        ? mrkdwn`A newer suggestion took this one's place. Nothing was written.${replacement(facts)}`
        : mrkdwn`Zoho now says something else than when this was suggested, so I look again. Nothing was written.`
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

/** The way to what was made; notes have no page of their own. */
function created({ change, operation, recordUrl }: CardFacts): Mrkdwn[] {
  const id = operation?.receipt?.recordId
  const url = change.action === 'create' && id ? recordUrl(change.module, id) : null
  return url ? [link(url, `Open the ${RECORD_WORDS[change.module]} in Zoho`)] : []
}

/** Until when it can be undone, or why it was not. */
function undo(facts: CardFacts): Mrkdwn[] {
  const { undoOperation, undoUntil, owner } = facts
  const until =
    mayUndo(facts) && undoUntil
      ? [mrkdwn`you can undo this until ${date(undoUntil, 'dayTime', owner.zone)}`]
      : []
  if (undoOperation?.state === 'conflict') {
    return [mrkdwn`not undone: somebody changed the record since, so it stays as it is`]
  }
  if (undoOperation?.state === 'failed') {
    return [mrkdwn`not undone: ${withoutStop(undoOperation.error ?? 'Zoho refused it')}`, ...until]
  }
  return until
}

/** Once, and again where the undoing itself failed. */
export function mayUndo({ undoUntil, undoOperation, now }: CardFacts): boolean {
  const isUnused = undoOperation === null || undoOperation.state === 'failed'
  return undoUntil !== null && undoUntil > now && isUnused
}

function restored({ change }: CardFacts): Mrkdwn {
  return change.action === 'create'
    ? mrkdwn`what was created is gone.`
    : mrkdwn`Zoho holds the earlier values again.`
}

/** Held back for another reason than a field that moved, such as its age or a record that is gone. */
export function wasHeldBack({ operation }: CardFacts): boolean {
  if (operation?.state !== 'conflict' || operation.error === null) return false
  return Object.keys(operation.found ?? {}).length === 0
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
  const { approval, decidedBy, snoozedUntil, owner, account, reassignedTo } = facts
  if (isReassigned(facts)) {
    const to = reassignedTo ? mrkdwn` to ${person(reassignedTo)}` : mrkdwn``
    return mrkdwn`Reassigned${to} by ${decided(facts)}.`
  }
  if (isSuppressed(facts))
    return mrkdwn`Not to be suggested again for ${account.name}: asked for by ${decided(facts)}.`
  if (isPaused(facts)) {
    const until = snoozedUntil ? mrkdwn` until ${date(snoozedUntil, 'dayTime', owner.zone)}` : mrkdwn``
    return mrkdwn`Taken back${at(approval.decidedAt, facts)}: ${person(owner)} paused suggestions${until}. It comes back with fresh facts.`
  }
  if (snoozedUntil) {
    return mrkdwn`Snoozed by ${decided(facts)} until ${date(snoozedUntil, 'dayTime', owner.zone)}. It comes back with fresh facts.`
  }
  const who = decidedBy ? mrkdwn` by ${person(decidedBy)}` : mrkdwn``
  return mrkdwn`Taken back${who}${at(approval.decidedAt, facts)}${reason(': ', approval.reason)}.`
}

export function isReassigned({ approval }: CardFacts): boolean {
  return approval.reason === REASSIGNED
}

export function isPaused({ approval }: CardFacts): boolean {
  return approval.reason === PAUSED
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

function withoutStop(text: string): string {
  return text.trim().replace(/[.!]+$/, '')
}

export function vocabulary({ fields, names, owner, approval }: CardFacts): Vocabulary {
  // Words as of the proposal: a card must not change its dates from one update to the next.
  return { fields, names, zone: owner.zone, now: approval.openedAt }
}
