import { call, emailTask, meeting, note, openTask } from './activity-records.ts'
import { addDays } from './days.ts'
import type { Draft, Ledger } from './sample-draft.ts'
import * as words from './sample-words.ts'

/** Steady contact over the past months, from `from` days ago up to `to` days ago. */
export function addPast(ledger: Ledger, draft: Draft, { from, to }: { from: number; to: number }) {
  const { random } = draft
  const growing = draft.account.scene.kind === 'growing'
  let day = to
  while (day < from) {
    addTouch(ledger, draft, day)
    if (random.chance(0.12)) addNote(ledger, draft, day)
    day += growing && day < 30 ? random.between(2, 4) : random.between(5, 8)
  }
}

/** An e-mail, a call or a meeting with nothing remarkable in it. */
function addTouch(ledger: Ledger, draft: Draft, days: number) {
  const { random } = draft
  const kind = random.between(1, 20)
  if (kind <= 10) addLetter(ledger, draft, { days, letter: random.pick(words.CALM_LETTERS) })
  else if (kind <= 15) addCall(ledger, draft, days)
  else addMeeting(ledger, draft, days)
}

/** @param about the deal it is about, when it is about one */
export function addLetter(
  { records, nextOrdinal, daysAgo }: Ledger,
  draft: Draft,
  { days, letter, about }: { days: number; letter: words.Letter; about?: { id: string; name: string } },
) {
  const facts = factsOf(draft, daysAgo(days, workingMinute(draft)), about?.id)
  const fill = filler(draft, facts.contact, about?.name)
  records.Tasks.push(
    emailTask(
      { ...facts, ordinal: nextOrdinal('Tasks') },
      { subject: fill(letter.subject), direction: letter.direction, body: fill(letter.body) },
    ),
  )
}

function addCall({ records, nextOrdinal, daysAgo }: Ledger, draft: Draft, days: number) {
  const { random } = draft
  const facts = factsOf(draft, daysAgo(days, workingMinute(draft)))
  const talk = random.pick(words.CALM_TALKS)
  records.Calls.push(
    call(
      { ...facts, ordinal: nextOrdinal('Calls') },
      {
        subject: talk.subject,
        direction: random.chance(0.7) ? 'Outbound' : 'Inbound',
        minutes: random.between(6, 35),
        result: talk.result,
        notes: filler(draft, facts.contact)(talk.notes),
      },
    ),
  )
}

function addMeeting({ records, nextOrdinal, daysAgo }: Ledger, draft: Draft, days: number) {
  const facts = factsOf(draft, daysAgo(days, workingMinute(draft)))
  const { title, description } = draft.random.pick(words.CALM_MEETINGS)
  const ends = new Date(facts.at.getTime() + draft.random.pick([30, 45, 60]) * 60_000)
  records.Events.push(
    meeting(
      { ...facts, ordinal: nextOrdinal('Events') },
      { title, ends, description: filler(draft, facts.contact)(description) },
    ),
  )
}

function addNote({ records, nextOrdinal, daysAgo }: Ledger, draft: Draft, days: number) {
  const facts = factsOf(draft, daysAgo(days, workingMinute(draft)))
  const content = filler(draft, facts.contact)(draft.random.pick(words.CALM_NOTES))
  records.Notes.push(note({ ...facts, ordinal: nextOrdinal('Notes') }, { title: 'Good to know', content }))
}

/** Something promised and not done yet; `dueInDays` below zero is overdue. */
export function addOpenTask(
  { records, nextOrdinal, daysAgo, today }: Ledger,
  draft: Draft,
  task: { subject: string; dueInDays: number; daysAgo: number },
) {
  const facts = factsOf(draft, daysAgo(task.daysAgo, workingMinute(draft)))
  const due = addDays(today, task.dueInDays)
  const description = `Promised to ${facts.contact.name ?? 'the customer'}.`
  const more = { subject: task.subject, due, priority: 'High' as const, description }
  records.Tasks.push(openTask({ ...facts, ordinal: nextOrdinal('Tasks') }, more))
}

function workingMinute({ random }: Draft): number {
  return random.between(9 * 60, 17 * 60)
}

function factsOf(draft: Draft, at: Date, dealId?: string) {
  return {
    at,
    owner: draft.owner,
    contact: draft.random.pick(draft.contacts),
    about: dealId ? { module: 'Deals' as const, id: dealId } : { module: 'Accounts' as const, id: draft.id },
  }
}

function filler(draft: Draft, contact: { first: string }, deal = 'project') {
  const me = draft.owner.name?.split(' ')[0] ?? ''
  return (text: string) =>
    text
      .replaceAll('{first}', contact.first)
      .replaceAll('{me}', me)
      .replaceAll('{account}', draft.account.name)
      .replaceAll('{deal}', deal)
}
