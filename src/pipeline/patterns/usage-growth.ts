import { dayBegan, dayInWords } from '../../recommendations/calendar.ts'
import { amountInWords } from '../../recommendations/text.ts'
import { accountEvidence } from '../evidence.ts'
import { lacking, notFound, type PatternDetector, share } from './pattern.ts'

const GROWTH = 0.3

/** Usage, where a field is mapped for it, is up by 30 % or more against the oldest figure of the last 90 days. */
export const usageGrowth: PatternDetector = {
  pattern: 'usage_growth',
  family: 'upsell',
  windowDays: 90,
  yieldsTo: [],
  detect({ facts, clock }) {
    const { account } = facts
    if (account.usage === undefined) return lacking('a CRM field with the usage, mapped as Accounts.usage')
    if (account.usage === null) return lacking('a usage figure of this account')
    const since = dayBegan(this.windowDays - 1, clock)
    const [first] = facts.changes
      .filter(
        ({ module, recordId, field, old, at }) =>
          module === 'Accounts' &&
          recordId === account.id &&
          field === 'usage' &&
          Number(old) > 0 &&
          at >= since &&
          at <= clock.now,
      )
      .toSorted((a, b) => a.at.getTime() - b.at.getTime())
    if (!first) return lacking(`a usage figure of before, changed within ${this.windowDays} days`)
    const before = Number(first.old)
    const growth = account.usage / before - 1
    const reason = `Usage went from ${amountInWords(before)} to ${amountInWords(account.usage)} (${growth < 0 ? '−' : '+'}${Math.abs(Math.round(growth * 100))} %) since ${dayInWords(first.at, clock)}.`
    // 130 of 100 is 30 %, whatever binary fractions make of it.
    if (growth < GROWTH - 1e-9) return notFound(reason)
    return {
      state: 'found',
      confidence: 0.7,
      strength: share(growth),
      reason,
      evidence: [accountEvidence(account, 'usage', first.at)],
    }
  },
}
