import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { openCsvSource } from '../../src/backtest/csv-source.ts'
import type { Judged } from '../../src/backtest/measures.ts'
import { aucOf } from '../../src/backtest/ranking.ts'
import { replay } from '../../src/backtest/replay.ts'
import { CRM_DEMO } from '../bench/demo.ts'
import type { Measurement } from '../bench/figure.ts'

/**
 * Does our risk rank accounts at least as well as the two lists anybody could sort by hand? On crm-demo, of which
 * nothing was used to settle a weight. The accounts are few and synthetic: see what is said about them beside them.
 */
const DATES = [
  '2023-10-01',
  '2024-01-01',
  '2024-04-01',
  '2024-07-01',
  '2024-10-01',
  '2025-01-01',
  '2025-04-01',
  '2025-07-01',
  '2025-10-01',
]
const HORIZON_DAYS = 90

const PLAIN = {
  'days since the last contact': ({ plain }: Judged) => plain.recency,
  'contacts in the last 90 days': ({ plain }: Judged) => plain.frequency,
}

export const RANKING: readonly Measurement[] = Object.entries(PLAIN).map(
  ([name, read]): Measurement => ({
    name: `accounts that went bad ranked by our risk, above ${name}, crm-demo, ${DATES.length} dates`,
    unit: 'share',
    target: 0,
    atLeast: true,
    async measure() {
      if (!existsSync(join(CRM_DEMO, 'accounts.csv'))) return { skipped: `${CRM_DEMO} is not there` }
      const judged = await judgedAccounts(CRM_DEMO)
      const ours = rankedBy(judged, ({ score }) => score)
      const plain = rankedBy(judged, read)
      if (!ours || !plain) return { skipped: 'Too few accounts went bad to rank them' }
      const bad = judged.filter(({ outcome }) => outcome.bad).length
      return {
        value: ours.auc - plain.auc,
        note: `AUC ${words(ours)} against ${words(plain)}; ${bad} bad of ${judged.length}`,
      }
    },
  }),
)

async function judgedAccounts(folder: string): Promise<Judged[]> {
  const judged: Judged[] = []
  const asked = { dates: DATES, horizonDays: HORIZON_DAYS }
  for await (const { asOf, accountId, risk, plain, outcome } of replay(await openCsvSource(folder), asked)) {
    if (outcome) judged.push({ asOf, accountId, plain, outcome, score: risk.score, level: risk.level })
  }
  return judged
}

function rankedBy(judged: readonly Judged[], read: (each: Judged) => number) {
  return aucOf(
    judged.map((each) => ({ value: read(each), bad: each.outcome.bad, accountId: each.accountId })),
  )
}

function words({ auc, low, high }: { auc: number; low: number; high: number }): string {
  return `${auc.toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)})`
}
