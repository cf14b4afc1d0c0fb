import { type CrmChange, type Fields, type FieldValue, sameValue } from '../model/change.ts'
import type { FieldMap, FieldSpec } from '../model/field.ts'
import { laterDate, localDate, meetingSlot, workingDay } from './calendar.ts'
import type { Subject, TaskPriority, Unmapped } from './define.ts'
import { line, paragraphs, TEXT_LIMITS } from './text.ts'

/** The four CRM writes a recommendation can be: a task, an event, a note, new values of an existing record. */

const PRIORITY_WORDS: Record<TaskPriority, string> = {
  highest: 'Highest',
  high: 'High',
  normal: 'Normal',
  low: 'Low',
}

export function createTask(
  task: {
    subject: string
    description: string
    dueDate: string
    priority: TaskPriority
    contactId: string | null
    /** Whose task it is when not the account owner's. */
    ownerId?: string | null
  },
  subject: Subject,
  { Tasks }: FieldMap,
  now: Date,
): CrmChange | Unmapped {
  const parent = parentOf(subject)
  const today = localDate(now, zoneOf(subject))
  return creation('Tasks', parent, [
    [Tasks.subject, line(task.subject, TEXT_LIMITS.Subject)],
    [Tasks.dueDate, workingDay(laterDate(task.dueDate, today))],
    [Tasks.status, 'Not Started'],
    [Tasks.priority, PRIORITY_WORDS[task.priority]],
    ...ownerField(Tasks.owner, task.ownerId ?? ownerOf(subject)),
    ...relation(Tasks, parent, task.contactId),
    [Tasks.description, paragraphs(task.description, TEXT_LIMITS.Description)],
  ])
}

export function createEvent(
  event: {
    title: string
    description: string
    date: string
    time: string
    minutes: number
    contactId: string | null
  },
  subject: Subject,
  { Events }: FieldMap,
  now: Date,
): CrmChange | Unmapped {
  const parent = parentOf(subject)
  const slot = meetingSlot(event, zoneOf(subject), now)
  return creation('Events', parent, [
    [Events.title, line(event.title, TEXT_LIMITS.Event_Title)],
    [Events.startAt, slot.start],
    [Events.endAt, slot.end],
    ...ownerField(Events.owner, ownerOf(subject)),
    ...relation(Events, parent, event.contactId),
    [Events.description, paragraphs(event.description, TEXT_LIMITS.Description)],
  ])
}

export function createNote(
  note: { title: string; content: string },
  subject: Subject,
  { Notes }: FieldMap,
): CrmChange | Unmapped {
  const parent = parentOf(subject)
  return creation('Notes', parent, [
    [Notes.title, line(note.title, TEXT_LIMITS.Note_Title)],
    [Notes.content, paragraphs(note.content, TEXT_LIMITS.Description)],
    [Notes.parent, { id: parent.id, name: parent.name }],
  ])
}

export type FieldMove = { spec: FieldSpec; from: FieldValue; to: FieldValue }

/**
 * Only the values that move, so that a card shows no line without a difference; when none does, all of them,
 * for compliance to say so.
 *
 * @returns what is unmapped only when nothing at all can be written; a mapped part stands alone.
 */
export function updateFields(subject: Subject, moves: readonly FieldMove[]): CrmChange | Unmapped {
  const mapped = moves.filter(({ spec }) => spec.api !== null)
  if (mapped.length === 0) return { unmapped: moves.map(({ spec }) => spec.label).join(', ') }
  const moving = mapped.filter(({ from, to }) => !sameValue(from, to))
  const shown = moving.length > 0 ? moving : mapped
  const record = parentOf(subject)
  const valuesOf = (side: 'from' | 'to'): Fields =>
    Object.fromEntries(shown.map((move) => [move.spec.api, move[side]]))
  return {
    action: 'update',
    module: record.module,
    recordId: record.id,
    recordName: record.name,
    fields: valuesOf('to'),
    before: valuesOf('from'),
  }
}

export function zoneOf({ owner }: Subject): string {
  return owner?.zone ?? 'UTC'
}

type Parent = { module: 'Accounts' | 'Deals'; id: string; name: string }

function parentOf({ account, deal }: Subject): Parent {
  return deal
    ? { module: 'Deals', id: deal.id, name: line(deal.name, 120) }
    : { module: 'Accounts', id: account.id, name: line(account.name, 120) }
}

/** An inactive owner's work goes to their manager. */
function ownerOf({ account, owner }: Subject): string | null {
  if (owner && !owner.active) return owner.managerId
  return owner?.id ?? account.ownerId
}

type Entry = [FieldSpec, FieldValue]

function ownerField(spec: FieldSpec, id: string | null): Entry[] {
  return id === null ? [] : [[spec, { id }]]
}

function relation(
  specs: { parent: FieldSpec; parentModule: FieldSpec; contact: FieldSpec },
  parent: Parent,
  contactId: string | null,
): Entry[] {
  const entries: Entry[] = [
    [specs.parent, { id: parent.id, name: parent.name }],
    [specs.parentModule, parent.module],
  ]
  if (contactId !== null) entries.push([specs.contact, { id: contactId }])
  return entries
}

function creation(
  module: 'Tasks' | 'Events' | 'Notes',
  parent: Parent,
  entries: readonly Entry[],
): CrmChange | Unmapped {
  const missing = entries.filter(([spec]) => spec.api === null)
  if (missing.length > 0) return { unmapped: missing.map(([spec]) => spec.label).join(', ') }
  const fields: Fields = Object.fromEntries(entries.map(([spec, value]) => [spec.api, value]))
  return { action: 'create', module, parent, fields }
}
