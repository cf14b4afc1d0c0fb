import {
  type ActivityType,
  accountStatusOf,
  closedAs,
  type DealOutcome,
  type Direction,
  paymentStatusOf,
} from '../../model/account.ts'
import type { FieldMap, Module } from '../../model/field.ts'
import type {
  AccountRow,
  ActivityModule,
  ActivityRow,
  Batch,
  ContactRow,
  DealRow,
} from '../../store/mirror-writes.ts'
import type { CrmRecord } from '../crm.ts'
import type { Choices } from './fields-check.ts'
import { type FieldReader, fieldReader, type Problem } from './values.ts'

/**
 * CRM records as the mirror keeps them, in our words. Pure: the same records give the same rows. A status, stage
 * or payment we have no word for becomes 'unknown' and keeps its text.
 */
export type MappingTools = {
  fields: FieldMap
  /** What the CRM allows in its picklists; a stage outside of them is unknown. */
  choices: Choices
  problem: Problem
}

export function mapRecords(module: Module, records: readonly CrmRecord[], tools: MappingTools): Batch {
  const each = <Row>(map: (record: CrmRecord, read: FieldReader) => Row): Row[] =>
    records.map((record) => {
      const subject = `${module} ${record.id}`
      return map(record, fieldReader(record, { apis: tools.fields[module], subject, problem: tools.problem }))
    })

  switch (module) {
    case 'Accounts':
      return { module, rows: each((record, read) => accountRow(record, read, tools)) }
    case 'Contacts':
      return { module, rows: each((record, read) => contactRow(record, read, tools)) }
    case 'Deals':
      return { module, rows: each((record, read) => dealRow(record, read, tools)) }
    default:
      return { module, rows: each((record, read) => activityRow(module, record, { read, tools })) }
  }
}

function accountRow(record: CrmRecord, read: FieldReader, tools: MappingTools): AccountRow {
  const { raw, ...shared } = common('Accounts', record, { read, tools })
  const usage = tools.fields.Accounts.usage.api === null ? undefined : read.number('usage')
  const statusText = read.text('status')
  const status = accountStatusOf(statusText)
  if (statusText !== null && status === 'unknown') {
    tools.problem(`Accounts ${record.id}: we do not know the status ${JSON.stringify(statusText)}`)
  }
  return {
    ...shared,
    // By our name: what reads the mirror does not know how this company's field is called.
    raw: usage === undefined ? raw : { ...raw, $usage: usage },
    usage: usage ?? null,
    name: read.text('name') ?? unnamed('account', record),
    status,
    statusText,
    industry: read.text('industry'),
    annualRevenue: read.number('annualRevenue'),
    healthScore: healthScore(record, read, tools),
    renewalDate: read.date('renewalDate'),
    paymentStatus: paymentStatusOf(read.text('paymentStatus')),
    website: read.text('website'),
    lastActivityAt: read.instant('lastActivityAt'),
  }
}

function healthScore(record: CrmRecord, read: FieldReader, { problem }: MappingTools): number | null {
  const score = read.number('healthScore')
  if (score === null || (score >= 0 && score <= 100)) return score === null ? null : Math.round(score)
  problem(`Accounts ${record.id}: the health score ${score} is not between 0 and 100`)
  return null
}

function contactRow(record: CrmRecord, read: FieldReader, tools: MappingTools): ContactRow {
  const name = [read.text('firstName'), read.text('lastName')].filter(Boolean).join(' ')
  return {
    ...common('Contacts', record, { read, tools }),
    accountId: read.lookup('account')?.id ?? null,
    name: name || unnamed('contact', record),
    email: read.text('email'),
    phone: read.text('phone'),
    title: read.text('title'),
  }
}

function dealRow(record: CrmRecord, read: FieldReader, tools: MappingTools): DealRow {
  const stage = read.text('stage')
  const outcome = dealOutcome(stage, tools.choices.Deals?.stage)
  if (stage !== null && outcome === 'unknown') {
    tools.problem(`Deals ${record.id}: we do not know the stage ${JSON.stringify(stage)}`)
  }
  return {
    ...common('Deals', record, { read, tools }),
    accountId: read.lookup('account')?.id ?? null,
    contactId: read.lookup('contact')?.id ?? null,
    name: read.text('name') ?? unnamed('deal', record),
    stage,
    outcome,
    amount: read.number('amount'),
    closingDate: read.date('closingDate'),
    probability: read.number('probability'),
    nextStep: read.text('nextStep'),
    pipeline: read.text('pipeline'),
    stageChangedAt: read.instant('stageChangedAt'),
  }
}

/** @param stages of the CRM's picklist; without it every stage that is not closed counts as open */
function dealOutcome(stage: string | null, stages: readonly string[] | undefined): DealOutcome {
  if (stage === null) return 'unknown'
  return closedAs(stage) ?? (stages === undefined || stages.includes(stage) ? 'open' : 'unknown')
}

type ActivityTools = { read: FieldReader; tools: MappingTools }
type Happening = Pick<ActivityRow, 'type' | 'subject' | 'body' | 'at' | 'completed'>

function activityRow(module: ActivityModule, record: CrmRecord, { read, tools }: ActivityTools): ActivityRow {
  const parent = read.lookup('parent')
  const { raw, ...shared } = common(module, record, { read, tools })
  const happening = HAPPENINGS[module](record, read)
  return {
    ...shared,
    ...happening,
    raw: { ...raw, $outcome: outcomeOf(module, read), $direction: directionOf(module, read, happening) },
    module,
    parent: parent && { id: parent.id, module: parent.module ?? relatedModule(record, read) },
    accountId: null,
    dealId: null,
    contactId: module === 'Notes' ? null : (read.lookup('contact')?.id ?? null),
  }
}

/** Null when the record does not say: then the mirror is asked whose id it is. */
function relatedModule(record: CrmRecord, read: FieldReader): string | null {
  const module = read.text('parentModule') ?? record.$se_module
  return typeof module === 'string' ? module : null
}

function outcomeOf(module: ActivityModule, read: FieldReader): string | null {
  if (module === 'Calls') return read.text('result')
  return module === 'Events' ? read.text('outcome') : null
}

/** The head of a logged e-mail's description, as in `Direction: Inbound`. */
const LOGGED = /^Direction:\s*(inbound|outbound)\b/im
const HEAD_LENGTH = 200

function directionOf(module: ActivityModule, read: FieldReader, { type, body }: Happening): Direction | null {
  if (module === 'Calls') {
    const called = read.text('callType')?.toLowerCase()
    if (called === 'outbound') return 'outbound'
    return called === 'inbound' || called === 'missed' ? 'inbound' : null
  }
  // What we created is in our words, whoever sits in the meeting.
  if (module === 'Events') return read.text('operationId') === null ? null : 'outbound'
  if (type !== 'email') return null
  const word = LOGGED.exec(body?.slice(0, HEAD_LENGTH) ?? '')?.[1]?.toLowerCase()
  return word === 'inbound' || word === 'outbound' ? word : null
}

const EMAIL = /^e-?mail:\s*/i

const HAPPENINGS: Record<ActivityModule, (record: CrmRecord, read: FieldReader) => Happening> = {
  Tasks(record, read) {
    const subject = read.text('subject') ?? unnamed('task', record)
    const completed = read.text('status')?.toLowerCase() === 'completed'
    // Zoho has no bulk read of e-mails, so they are logged as done tasks. One still open is yet to be written.
    const type: ActivityType = completed && EMAIL.test(subject) ? 'email' : 'task'
    const due = read.date('dueDate')
    return {
      type,
      subject: type === 'email' ? subject.replace(EMAIL, '') || subject : subject,
      body: read.text('description'),
      at: (completed ? read.instant('closedAt') : null) ?? (due === null ? null : noon(due)),
      completed,
    }
  },
  // Meetings and calls carry no mark of being over: their time tells.
  Events: (record, read) => ({
    type: 'meeting',
    subject: read.text('title') ?? unnamed('meeting', record),
    body: read.text('description'),
    at: read.instant('startAt'),
    completed: null,
  }),
  Calls: (record, read) => ({
    type: 'call',
    subject: read.text('subject') ?? unnamed('call', record),
    body: read.text('description'),
    at: read.instant('startAt'),
    completed: null,
  }),
  Notes: (record, read) => ({
    type: 'note',
    subject: read.text('title') ?? unnamed('note', record),
    body: read.text('content'),
    at: read.instant('createdAt'),
    completed: null,
  }),
}

/** A due day as an instant that falls on that day in nearly every zone. */
function noon(day: string): Date {
  return new Date(`${day}T12:00:00Z`)
}

function common(module: Module, record: CrmRecord, { read, tools }: ActivityTools) {
  return {
    id: record.id,
    ownerId: read.lookup('owner')?.id ?? null,
    raw: rawFields(module, record, tools.fields),
    crmCreatedAt: read.instant('createdAt'),
    crmModifiedAt: read.instant('modifiedAt'),
  }
}

/** The fields we use, as the CRM gave them, whichever way they were read; the stamps have columns of their own. */
function rawFields(module: Module, record: CrmRecord, fields: FieldMap): Record<string, unknown> {
  const specs: Readonly<Record<string, { api: string | null }>> = fields[module]
  return Object.fromEntries(
    Object.entries(specs).flatMap(([name, { api }]) => {
      if (api === null || name === 'createdAt' || name === 'modifiedAt') return []
      return [[api, record[api] ?? null]]
    }),
  )
}

function unnamed(kind: string, record: CrmRecord): string {
  return `(${kind} ${record.id} without a name)`
}
