import {
  type CrmData,
  emptyRecords,
  recordId,
  userId,
  type ZohoRecord,
  zohoTime,
} from '../../src/sandbox/data/crm-data.ts'
import type { Person } from '../../src/sandbox/people.ts'
import type { Plan } from './plan.ts'

/** A company whose every record stands for one approval: who writes what where can be told from the text alone. */

export const OWNERS = 160
const FIRST_OWNER = 100
const MANAGER = 1

const person = (ordinal: number, role: Person['role'], name: string): Person => ({
  slackId: `U${String(ordinal).padStart(8, '0')}`,
  crmId: userId(ordinal),
  name,
  email: `${name.toLowerCase().replaceAll(' ', '.')}@example.com`,
  role,
  zone: 'UTC',
  managerCrmId: role === 'owner' ? userId(MANAGER) : null,
})

export const manager = person(MANAGER, 'manager', 'Mara Manager')
const admin = person(2, 'admin', 'Ada Admin')
/** Nobody's owner and nobody's manager; known to the CRM all the same. */
export const stranger = person(3, 'owner', 'Sam Stranger')
export const ownerOf = ({ owner }: Pick<Plan, 'owner'>) =>
  person(FIRST_OWNER + owner, 'owner', `Owner Number${owner}`)

/** What the record held, what is proposed, and what an edit makes of it: each text occurs once in the whole run. */
export const textOf = {
  before: ({ index }: Pick<Plan, 'index'>) => `before ${index}`,
  proposed: ({ index }: Pick<Plan, 'index'>) => `proposal ${index}`,
  edited: ({ index }: Pick<Plan, 'index'>) => `edit ${index}`,
  human: ({ index }: Pick<Plan, 'index'>) => `human ${index}`,
}

export const FIELD = 'Next_Step'
export const dealOf = ({ index }: Pick<Plan, 'index'>) => recordId('Deals', 1_000 + index)
export const accountOf = ({ owner }: Pick<Plan, 'owner'>) => recordId('Accounts', 1 + owner)

export function companyOf(plans: readonly Plan[]): CrmData {
  const owners = Array.from({ length: OWNERS }, (_, owner) => ownerOf({ owner }))
  const records = emptyRecords()
  records.Accounts.push(...owners.map((owner, index) => account(owner, index)))
  records.Deals.push(...plans.map(deal))
  return { people: [manager, admin, stranger, ...owners], records, history: [] }
}

const LONG_AGO = zohoTime(new Date('2026-01-05T10:00:00Z'))

function stamps({ crmId, name }: Person) {
  const by = { id: crmId ?? '', name }
  return { Owner: by, Created_By: by, Modified_By: by, Created_Time: LONG_AGO, Modified_Time: LONG_AGO }
}

function account(owner: Person, index: number): ZohoRecord {
  return { id: accountOf({ owner: index }), Account_Name: `Company ${index}`, ...stamps(owner) }
}

function deal(plan: Plan): ZohoRecord {
  return {
    id: dealOf(plan),
    Deal_Name: `Deal ${plan.index}`,
    Account_Name: { id: accountOf(plan) },
    Stage: 'Qualification',
    Amount: 1_000,
    Closing_Date: '2027-12-01',
    [FIELD]: textOf.before(plan),
    ...stamps(ownerOf(plan)),
  }
}
