import {
  type CrmData,
  emptyRecords,
  recordId,
  userId,
  type ZohoRecord,
  zohoTime,
} from '../../src/sandbox/data/crm-data.ts'

/** A company of two accounts, small enough to know by heart. */
export const OLA = userId(1)
export const PIA = userId(2)
export const ACME = recordId('Accounts', 1)
export const GLOBEX = recordId('Accounts', 2)
export const ANNA = recordId('Contacts', 1)
export const DEAL = recordId('Deals', 1)
export const TASK = recordId('Tasks', 1)
export const EMAIL = recordId('Tasks', 2)
export const MEETING = recordId('Events', 1)
export const CALL = recordId('Calls', 1)
export const NOTE = recordId('Notes', 1)

export const LONG_AGO = zohoTime(new Date('2026-01-10T09:00:00Z'))
const owner = { id: OLA, name: 'Ola Nord', email: 'ola@example.com' }
const stamps = { Created_Time: LONG_AGO, Modified_Time: LONG_AGO, Owner: owner }

export function smallCompany(change: (records: CrmData['records']) => void = () => {}): CrmData {
  const records = emptyRecords()
  records.Accounts.push(
    {
      id: ACME,
      ...stamps,
      Account_Name: 'Acme',
      Account_Status: 'Active',
      Annual_Revenue: 1_500_000.5,
      Health_Score: 72,
      Renewal_Date: '2026-12-31',
      Payment_Status: 'Paid',
    },
    { id: GLOBEX, ...stamps, Account_Name: 'Globex', Account_Status: 'At Risk' },
  )
  records.Contacts.push({
    id: ANNA,
    ...stamps,
    First_Name: 'Anna',
    Last_Name: 'Berg',
    Email: 'anna@acme.example',
    Account_Name: { id: ACME },
  })
  records.Deals.push({
    id: DEAL,
    ...stamps,
    Deal_Name: 'Acme renewal',
    Account_Name: { id: ACME },
    Stage: 'Proposal',
    Amount: 20_000,
    Closing_Date: '2026-12-01',
    Stage_Changed_Time: LONG_AGO,
  })
  records.Tasks.push(
    {
      id: TASK,
      ...stamps,
      Subject: 'Prepare offer',
      Status: 'Not Started',
      Due_Date: '2026-11-30',
      ...about('Deals', DEAL),
    },
    {
      id: EMAIL,
      ...stamps,
      Subject: 'Email: Hello',
      Status: 'Completed',
      Closed_Time: LONG_AGO,
      ...about('Accounts', ACME),
    },
  )
  records.Events.push({
    id: MEETING,
    ...stamps,
    Event_Title: 'Kick-off',
    Start_DateTime: LONG_AGO,
    End_DateTime: LONG_AGO,
    ...about('Accounts', ACME),
  })
  records.Calls.push({
    id: CALL,
    ...stamps,
    Subject: 'Check-in',
    Call_Type: 'Outbound',
    Call_Start_Time: LONG_AGO,
    Who_Id: { id: ANNA },
  })
  records.Notes.push({
    id: NOTE,
    ...stamps,
    Note_Title: 'Remember',
    Note_Content: 'They like tea.',
    Parent_Id: { id: ACME },
    $se_module: 'Accounts',
  })
  change(records)
  return { people, records, history: [] }
}

export const about = (module: 'Accounts' | 'Deals', id: string) => ({ What_Id: { id }, $se_module: module })

export const account = (ordinal: number, fields: Partial<ZohoRecord> = {}): ZohoRecord => ({
  ...stamps,
  Account_Name: `Account ${ordinal}`,
  ...fields,
  id: recordId('Accounts', ordinal),
})

const people: CrmData['people'] = [
  {
    slackId: 'U1',
    crmId: OLA,
    name: 'Ola Nord',
    email: 'ola@example.com',
    role: 'owner',
    zone: 'Europe/Oslo',
    managerCrmId: PIA,
  },
  {
    slackId: 'U2',
    crmId: PIA,
    name: 'Pia Holm',
    email: 'pia@example.com',
    role: 'manager',
    zone: 'Europe/Oslo',
    managerCrmId: null,
  },
  {
    slackId: 'U3',
    crmId: userId(3),
    name: 'Ada Min',
    email: 'ada@example.com',
    role: 'admin',
    zone: 'Europe/Oslo',
    managerCrmId: null,
  },
]
