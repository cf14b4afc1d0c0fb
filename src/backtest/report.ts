import type { HistorySource } from './history.ts'
import type { Judged, Measures } from './measures.ts'
import { measuresOf } from './measures.ts'
import { type Auc, FEWEST } from './ranking.ts'

/** The figures in words, one date after the other and then all together. */
export type Told = {
  dates: readonly { asOf: string; until: string; watched: number }[]
  judged: readonly Judged[]
  horizonDays: number
  source: Pick<HistorySource, 'days' | 'followed' | 'notes'>
}

export function backtestReport({ dates, judged, horizonDays, source }: Told): string[] {
  const told = dates.flatMap(({ asOf, until, watched }) => {
    const of = judged.filter((each) => each.asOf === asOf)
    const head = `As of ${asOf}, until ${until}: ${accounts(watched)} watched`
    if (watched === 0) return [`${head}, so there is nothing to judge.`, '']
    if (of.length === 0) return [`${head}. No outcome yet: the data end on ${source.days?.last ?? asOf}.`, '']
    return [`${head}.`, ...figures(measuresOf(of)), '']
  })
  const withOutcome = new Set(judged.map(({ asOf }) => asOf)).size
  const pooled =
    withOutcome > 1 ? [`All ${withOutcome} dates together.`, ...figures(measuresOf(judged)), ''] : []
  return [
    `Bad: no deal won and no activity within ${horizonDays} days. Risk by what was known that evening.`,
    '',
    ...told,
    ...pooled,
    ...limits(source),
  ]
}

function figures(measures: Measures): string[] {
  const { accounts: all, bad, lost, churned, auc, lift, flagged, bands } = measures
  return [
    `  Bad ${share(bad, all)}; lost a deal ${share(lost, all)}; churned ${share(churned, all)}.`,
    ...ranks(auc),
    `  Flagged high or critical: ${share(flagged, all)}.${lift === null ? '' : ` The riskiest tenth was bad ${lift.toFixed(2)} times as often as all.`}`,
    '    risk       accounts   bad',
    ...bands.map(
      ({ level, accounts: n, bad: b }) =>
        `    ${level.padEnd(9)}${String(n).padStart(10)}${(n === 0 ? '–' : percent(b, n)).padStart(6)}`,
    ),
    ...verdict(measures),
  ]
}

function ranks({ risk, recency, frequency }: Measures['auc']): string[] {
  if (risk === null) return []
  const words = [
    ['our risk', risk],
    ['days since the last contact', recency],
    ['contacts in the last 90 days', frequency],
  ] as const
  return [
    '  How often a bad account ranks above a good one (0.5 is chance), with its 95 % interval:',
    ...words.map(([name, auc]) => `    ${name.padEnd(30)}${auc ? interval(auc) : '–'}`),
  ]
}

function verdict({ accounts: all, bad, auc: { risk, recency, frequency } }: Measures): string[] {
  if (risk === null)
    return [
      `  Too few to tell a ranking from chance: ${bad} bad and ${all - bad} good, at least ${FEWEST} of each are needed.`,
    ]
  const plainer = [
    { name: 'days since the last contact', auc: recency },
    { name: 'contacts in the last 90 days', auc: frequency },
  ].filter(({ auc }) => auc !== null && auc.auc > risk.auc)
  return [
    ...(risk.low <= 0.5 && risk.high >= 0.5
      ? ['  The data carry no signal for our risk: its interval includes 0.5, which is chance.']
      : []),
    ...(risk.high < 0.5 ? ['  Our risk ranks the wrong way round on these data.'] : []),
    ...plainer.map(({ name }) => `  Plain ${name} would have ranked better here.`),
  ]
}

/** What could not be known. */
function limits({ followed, notes }: Told['source']): string[] {
  const since =
    followed === null
      ? 'No moves of fields are on record'
      : `Moves of fields are on record since ${followed}; for a date before`
  return [
    `${since}${followed === null ? ', so' : ','} the stage, amount and planned close of a deal then open, and an account's status, renewal, payment and owner count as not known.`,
    'Whether a task was open on a date, and contact entered only after it, is never counted.',
    ...notes,
  ]
}

function interval({ auc, low, high }: Auc): string {
  return `${auc.toFixed(3)}  (${low.toFixed(3)} to ${high.toFixed(3)})`
}

function share(part: number, all: number): string {
  return `${part} (${percent(part, all)})`
}

function percent(part: number, all: number): string {
  return `${Math.round((part / all) * 100)} %`
}

function accounts(n: number): string {
  return n === 1 ? '1 account' : `${n} accounts`
}
