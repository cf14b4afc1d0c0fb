import type { ModuleName } from '../data/crm-data.ts'

/** The modules and fields of the sandbox company's Zoho: what `/settings/fields` tells and what writes are checked against. */

export type DataType =
  | 'text'
  | 'textarea'
  | 'picklist'
  | 'integer'
  | 'double'
  | 'currency'
  | 'date'
  | 'datetime'
  | 'boolean'
  | 'email'
  | 'phone'
  | 'website'
  | 'lookup'
  | 'ownerlookup'
  | 'participants'

export type Field = {
  api: string
  type: DataType
  label: string
  /** Needed when a record is created, and never empty after. */
  mandatory?: true
  /** Kept by Zoho: a value sent for it is ignored. */
  readOnly?: true
  unique?: true
  custom?: true
  choices?: readonly string[]
  /** The module a lookup leads to; `any`: told by `$se_module` (activities) or by the value itself (notes). */
  target?: ModuleName | 'any'
  length?: number
}

type More = Omit<Field, 'api' | 'type'>
const field = (api: string, type: DataType, more: Partial<More> = {}): Field => ({
  api,
  type,
  label: api.replace(/^\$/, '').replaceAll('_', ' '),
  ...more,
})

const choice = (api: string, choices: readonly string[], more: Partial<More> = {}) =>
  field(api, 'picklist', { choices, ...more })
const lookup = (api: string, target: ModuleName | 'any', more: Partial<More> = {}) =>
  field(api, 'lookup', { target, ...more })

const STAMPS: Field[] = [
  field('Owner', 'ownerlookup'),
  field('Created_Time', 'datetime', { readOnly: true }),
  field('Modified_Time', 'datetime', { readOnly: true }),
  field('Created_By', 'ownerlookup', { readOnly: true }),
  field('Modified_By', 'ownerlookup', { readOnly: true }),
]
const LAST_ACTIVITY = field('Last_Activity_Time', 'datetime', { readOnly: true })
const DESCRIPTION = field('Description', 'textarea', { length: 32_000 })
const SERGAS_ID = field('Sergas_Id', 'text', { unique: true, custom: true, length: 64 })

/** What an activity is about: a record and, for records of any module, which module that is. */
const RELATED: Field[] = [
  lookup('What_Id', 'any', { label: 'Related To' }),
  field('$se_module', 'text', { label: 'Related Module' }),
  lookup('Who_Id', 'Contacts', { label: 'Contact Name' }),
]

export const DEAL_STAGES = [
  { name: 'Qualification', probability: 10 },
  { name: 'Needs Analysis', probability: 20 },
  { name: 'Value Proposition', probability: 40 },
  { name: 'Proposal', probability: 60 },
  { name: 'Negotiation', probability: 80 },
  { name: 'Closed Won', probability: 100 },
  { name: 'Closed Lost', probability: 0 },
] as const

export const SCHEMA: Record<ModuleName, readonly Field[]> = {
  Accounts: [
    field('Account_Name', 'text', { mandatory: true, length: 200 }),
    choice('Account_Type', ['Customer', 'Prospect', 'Partner', 'Other']),
    field('Industry', 'text', { length: 100 }),
    field('Annual_Revenue', 'currency'),
    field('Employees', 'integer'),
    field('Website', 'website'),
    field('Phone', 'phone'),
    choice('Rating', ['Acquired', 'Active', 'Market Failed', 'Project Cancelled', 'Shut Down']),
    field('Billing_Street', 'text'),
    field('Billing_City', 'text'),
    field('Billing_State', 'text'),
    field('Billing_Code', 'text'),
    field('Billing_Country', 'text'),
    DESCRIPTION,
    choice('Account_Status', ['Active', 'Inactive', 'At Risk', 'Closed', 'Pending', 'Onboarding'], {
      custom: true,
    }),
    field('Health_Score', 'integer', { custom: true }),
    field('Renewal_Date', 'date', { custom: true }),
    choice('Payment_Status', ['Paid', 'Pending', 'Overdue'], { custom: true }),
    field('External_Id', 'text', { unique: true, custom: true, length: 64 }),
    LAST_ACTIVITY,
    ...STAMPS,
  ],
  Contacts: [
    field('First_Name', 'text', { length: 40 }),
    field('Last_Name', 'text', { mandatory: true, length: 80 }),
    field('Full_Name', 'text', { readOnly: true }),
    lookup('Account_Name', 'Accounts'),
    field('Email', 'email', { label: 'E-mail' }),
    field('Phone', 'phone'),
    field('Title', 'text', { length: 100 }),
    field('Department', 'text', { length: 100 }),
    field('Email_Opt_Out', 'boolean', { label: 'E-mail Opt Out' }),
    DESCRIPTION,
    LAST_ACTIVITY,
    ...STAMPS,
  ],
  Deals: [
    field('Deal_Name', 'text', { mandatory: true, length: 120 }),
    lookup('Account_Name', 'Accounts'),
    lookup('Contact_Name', 'Contacts'),
    choice(
      'Stage',
      DEAL_STAGES.map((stage) => stage.name),
      { mandatory: true },
    ),
    field('Amount', 'currency'),
    field('Probability', 'integer'),
    field('Expected_Revenue', 'currency', { readOnly: true }),
    field('Closing_Date', 'date'),
    choice('Pipeline', ['New Business', 'Renewal', 'Expansion', 'Self-Serve']),
    choice('Type', ['New Business', 'Existing Business']),
    field('Next_Step', 'text', { length: 100 }),
    field('Lead_Source', 'text', { length: 100 }),
    field('Reason_For_Loss__s', 'text', { label: 'Reason For Loss' }),
    DESCRIPTION,
    field('Stage_Changed_Time', 'datetime', { custom: true }),
    LAST_ACTIVITY,
    ...STAMPS,
  ],
  Tasks: [
    field('Subject', 'text', { mandatory: true, length: 255 }),
    choice('Status', ['Not Started', 'Deferred', 'In Progress', 'Completed', 'Waiting for input']),
    choice('Priority', ['Highest', 'High', 'Normal', 'Low', 'Lowest']),
    field('Due_Date', 'date'),
    ...RELATED,
    DESCRIPTION,
    field('Closed_Time', 'datetime', { readOnly: true }),
    SERGAS_ID,
    ...STAMPS,
  ],
  Events: [
    field('Event_Title', 'text', { mandatory: true, label: 'Title', length: 255 }),
    field('Start_DateTime', 'datetime', { mandatory: true, label: 'From' }),
    field('End_DateTime', 'datetime', { mandatory: true, label: 'To' }),
    field('Venue', 'text', { label: 'Location' }),
    ...RELATED,
    field('Participants', 'participants'),
    DESCRIPTION,
    SERGAS_ID,
    ...STAMPS,
  ],
  Calls: [
    field('Subject', 'text', { mandatory: true, length: 255 }),
    choice('Call_Type', ['Outbound', 'Inbound', 'Missed'], { mandatory: true }),
    field('Call_Start_Time', 'datetime', { mandatory: true }),
    field('Call_Duration', 'text', { length: 20 }),
    field('Call_Result', 'text', { length: 100 }),
    ...RELATED,
    DESCRIPTION,
    ...STAMPS,
  ],
  Notes: [
    field('Note_Title', 'text', { length: 120 }),
    field('Note_Content', 'textarea', { mandatory: true, length: 65_535 }),
    lookup('Parent_Id', 'any', { mandatory: true, label: 'Parent' }),
    field('$se_module', 'text', { readOnly: true, label: 'Parent Module' }),
    ...STAMPS,
  ],
}

/** The field a record is called by. */
export const NAME_FIELD: Record<ModuleName, string> = {
  Accounts: 'Account_Name',
  Contacts: 'Full_Name',
  Deals: 'Deal_Name',
  Tasks: 'Subject',
  Events: 'Event_Title',
  Calls: 'Subject',
  Notes: 'Note_Title',
}

const BY_NAME = new Map(
  Object.entries(SCHEMA).map(([module, fields]) => [
    module,
    new Map(fields.map((each) => [each.api, each] as const)),
  ]),
)

export function fieldOf(module: ModuleName, api: string): Field | undefined {
  return BY_NAME.get(module)?.get(api)
}

export function isModuleName(name: string): name is ModuleName {
  return Object.hasOwn(SCHEMA, name)
}
