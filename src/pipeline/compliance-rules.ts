import { type CrmChange, differences, type FieldValue, sameValue } from '../model/change.ts'
import { type FieldMap, fieldByApi } from '../model/field.ts'
import type { Draft, History, Rationale, Snapshot } from '../model/review.ts'
import { personalDataIn } from '../privacy/personal-data.ts'
import { daysSince } from '../recommendations/calendar.ts'
import { KINDS } from '../recommendations/kinds.ts'
import { count } from '../recommendations/text.ts'
import { clockOf } from './facts.ts'

/** What the reviewer knows besides the draft. */
export type ComplianceContext = {
  snapshot: Snapshot
  history: History
  fields: FieldMap
  /** The words a choice field takes, by `Module.Api_Name`; a field that is not named is not checked. */
  picklists: Readonly<Record<string, readonly string[]>>
  /** Dedupe keys of what somebody was asked and did not decide, shown or snoozed. */
  open: readonly string[]
  /** What the cards among them propose, by the same key. */
  shown: ReadonlyMap<string, CrmChange>
  now: Date
  limits?: Partial<ComplianceLimits>
}

export type ComplianceLimits = {
  perAccount: number
  /** After a person accepted. */
  coolDownDays: number
  /** After a person said no. */
  rejectedCoolDownDays: number
  /** A suggestion less sure than this, 0–1, is not shown. */
  minConfidence: number
}

/** A draft whose change could be built. */
export type Candidate = { draft: Draft; change: CrmChange; rationale: Rationale[]; dedupeKey: string }

/** Why not, in a sentence; null when the rule has nothing against it. */
type Rule = (candidate: Candidate, context: ComplianceContext, limits: ComplianceLimits) => string | null

/** In this order; the first that speaks is the reason a person reads. */
export const RULES: Readonly<Record<string, Rule>> = {
  suppressed: ({ draft }, { history }) =>
    history.suppressed.includes(draft.kind)
      ? 'Somebody asked not to be suggested this for this account.'
      : null,
  owner_paused: (_, { snapshot: { owner }, now }) => {
    const until = owner?.active ? owner.preferences.pausedUntil : null
    return until && Date.parse(until) > now.getTime() ? `The owner paused everything until ${until}.` : null
  },
  account_muted: (_, { snapshot: { owner, account } }) =>
    owner?.active && owner.preferences.mutedAccountIds.includes(account.id)
      ? 'The owner muted this account.'
      : null,
  already_open: (candidate, context) =>
    context.open.includes(candidate.dedupeKey) && !overtakes(candidate, context) ? ALREADY_OPEN : null,
  cool_down: coolDown,
  one_letter: oneLetter,
  evidence: ({ rationale }) =>
    rationale.length === 0 ? 'Not one sentence rests on records of this account.' : null,
  known_records: ({ change }, { snapshot }) => {
    const strangers = lookups(change).filter((id) => !knownIds(snapshot).has(id))
    return strangers.length > 0 ? 'It names a record or a person that does not belong to this account.' : null
  },
  writable: ({ change }, { fields }) => {
    if (change.action !== 'update') return null
    const closed = Object.keys(change.fields).filter(
      (api) => !fieldByApi(fields, change.module, api)?.writable,
    )
    return closed.length > 0 ? `${closed.join(', ')} may not be changed.` : null
  },
  no_change: ({ change }) =>
    change.action === 'update' && differences(change).every(({ from, to }) => sameValue(from, to))
      ? 'The CRM already says so.'
      : null,
  choice: ({ change }, { fields, picklists }) => {
    const wrong = Object.entries(change.action === 'remove' ? {} : change.fields).filter(([api, value]) => {
      const words = picklists[`${change.module}.${api}`]
      const isChoice = fieldByApi(fields, change.module, api)?.type === 'choice'
      return isChoice && words && !words.some((word) => word === value)
    })
    return wrong.length > 0 ? `${wrong.map(([api]) => api).join(', ')}: not a word the CRM's list has.` : null
  },
  text_limits: ({ change }) => {
    const long = textFields(change).filter(([api, value]) => value.length > (ZOHO_TEXT_LIMITS[api] ?? 255))
    return long.length > 0 ? `${long.map(([api]) => api).join(', ')}: longer than the CRM takes.` : null
  },
  secret_numbers: ({ change }) => {
    const secret = personalDataOf(change).filter((kind) => kind === 'card' || kind === 'government_id')
    return secret.length > 0
      ? 'Its text holds a card or identity number, which never goes into a record.'
      : null
  },
}

export const ALREADY_OPEN = 'The same is already waiting.'

/**
 * Whether it wants something else of the record than the card that waits: none of its fields, or another choice. A date,
 * a figure or a sentence that moved with the calendar is no reason to ask a person anew, nor one field more or less.
 */
export function overtakes({ dedupeKey, change }: Candidate, { shown, fields }: ComplianceContext): boolean {
  const asked = shown.get(dedupeKey)
  if (asked?.action !== 'update' || change.action !== 'update') return false
  const both = Object.keys(change.fields).filter((api) => api in asked.fields)
  const choices = both.filter((api) => fieldByApi(fields, change.module, api)?.type === 'choice')
  return both.length === 0 || choices.some((api) => !sameValue(asked.fields[api], change.fields[api]))
}

const ZOHO_TEXT_LIMITS: Readonly<Record<string, number>> = {
  Note_Title: 120,
  Description: 32_000,
  Note_Content: 32_000,
}

/** Kinds of personal data in what would be written. */
export function personalDataOf(change: CrmChange): string[] {
  return [...new Set(textFields(change).flatMap(([, value]) => personalDataIn(value)))]
}

/** Sentences whose every source is a record of the snapshot; the others are not said. */
export function supported(rationale: readonly Rationale[], snapshot: Snapshot): Rationale[] {
  const known = new Set([
    `Accounts:${snapshot.account.id}`,
    ...snapshot.deals.map(({ id }) => `Deals:${id}`),
    ...snapshot.contacts.map(({ id }) => `Contacts:${id}`),
    ...snapshot.activities.map(({ id, module }) => `${module}:${id}`),
  ])
  return rationale.filter(
    ({ evidence }) =>
      evidence.length > 0 && evidence.every(({ module, recordId }) => known.has(`${module}:${recordId}`)),
  )
}

/** Nobody gets a second e-mail while one is waiting to be sent, or was just decided upon. */
function oneLetter(
  { draft }: Candidate,
  { snapshot, history, open, now }: ComplianceContext,
  limits: ComplianceLimits,
): string | null {
  if (!KINDS[draft.kind].isLetter) return null
  const letters = Object.values(KINDS).filter(({ isLetter }) => isLetter)
  if (open.some((key) => letters.some(({ kind }) => key.startsWith(`${kind}:`)))) {
    return 'Another e-mail to this customer is already waiting.'
  }
  const clock = clockOf(snapshot, now)
  const sent = history.past.some(
    ({ kind, state, decidedAt }) =>
      KINDS[kind].isLetter &&
      state === 'accepted' &&
      decidedAt !== null &&
      daysSince(decidedAt, clock) < limits.coolDownDays,
  )
  return sent ? `An e-mail to this customer was accepted within the last ${limits.coolDownDays} days.` : null
}

function coolDown(
  { draft }: Candidate,
  { snapshot, history, now }: ComplianceContext,
  limits: ComplianceLimits,
): string | null {
  const clock = clockOf(snapshot, now)
  for (const { kind, subjectId, state, decidedAt } of history.past) {
    if (kind !== draft.kind || subjectId !== draft.subject.recordId || decidedAt === null) continue
    const days = daysSince(decidedAt, clock)
    const refused = state === 'rejected' || state === 'suppressed'
    if (refused && days < limits.rejectedCoolDownDays) {
      return `It was rejected ${count(days, 'day')} ago and rests for ${limits.rejectedCoolDownDays}.`
    }
    if (state === 'accepted' && days < limits.coolDownDays) {
      return `It was accepted ${count(days, 'day')} ago and rests for ${limits.coolDownDays}.`
    }
  }
  return null
}

function textFields(change: CrmChange): [string, string][] {
  if (change.action === 'remove') return []
  return Object.entries(change.fields).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  )
}

function lookups(change: CrmChange): string[] {
  if (change.action === 'remove') return []
  const isLookup = (value: FieldValue) => typeof value === 'object' && value !== null
  const named = Object.values(change.fields).flatMap((value) => (isLookup(value) && value ? [value.id] : []))
  return change.action === 'create' ? [change.parent.id, ...named] : [change.recordId, ...named]
}

function knownIds({ account, deals, contacts, owner }: Snapshot): Set<string> {
  const people = [account.ownerId, owner?.id, owner?.managerId]
  const records = [account, ...deals, ...contacts].map(({ id }) => id)
  return new Set([...records, ...people.filter((id) => typeof id === 'string')])
}
