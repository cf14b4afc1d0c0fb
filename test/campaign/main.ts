import { parseArgs } from 'node:util'
import { RULES } from './auditor/rules.ts'
import { campaign, type Outcome } from './campaign.ts'
import { tryMutants } from './mutant-run.ts'
import type { Size } from './stage.ts'

/**
 * `npm run campaign -- [--seed N] [--count N] [--queue redis|postgres|embedded] [--json]`: people press while processes
 * are killed, and an auditor looks at the logs. `--mutants`: whether it would notice. Ends with 1 when it should not be
 * relied on.
 */
const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    count: { type: 'string', default: '10000' },
    queue: { type: 'string', default: 'redis' },
    mutants: { type: 'boolean', default: false },
    only: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
})

const SIZES: readonly string[] = ['redis', 'postgres', 'embedded'] satisfies Size[]
const isSize = (text: string): text is Size => SIZES.includes(text)

if (values.mutants) process.exitCode = (await tryMutants(values)) ? 0 : 1
else process.exitCode = (await one()) ? 0 : 1

async function one(): Promise<boolean> {
  const { seed, queue, json } = values
  const count = Number(values.count)
  if (!isSize(queue) || !Number.isInteger(count) || count < 1)
    throw new Error(`--queue is one of ${SIZES.join(', ')}, --count a number`)
  const outcome = await campaign({ seed, count, size: queue })
  if (json) process.stdout.write(`${JSON.stringify({ seed, count, queue, ...outcome })}\n`)
  else tell(outcome, { seed, queue })
  return outcome.violations.length === 0 && outcome.quietMs !== null
}

function tell(outcome: Outcome, { seed, queue }: { seed: string; queue: string }): void {
  const { figures, faults, clicks, tookMs, quietMs, violations } = outcome
  const seconds = (ms: number) => `${(ms / 1000).toFixed(0)} s`
  const lines = [
    `seed ${seed}, queue: ${queue}`,
    `${figures.approvals} approvals, ${figures.approved} approved: ${figures.applied} written, ${figures.conflicts} conflicts (${figures.writtenAndConflict} written all the same, then edited by a person), ${figures.failed} failed; ${figures.writes} writes`,
    `${faults.kills} kills, ${faults.pauses} pauses, ${faults.flushes} FLUSHALL, ${faults.crashes} Postgres crashes, ${faults.slackOutages} Slack outages, ${faults.tokenStorms} token storms`,
    `${clicks.sent} presses sent, ${clicks.answered} answered, p50 ${clicks.p50} ms, p99 ${clicks.p99} ms; at most ${figures.attempts} attempts at one write; ${figures.auditEvents} audit events; ${figures.duplicateCards} cards twice`,
    `set up ${seconds(tookMs.stage)}, faults ${seconds(tookMs.load)}, ${quietMs === null ? 'NOT OVER in time' : `all over ${seconds(quietMs)} after the last fault`}`,
    '',
    ...Object.entries(RULES).map(([rule, meaning]) => {
      const cases = violations.filter((violation) => violation.rule === rule)
      const some = cases.slice(0, 5).map(({ approvalId, what }) => `\n      ${approvalId ?? ''} ${what}`)
      return `${String(cases.length).padStart(6)}  ${rule.padEnd(12)}${meaning}${some.join('')}`
    }),
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
}
