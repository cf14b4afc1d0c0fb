import type { Account, Activity, Contact, Deal } from '../model/account.ts'
import type { Evidence } from '../model/signal.ts'
import { line } from '../recommendations/text.ts'

/** Evidence is a record of the CRM and a date on it. `field` is our name of the field, as in `FieldChange`. */

const ACTIVITY_WORDS: Record<Activity['type'], string> = {
  meeting: 'Meeting',
  call: 'Call',
  email: 'E-mail',
  task: 'Task',
  note: 'Note',
}

export function accountEvidence(
  account: Account,
  field?: keyof Account,
  at?: Date | string | null,
): Evidence {
  return evidence('Accounts', account.id, `Account ${account.name}`, at ?? account.modifiedAt, field)
}

export function dealEvidence(deal: Deal, field?: keyof Deal, at?: Date | string | null): Evidence {
  return evidence('Deals', deal.id, `Deal ${quoted(deal.name)}`, at ?? deal.modifiedAt, field)
}

export function activityEvidence(activity: Activity): Evidence {
  const label = `${ACTIVITY_WORDS[activity.type]} ${quoted(activity.subject)}`
  return evidence(activity.module, activity.id, label, activity.at)
}

export function contactEvidence(contact: Contact): Evidence {
  return evidence('Contacts', contact.id, `Contact ${contact.name}`, contact.createdAt)
}

/** A name from the CRM inside a sentence. */
export function quoted(name: string): string {
  return `"${line(name, 60) || 'without a name'}"`
}

function evidence(
  module: Evidence['module'],
  recordId: string,
  label: string,
  at: Date | string | null,
  field?: string,
): Evidence {
  const when = at instanceof Date ? at.toISOString() : at
  return { module, recordId, label: line(label, 80), at: when, ...(field && { field }) }
}
