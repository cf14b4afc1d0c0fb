import { accounts, activities, changes, contacts, deals } from './schema.ts'

/** What of each table is ours to know: of an account as it is now, and as it was. */

export const accountColumns = {
  id: accounts.id,
  name: accounts.name,
  ownerId: accounts.ownerId,
  status: accounts.status,
  statusText: accounts.statusText,
  industry: accounts.industry,
  annualRevenue: accounts.annualRevenue,
  healthScore: accounts.healthScore,
  renewalDate: accounts.renewalDate,
  paymentStatus: accounts.paymentStatus,
  website: accounts.website,
  createdAt: accounts.crmCreatedAt,
  modifiedAt: accounts.crmModifiedAt,
  lastActivityAt: accounts.lastActivityAt,
}

export const contactColumns = {
  id: contacts.id,
  accountId: contacts.accountId,
  name: contacts.name,
  email: contacts.email,
  phone: contacts.phone,
  title: contacts.title,
  createdAt: contacts.crmCreatedAt,
}

export const dealColumns = {
  id: deals.id,
  accountId: deals.accountId,
  contactId: deals.contactId,
  ownerId: deals.ownerId,
  name: deals.name,
  stage: deals.stage,
  outcome: deals.outcome,
  amount: deals.amount,
  closingDate: deals.closingDate,
  probability: deals.probability,
  nextStep: deals.nextStep,
  pipeline: deals.pipeline,
  stageChangedAt: deals.stageChangedAt,
  createdAt: deals.crmCreatedAt,
  modifiedAt: deals.crmModifiedAt,
}

export const activityColumns = {
  id: activities.id,
  module: activities.module,
  accountId: activities.accountId,
  dealId: activities.dealId,
  contactId: activities.contactId,
  ownerId: activities.ownerId,
  type: activities.type,
  subject: activities.subject,
  at: activities.at,
  completed: activities.completed,
  createdAt: activities.crmCreatedAt,
}

export const changeColumns = {
  module: changes.module,
  recordId: changes.recordId,
  accountId: changes.accountId,
  field: changes.field,
  old: changes.old,
  new: changes.new,
  at: changes.at,
}

export function byAccount<Row extends { accountId: string | null }>(rows: Row[]): Map<string | null, Row[]> {
  const groups = new Map<string | null, Row[]>()
  for (const row of rows) {
    const group = groups.get(row.accountId)
    if (group) group.push(row)
    else groups.set(row.accountId, [row])
  }
  return groups
}
