import { PATTERN_NAMES, type PatternName } from '../../src/model/pattern.ts'
import type { AccountFacts } from '../../src/pipeline/facts.ts'
import { recognise, seenOf } from '../../src/pipeline/patterns/recognise.ts'
import { hasCrmDemo, NO_CRM_DEMO } from '../bench/demo.ts'
import type { Measurement } from '../bench/figure.ts'
import { asOn, demoAccounts } from './demo-accounts.ts'
import { type PatternCase, patternCases } from './pattern-cases.ts'

/** How well patterns are told, on accounts with a known answer, and how often they are told on a whole company. */

const findingsOf = (facts: AccountFacts, now: Date, commitments: PatternCase['commitments'] = null) =>
  recognise(seenOf(facts, { clock: { now, zone: facts.owner?.zone ?? 'UTC' }, commitments }))

/** All 14 by the worst of them: a good average may hide a detector that never sees anything. */
const worstPattern: Measurement = {
  name: 'patterns told rightly (found, not found, not measured), worst of the 14',
  unit: 'share',
  target: 0.9,
  atLeast: true,
  async measure() {
    const cases = patternCases()
    const wrong = cases.filter(({ pattern, expected, facts, now, commitments }) => {
      const finding = findingsOf(facts, now, commitments).find((each) => each.pattern === pattern)
      return finding?.state !== expected
    })
    const shares = PATTERN_NAMES.map((pattern) => {
      const all = cases.filter((each) => each.pattern === pattern)
      const missed = wrong.filter((each) => each.pattern === pattern)
      return { pattern, of: all.length, right: all.length - missed.length }
    })
    const each = shares.map(({ pattern, right, of }) => `${pattern} ${right}/${of}`).join(', ')
    const first = wrong.slice(0, 5).map(({ name }) => name)
    return {
      value: Math.min(...shares.map(({ right, of }) => right / of)),
      note: `${cases.length - wrong.length} of ${cases.length} right: ${each}${first.length > 0 ? `; wrong e.g. ${first.join(' | ')}` : ''}`,
    }
  },
}

const DAYS_BACK = [0, 60, 120, 200, 300]
const DAY_MS = 86_400_000

const mostFrequent: Measurement = {
  name: 'the most frequent pattern of crm-demo, share of its accounts on the worst of five days',
  unit: 'share',
  target: 0.5,
  async measure() {
    if (!hasCrmDemo()) return NO_CRM_DEMO
    const now = new Date()
    const accounts = demoAccounts(now)
    const tally = new Map<
      PatternName,
      { found: number; said: number; lacking: number; notDue: number; most: number }
    >(PATTERN_NAMES.map((pattern) => [pattern, { found: 0, said: 0, lacking: 0, notDue: 0, most: 0 }]))
    for (const days of DAYS_BACK) {
      const day = new Date(now.getTime() - days * DAY_MS)
      const findings = accounts.flatMap((account) => findingsOf(asOn(account, day), day))
      for (const [pattern, sums] of tally) {
        const own = findings.filter((finding) => finding.pattern === pattern)
        const found = own.filter(({ state }) => state === 'found').length
        sums.found += found
        sums.said += own.filter((finding) => finding.state === 'found' && finding.saidBy !== null).length
        sums.lacking += own.filter(
          (finding) => finding.state === 'not measured' && finding.missing !== null,
        ).length
        sums.notDue += own.filter(
          (finding) => finding.state === 'not measured' && finding.missing === null,
        ).length
        sums.most = Math.max(sums.most, found / accounts.length)
      }
    }
    const looked = accounts.length * DAYS_BACK.length
    const each = [...tally].map(
      ([pattern, { found, said, lacking, notDue }]) =>
        `${pattern}: ${found} found (${said} said by a signal already), ${lacking} without data, ${notDue} not due`,
    )
    return {
      value: Math.max(...[...tally.values()].map(({ most }) => most)),
      note: `${looked} looks; ${each.join('; ')}`,
    }
  },
}

export const PATTERN_EVALUATIONS: readonly Measurement[] = [worstPattern, mostFrequent]
