/**
 * The CRM fields we use, in our words, and where each lives in Zoho. Standard fields are fixed; custom ones
 * are mapped by configuration and may be unmapped (null): what needs them is then switched off and says so.
 */

export const MODULES = ['Accounts', 'Contacts', 'Deals', 'Tasks', 'Events', 'Calls', 'Notes'] as const
export type Module = (typeof MODULES)[number]

export type FieldType = 'text' | 'date' | 'datetime' | 'number' | 'money' | 'choice' | 'lookup'

export type FieldSpec = {
  /** Zoho's API name; null while a custom field is unmapped. */
  api: string | null
  type: FieldType
  /** What a person reads on a card. */
  label: string
  /** May a recommendation change it on an existing record? */
  writable?: true
  /** Set by the customer's own configuration rather than by Zoho. */
  custom?: true
}

const text = (api: string, label: string) => ({ api, label, type: 'text' }) as const
const lookup = (api: string, label: string) => ({ api, label, type: 'lookup' }) as const
const datetime = (api: string, label: string) => ({ api, label, type: 'datetime' }) as const
const stamps = {
  createdAt: datetime('Created_Time', 'Created'),
  modifiedAt: datetime('Modified_Time', 'Modified'),
}

/** Defaults; `resolveFields` lays the configured custom names over them. */
export const DEFAULT_FIELDS = {
  Accounts: {
    name: text('Account_Name', 'Account name'),
    owner: lookup('Owner', 'Owner'),
    industry: text('Industry', 'Industry'),
    annualRevenue: { api: 'Annual_Revenue', type: 'money', label: 'Annual revenue' },
    website: text('Website', 'Website'),
    phone: text('Phone', 'Phone'),
    lastActivityAt: datetime('Last_Activity_Time', 'Last activity'),
    description: { api: 'Description', type: 'text', label: 'Description', writable: true },
    status: { api: 'Account_Status', type: 'choice', label: 'Status', writable: true, custom: true },
    healthScore: { api: 'Health_Score', type: 'number', label: 'Health score', writable: true, custom: true },
    renewalDate: { api: 'Renewal_Date', type: 'date', label: 'Renewal date', writable: true, custom: true },
    paymentStatus: { api: 'Payment_Status', type: 'choice', label: 'Payment status', custom: true },
    // Neither has a usual name in Zoho, so both are off until somebody maps them.
    usage: { api: null, type: 'number', label: 'Usage', custom: true },
    ...stamps,
  },
  Contacts: {
    firstName: text('First_Name', 'First name'),
    lastName: text('Last_Name', 'Last name'),
    email: text('Email', 'E-mail'),
    phone: text('Phone', 'Phone'),
    title: text('Title', 'Title'),
    account: lookup('Account_Name', 'Account'),
    owner: lookup('Owner', 'Owner'),
    ...stamps,
  },
  Deals: {
    name: text('Deal_Name', 'Deal name'),
    account: lookup('Account_Name', 'Account'),
    contact: lookup('Contact_Name', 'Contact'),
    owner: lookup('Owner', 'Owner'),
    stage: { api: 'Stage', type: 'choice', label: 'Stage', writable: true },
    amount: { api: 'Amount', type: 'money', label: 'Amount', writable: true },
    closingDate: { api: 'Closing_Date', type: 'date', label: 'Close date', writable: true },
    probability: { api: 'Probability', type: 'number', label: 'Probability' },
    nextStep: { api: 'Next_Step', type: 'text', label: 'Next step', writable: true },
    pipeline: { api: 'Pipeline', type: 'choice', label: 'Pipeline' },
    stageChangedAt: { api: 'Stage_Changed_Time', type: 'datetime', label: 'Stage changed', custom: true },
    ...stamps,
  },
  Tasks: {
    subject: text('Subject', 'Subject'),
    description: text('Description', 'Description'),
    status: { api: 'Status', type: 'choice', label: 'Status' },
    priority: { api: 'Priority', type: 'choice', label: 'Priority' },
    dueDate: { api: 'Due_Date', type: 'date', label: 'Due date' },
    owner: lookup('Owner', 'Owner'),
    contact: lookup('Who_Id', 'Contact'),
    parent: lookup('What_Id', 'Related to'),
    parentModule: text('$se_module', 'Related module'),
    closedAt: datetime('Closed_Time', 'Closed'),
    operationId: { api: 'Sergas_Id', type: 'text', label: 'Sergas id', custom: true },
    ...stamps,
  },
  Events: {
    title: text('Event_Title', 'Title'),
    outcome: { api: null, type: 'choice', label: 'Outcome', custom: true },
    startAt: datetime('Start_DateTime', 'Start'),
    endAt: datetime('End_DateTime', 'End'),
    description: text('Description', 'Description'),
    owner: lookup('Owner', 'Owner'),
    contact: lookup('Who_Id', 'Contact'),
    parent: lookup('What_Id', 'Related to'),
    parentModule: text('$se_module', 'Related module'),
    operationId: { api: 'Sergas_Id', type: 'text', label: 'Sergas id', custom: true },
    ...stamps,
  },
  Calls: {
    subject: text('Subject', 'Subject'),
    startAt: datetime('Call_Start_Time', 'Start'),
    callType: { api: 'Call_Type', type: 'choice', label: 'Type' },
    result: text('Call_Result', 'Result'),
    description: text('Description', 'Description'),
    owner: lookup('Owner', 'Owner'),
    contact: lookup('Who_Id', 'Contact'),
    parent: lookup('What_Id', 'Related to'),
    parentModule: text('$se_module', 'Related module'),
    ...stamps,
  },
  Notes: {
    title: text('Note_Title', 'Title'),
    content: text('Note_Content', 'Note'),
    parent: lookup('Parent_Id', 'Related to'),
    owner: lookup('Owner', 'Owner'),
    ...stamps,
  },
} satisfies Record<Module, Record<string, FieldSpec>>

export type FieldMap = {
  readonly [M in Module]: Readonly<Record<keyof (typeof DEFAULT_FIELDS)[M], FieldSpec>>
}

/**
 * @param custom `Module.field` → API name, or null to switch it off; only custom fields may be named.
 * @returns the map and one sentence per entry that names no custom field.
 */
export function resolveFields(custom: Readonly<Record<string, string | null>>): {
  fields: FieldMap
  problems: string[]
} {
  const fields = structuredClone(DEFAULT_FIELDS) as Record<Module, Record<string, FieldSpec>>
  const problems: string[] = []
  for (const [path, api] of Object.entries(custom)) {
    const [module = '', name = ''] = path.split('.')
    const spec = fields[module as Module]?.[name]
    if (!spec?.custom) problems.push(`ZOHO_FIELDS names ${path}, which is not a custom field`)
    else spec.api = api
  }
  return { fields: fields as FieldMap, problems }
}

/** The spec of a field by its Zoho API name; null when we do not use it. */
export function fieldByApi(fields: FieldMap, module: Module, api: string): FieldSpec | null {
  return Object.values(fields[module]).find((spec: FieldSpec) => spec.api === api) ?? null
}
