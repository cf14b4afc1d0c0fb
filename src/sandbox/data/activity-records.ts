import { type Lookup, type ModuleName, recordId, type ZohoRecord, zohoTime } from './crm-data.ts'

/** What every activity says about itself. `about`: the record it belongs to. */
export type ActivityFacts = {
  ordinal: number
  at: Date
  owner: Lookup
  about: { module: 'Accounts' | 'Deals'; id: string }
  contact: Lookup | null
}

function stamped(module: ModuleName, { ordinal, at, owner }: ActivityFacts): ZohoRecord {
  const time = zohoTime(at)
  const by = owner.name === undefined ? { id: owner.id } : { id: owner.id, name: owner.name }
  return {
    id: recordId(module, ordinal),
    Owner: owner,
    Created_Time: time,
    Modified_Time: time,
    Created_By: by,
    Modified_By: by,
  }
}

function related({ about, contact }: ActivityFacts) {
  return { What_Id: { id: about.id }, $se_module: about.module, Who_Id: contact }
}

/** Zoho keeps e-mails where no bulk read reaches them, so the company logs each as a completed task. */
export function emailTask(
  facts: ActivityFacts,
  email: { subject: string; direction: 'Inbound' | 'Outbound'; status?: string | undefined; body: string },
): ZohoRecord {
  const head = [`Direction: ${email.direction}`, ...(email.status ? [`Status: ${email.status}`] : [])]
  return completedTask(facts, `E-mail: ${email.subject}`, `${head.join('\n')}\n\n${email.body}`)
}

export function completedTask(facts: ActivityFacts, subject: string, description: string | null): ZohoRecord {
  const time = zohoTime(facts.at)
  return {
    ...stamped('Tasks', facts),
    ...related(facts),
    Subject: subject,
    Status: 'Completed',
    Priority: 'Normal',
    Due_Date: time.slice(0, 10),
    Closed_Time: time,
    Description: description,
  }
}

export function openTask(
  facts: ActivityFacts,
  task: { subject: string; due: string; priority: 'High' | 'Normal'; description: string },
): ZohoRecord {
  return {
    ...stamped('Tasks', facts),
    ...related(facts),
    Subject: task.subject,
    Status: 'Not Started',
    Priority: task.priority,
    Due_Date: task.due,
    Description: task.description,
  }
}

export function call(
  facts: ActivityFacts,
  details: {
    subject: string
    direction: 'Inbound' | 'Outbound'
    minutes: number
    result: string | null
    notes: string | null
  },
): ZohoRecord {
  return {
    ...stamped('Calls', facts),
    ...related(facts),
    Subject: details.subject,
    Call_Type: details.direction,
    Call_Start_Time: zohoTime(facts.at),
    Call_Duration: `${String(details.minutes).padStart(2, '0')}:00`,
    Call_Result: details.result,
    Description: details.notes,
  }
}

/** @param ends when the meeting is over; its start is `facts.at` */
export function meeting(
  facts: ActivityFacts,
  details: { title: string; ends: Date; description: string | null },
): ZohoRecord {
  const { contact } = facts
  return {
    ...stamped('Events', facts),
    ...related(facts),
    Event_Title: details.title,
    Start_DateTime: zohoTime(facts.at),
    End_DateTime: zohoTime(details.ends),
    Participants: contact
      ? [{ type: 'contact', participant: contact.id, ...(contact.name ? { name: contact.name } : {}) }]
      : null,
    Description: details.description,
  }
}

export function note(facts: ActivityFacts, details: { title: string; content: string }): ZohoRecord {
  return {
    ...stamped('Notes', facts),
    Note_Title: details.title,
    Note_Content: details.content,
    Parent_Id: { id: facts.about.id },
    $se_module: facts.about.module,
  }
}
