import { call, completedTask, emailTask, meeting, note } from './activity-records.ts'
import { type CrmData, type Lookup, type ZohoRecord, zohoTime } from './crm-data.ts'
import { isTouch, type Replayed, type ReplayedDeal } from './csv-replay.ts'
import { type ActivityRow, type ContactRow, STAGES } from './csv-tables.ts'
import { at, daysFrom, latest } from './days.ts'
import { hash } from './seeded.ts'

/** Zoho's id of each row of the files. */
export type Ids = Record<'accounts' | 'contacts' | 'deals', ReadonlyMap<string, string>>

export function accountRecord(
  { account, deals, activities, customer, renewal }: Replayed,
  { ids, owner, began, today }: { ids: Ids; owner: Lookup | null; began: string; today: string },
): ZohoRecord {
  const lastActivity = latest(activities.map(({ date }) => date))
  const touched = lastActivity === null ? at(began, 9 * 60) : at(lastActivity, 18 * 60)
  const lastTouch = latest(activities.filter(isTouch).map(({ date }) => date))
  const quietDays = lastTouch === null ? 365 : daysFrom(lastTouch, today)
  const health = Math.round(
    Math.min(95, Math.max(8, 85 - quietDays * 0.5 + (hash(`health ${account.id}`) % 15))),
  )
  const open = deals.some((deal) => deal.deal_status === 'Open')
  const left = deals.some((deal) => deal.stage === 'Churned')
  const prospect = open ? 'Pending' : left ? 'Closed' : 'Inactive'
  return {
    id: idFrom(ids.accounts, account.id),
    Account_Name: account.company_name,
    Account_Type: customer ? 'Customer' : 'Prospect',
    Account_Status: customer ? (health < 40 ? 'At Risk' : 'Active') : prospect,
    Health_Score: customer ? health : null,
    Renewal_Date: renewal,
    Payment_Status: customer ? payment(account.id) : null,
    External_Id: account.id,
    Industry: account.industry,
    Employees: account.employee_count,
    Annual_Revenue: account.annual_revenue,
    Website: account.website,
    Billing_Street: account.street_address,
    Billing_City: account.city,
    Billing_State: account.state,
    Billing_Code: account.zip_code,
    Billing_Country: account.country,
    Description: account.description,
    Last_Activity_Time: zohoTime(touched),
    ...stamps({ owner, created: at(began, 9 * 60), modified: touched }),
  }
}

function payment(accountId: string): string {
  const chance = hash(`payment ${accountId}`) % 100
  return chance < 6 ? 'Overdue' : chance < 18 ? 'Pending' : 'Paid'
}

export function contactRecord(
  contact: ContactRow,
  { ids, owner, began }: { ids: Ids; owner: Lookup | null; began: string },
): ZohoRecord {
  const created = at(began, 9 * 60 + 30)
  return {
    id: idFrom(ids.contacts, contact.contact_id),
    First_Name: contact.first_name,
    Last_Name: contact.last_name,
    Full_Name: [contact.first_name, contact.last_name].filter(Boolean).join(' '),
    Account_Name: { id: idFrom(ids.accounts, contact.account_id) },
    Email: contact.email,
    Phone: contact.phone,
    Title: contact.title,
    Department: contact.department,
    ...stamps({ owner, created, modified: created }),
  }
}

export function dealRecord(
  deal: ReplayedDeal,
  { ids, owner }: { ids: Ids; owner: Lookup | null },
): ZohoRecord {
  const stage = STAGES[deal.stage] ?? 'Qualification'
  const moved = at(deal.stageSince, 11 * 60 + (hash(deal.deal_id) % 300))
  const existing = deal.pipeline === 'Renewal' || deal.pipeline === 'Expansion'
  const probability = PROBABILITY[stage] ?? null
  const words = [deal.segment, deal.subscription_type].filter((word) => word !== null)
  return {
    id: idFrom(ids.deals, deal.deal_id),
    Deal_Name: deal.deal_name,
    Account_Name: { id: idFrom(ids.accounts, deal.account_id) },
    Contact_Name: deal.contact_id === null ? null : { id: idFrom(ids.contacts, deal.contact_id) },
    Stage: stage,
    Amount: deal.amount,
    Probability: probability,
    Expected_Revenue: deal.amount === null || probability === null ? null : (deal.amount * probability) / 100,
    Closing_Date: deal.closed,
    Pipeline: deal.pipeline,
    Type: existing ? 'Existing Business' : 'New Business',
    Reason_For_Loss__s: deal.stage === 'Churned' ? 'Churned' : deal.loss_reason,
    Description: words.length > 0 ? words.join(', ') : null,
    Stage_Changed_Time: zohoTime(moved),
    ...stamps({ owner, created: at(deal.created, 10 * 60), modified: moved }),
  }
}

const PROBABILITY: Record<string, number> = {
  Qualification: 10,
  'Needs Analysis': 20,
  'Value Proposition': 40,
  Proposal: 60,
  Negotiation: 80,
  'Closed Won': 100,
  'Closed Lost': 0,
}

export function addActivity(
  records: CrmData['records'],
  activity: ActivityRow & { date: string },
  { ids, owner }: { ids: Ids; owner: Lookup | null },
) {
  // The files tell the time of meetings only; everything else happened some time in office hours.
  const clock = /T(\d\d):(\d\d)/.exec(activity.meeting_start_time ?? '')
  const minutes = clock
    ? Number(clock[1]) * 60 + Number(clock[2])
    : 9 * 60 + (hash(activity.activity_id) % 480)
  const start = at(activity.date, minutes)
  const facts = {
    ordinal: activity.row - 1,
    at: start,
    owner: owner ?? { id: '' },
    about:
      activity.deal_id === null
        ? { module: 'Accounts' as const, id: idFrom(ids.accounts, activity.account_id) }
        : { module: 'Deals' as const, id: idFrom(ids.deals, activity.deal_id) },
    contact: activity.contact_id === null ? null : { id: idFrom(ids.contacts, activity.contact_id) },
  }
  switch (activity.activity_type) {
    case 'Meeting':
      records.Events.push(
        meeting(facts, {
          title: activity.meeting_title ?? activity.subject,
          ends: new Date(start.getTime() + (activity.duration_minutes ?? 30) * 60_000),
          description: activity.meeting_description,
        }),
      )
      break
    case 'Phone Call':
      records.Calls.push(
        call(facts, {
          subject: activity.subject,
          direction: direction(activity.call_direction),
          minutes: activity.call_duration ?? activity.duration_minutes ?? 0,
          result: activity.call_disposition,
          notes: activity.call_notes,
        }),
      )
      break
    case 'Email':
      records.Tasks.push(
        emailTask(facts, {
          subject: activity.email_subject ?? activity.subject,
          direction: direction(activity.email_direction),
          status: activity.email_status ?? undefined,
          body: activity.email_body ?? '',
        }),
      )
      break
    case 'LinkedIn':
      records.Tasks.push(completedTask(facts, `LinkedIn: ${activity.subject}`, activity.note_body))
      break
    default:
      records.Notes.push(
        note(facts, { title: activity.subject, content: activity.note_body ?? activity.subject }),
      )
  }
}

function direction(word: string | null): 'Inbound' | 'Outbound' {
  return word?.toUpperCase() === 'INBOUND' ? 'Inbound' : 'Outbound'
}

function stamps({ owner, created, modified }: { owner: Lookup | null; created: Date; modified: Date }) {
  return {
    Owner: owner,
    Created_Time: zohoTime(created),
    Modified_Time: zohoTime(modified),
    Created_By: owner,
    Modified_By: owner,
  }
}

function idFrom(ids: ReadonlyMap<string, string>, key: string): string {
  const id = ids.get(key)
  // The tables were checked before: every key that is referred to exists.
  if (id === undefined) throw new Error(`no record for ${key}`)
  return id
}
