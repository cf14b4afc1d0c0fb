import type { CrmData } from '../../src/sandbox/data/crm-data.ts'
import { addDays, dayOf } from '../../src/sandbox/data/days.ts'
import { generateCompany } from '../../src/sandbox/data/sample-company.ts'

/**
 * The sample company on a bad day: every open deal should have closed some days ago, so that there is an update of a
 * record to decide for each of many tests. Moving a close date to another day past leaves it justified.
 */
export function busyCompany(now: Date): CrmData {
  const company = generateCompany({ seed: 'flows', now })
  for (const [index, deal] of company.records.Deals.entries()) {
    if (!String(deal.Stage).startsWith('Closed')) deal.Closing_Date = daysPast(now, 5 + (index % 7))
  }
  return company
}

export function daysPast(now: Date, days: number): string {
  return addDays(dayOf(now), -days)
}
