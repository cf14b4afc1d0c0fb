import { openCsvSource } from './backtest/csv-source.ts'
import { isDay } from './backtest/csv-table.ts'
import type { HistorySource } from './backtest/history.ts'
import type { Judged } from './backtest/measures.ts'
import { openMirrorSource } from './backtest/mirror-source.ts'
import { horizonEnd, replay } from './backtest/replay.ts'
import { backtestReport } from './backtest/report.ts'
import { ConfigError, InvalidInputError } from './errors.ts'
import { createLog } from './log.ts'
import { holdsDatabase } from './platform/data-dir.ts'
import { openPlatform } from './platform/platform.ts'

export type BacktestOptions = {
  /** Dates with commas between them. */
  asOf: string | null
  horizonDays: string | null
  /** A folder of CSV files instead of the mirror. */
  data: string | null
  dir: string | null
  json: boolean
  env: Readonly<Record<string, string | undefined>>
  print: (line: string) => void
  /** For what went wrong: the other lines may be read by a program. */
  complain: (line: string) => void
}

const HORIZON_DAYS = '90'
const MOST_HORIZON_DAYS = 3650

/**
 * Scores every watched account as of some dates, from what was known then, and compares with what came after.
 *
 * @returns the exit code: 0, or 2 when there is something wrong with what was asked or with the data
 */
export async function runBacktest(options: BacktestOptions): Promise<0 | 2> {
  const { json, print, complain } = options
  try {
    const dates = datesIn(options.asOf)
    const horizonDays = daysIn(options.horizonDays ?? HORIZON_DAYS)
    await withSource(options, async (source) => {
      assertCovered(source, dates)
      if (json) await printEach(source, { dates, horizonDays, print })
      else for (const line of await reportOn(source, { dates, horizonDays })) print(line)
    })
    return 0
  } catch (error) {
    // A database that does not answer is told like a file that cannot be read: there are no figures.
    const problem =
      error instanceof ConfigError
        ? error.problems.join('; ')
        : String(error instanceof Error && error.message ? error.message : error)
    complain(problem.replaceAll(/\s*\n\s*/g, ' '))
    return 2
  }
}

function datesIn(text: string | null): string[] {
  if (text === null) throw new InvalidInputError('Say as of when: --as-of 2026-03-31, or several with commas')
  const dates = text.split(',').map((date) => date.trim())
  const wrong = dates.find((date) => !isDay(date))
  if (wrong !== undefined)
    throw new InvalidInputError(`${JSON.stringify(wrong)} is not a date: write it as 2026-03-31`)
  return [...new Set(dates)].sort()
}

function daysIn(text: string): number {
  const days = Number(text)
  if (!/^\d+$/.test(text) || days < 1 || days > MOST_HORIZON_DAYS)
    throw new InvalidInputError(
      `${JSON.stringify(text)} is no horizon: choose a number of days from 1 to ${MOST_HORIZON_DAYS}`,
    )
  return days
}

async function withSource(
  { data, dir, env }: BacktestOptions,
  work: (source: HistorySource) => Promise<void>,
): Promise<void> {
  if (data !== null) return work(await openCsvSource(data))
  const dataDir = dir ?? (env.DATA_DIR || './.sergas')
  const databaseUrl = dir === null && env.DATABASE_URL ? env.DATABASE_URL : null
  if (!databaseUrl && !holdsDatabase(dataDir))
    throw new InvalidInputError(
      `There is no instance in ${dataDir}: name its directory with --dir, or CSV files with --data`,
    )
  const platform = await openPlatform({ dataDir, databaseUrl, redisUrl: null, log: createLog('warn') })
  try {
    await work(await openMirrorSource(platform.db, new Date()))
  } finally {
    await platform.close()
  }
}

function assertCovered({ days }: HistorySource, dates: readonly string[]): void {
  if (days === null) throw new InvalidInputError('There is nothing with a date in the mirror yet')
  const early = dates.find((date) => date < days.first)
  if (early !== undefined)
    throw new InvalidInputError(`${early} lies before all data, which begin on ${days.first}`)
}

type Asked = { dates: readonly string[]; horizonDays: number }

async function printEach(
  source: HistorySource,
  { dates, horizonDays, print }: Asked & Pick<BacktestOptions, 'print'>,
): Promise<void> {
  for await (const { asOf, accountId, risk } of replay(source, { dates, horizonDays })) {
    const reasons = risk.reasons.map(({ text, points }) => ({ text, points }))
    print(
      JSON.stringify({ as_of: asOf, account_id: accountId, risk: risk.score, level: risk.level, reasons }),
    )
  }
}

async function reportOn(source: HistorySource, { dates, horizonDays }: Asked): Promise<string[]> {
  const watched = new Map(dates.map((date) => [date, 0]))
  const judged: Judged[] = []
  for await (const { asOf, accountId, risk, plain, outcome } of replay(source, { dates, horizonDays })) {
    watched.set(asOf, (watched.get(asOf) ?? 0) + 1)
    if (outcome) judged.push({ asOf, accountId, plain, outcome, score: risk.score, level: risk.level })
  }
  const spans = dates.map((asOf) => ({
    asOf,
    until: horizonEnd(asOf, horizonDays),
    watched: watched.get(asOf) ?? 0,
  }))
  return backtestReport({ dates: spans, judged, horizonDays, source })
}
