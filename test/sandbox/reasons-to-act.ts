import type { CrmData, ModuleName, ZohoRecord } from '../../src/sandbox/data/crm-data.ts'
import { lookupId } from '../../src/sandbox/zoho/state.ts'

const DAY_MS = 86_400_000

export type Reason =
  | 'silent'
  | 'stalled'
  | 'overdue close'
  | 'renewal'
  | 'at risk'
  | 'unpaid'
  | 'handed over'
  | 'new'

/** Days since the last e-mail, call or meeting with each account that had any. */
export function contactBySilence({ records }: CrmData, now: Date): Map<string, number> {
  const accountOfDeal = new Map(records.Deals.map((deal) => [deal.id, lookupId(deal.Account_Name)]))
  const silence = new Map<string, number>()
  const when: Partial<Record<ModuleName, string>> = {
    Tasks: 'Closed_Time',
    Events: 'Start_DateTime',
    Calls: 'Call_Start_Time',
  }
  for (const module of ['Tasks', 'Events', 'Calls'] as const) {
    for (const record of records[module]) {
      if (module === 'Tasks' && !String(record.Subject).startsWith('E-mail: ')) continue
      const about = lookupId(record.What_Id) ?? ''
      const account = record.$se_module === 'Deals' ? (accountOfDeal.get(about) ?? '') : about
      const days = (now.getTime() - Date.parse(String(record[when[module] ?? '']))) / DAY_MS
      silence.set(account, Math.min(days, silence.get(account) ?? Number.POSITIVE_INFINITY))
    }
  }
  return silence
}

/** Why each account would need its owner, counted independently of the product from the plain records. */
export function reasonsToAct(company: CrmData, now: Date): Map<string, Reason[]> {
  const { records, history } = company
  const silence = contactBySilence(company, now)
  const daysSince = (value: ZohoRecord[string]) => (now.getTime() - Date.parse(String(value))) / DAY_MS
  return new Map(
    records.Accounts.map((account) => {
      const deals = records.Deals.filter((deal) => lookupId(deal.Account_Name) === account.id)
      const open = deals.filter((deal) => !String(deal.Stage).startsWith('Closed'))
      const watched = account.Account_Type === 'Customer' || open.length > 0
      const reasons: Reason[] = []
      if (watched && (silence.get(account.id) ?? 0) >= 14) reasons.push('silent')
      if (open.some((deal) => daysSince(deal.Stage_Changed_Time) >= 30)) reasons.push('stalled')
      if (open.some((deal) => deal.Closing_Date && daysSince(deal.Closing_Date) >= 1))
        reasons.push('overdue close')
      if (account.Renewal_Date && daysSince(account.Renewal_Date) >= -90) reasons.push('renewal')
      if (account.Account_Status === 'At Risk') reasons.push('at risk')
      if (account.Payment_Status === 'Overdue') reasons.push('unpaid')
      if (history.some((entry) => entry.recordId === account.id)) reasons.push('handed over')
      if (daysSince(account.Created_Time) < 30) reasons.push('new')
      return [account.id, reasons]
    }),
  )
}
