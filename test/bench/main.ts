import { auditAppends, auditVerify } from './audit-trail.ts'
import { crmCalls } from './crm-calls.ts'
import { demoMemory } from './demo-memory.ts'
import { demoStart } from './demo-start.ts'
import { asRow, type Measurement, notTaken, take } from './figure.ts'
import { portfolioReview } from './portfolio-review.ts'
import { pressAnswerEmbedded, pressAnswerScaled } from './press-answer.ts'
import { pressToWrite } from './press-write.ts'
import { testSuite } from './test-suite.ts'
import { webhookToHome } from './webhook-home.ts'

/**
 * `npm run bench [-- --json] [--all] [--only <part of a name>]`: how fast and how large it is, on this machine as
 * it is now. A figure that is missed is shown, never a failure: what else the machine does is not in our hands.
 */
const MEASUREMENTS: readonly Measurement[] = [
  demoStart,
  portfolioReview,
  crmCalls,
  pressAnswerEmbedded,
  pressAnswerScaled,
  pressToWrite,
  webhookToHome,
  auditAppends,
  auditVerify,
  demoMemory,
  testSuite,
]

const args = process.argv.slice(2)
const json = args.includes('--json')
const only = args.includes('--only') ? (args[args.indexOf('--only') + 1] ?? '').toLowerCase() : ''

for (const measurement of MEASUREMENTS) {
  if (!measurement.name.toLowerCase().includes(only)) continue
  const [figure, note] =
    measurement.long && !args.includes('--all')
      ? [notTaken(measurement), 'takes minutes: ask for it with --all']
      : await take(measurement)
  process.stdout.write(`${json ? JSON.stringify(figure) : asRow(figure, note)}\n`)
  // What reads the lines wants the figures alone; a person may still want to know.
  if (json) process.stderr.write(`${figure.name}: ${note}\n`)
}
