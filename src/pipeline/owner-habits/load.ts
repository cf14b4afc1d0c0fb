import { accountEvidence } from '../evidence.ts'
import { type Measure, median, rounded } from './habit.ts'

/** With fewer colleagues the middle of them would say how much one of them has. */
const FEWEST_COLLEAGUES = 3

/** How many accounts, and what is usual among colleagues: their middle, and nothing of any one of them. */
export const load: Measure = ({ accounts, colleagueLoads }) => {
  const usual = median(colleagueLoads)
  const open = accounts.filter(({ account }) => account.status !== 'closed')
  if (usual === null || colleagueLoads.length < FEWEST_COLLEAGUES || open.length === 0) return null
  return {
    kind: 'load',
    text: `${open.length} accounts that are not closed; half of the ${colleagueLoads.length} colleagues look after ${rounded(usual)} or more.`,
    value: open.length,
    unit: 'accounts',
    observations: open.length,
    evidence: open.slice(0, 3).map(({ account }) => accountEvidence(account)),
  }
}
