import { reviewAccounts } from '../../src/pipeline/review.ts'
import { loadCompany } from '../../src/sandbox/data/csv-company.ts'
import { CRM_DEMO, hasCrmDemo, NO_CRM_DEMO } from './demo.ts'
import type { Measurement } from './figure.ts'
import { withTakenIn } from './taken-in.ts'

export const portfolioReview: Measurement = {
  name: 'review of the 150 accounts of crm-demo, rules author, embedded',
  unit: 's',
  target: 10,
  async measure() {
    if (!hasCrmDemo()) return NO_CRM_DEMO
    return withTakenIn(
      () => loadCompany(CRM_DEMO, new Date()),
      async ({ tools, accountIds }) => {
        const started = performance.now()
        // "On request" reviews in full even though nothing changed since the review that took the company in.
        const reviewed = await reviewAccounts({ ...tools, author: null }, accountIds, { trigger: 'request' })
        const tookMs = performance.now() - started
        const suggestions = reviewed.flatMap((one) => one.recommendationIds).length
        return {
          value: tookMs / 1000,
          note: `from the synced mirror to stored reviews: ${reviewed.length} accounts, ${suggestions} new suggestions`,
        }
      },
    )
  },
}
