import { auditAppends, auditVerify } from './audit-trail.ts'
import { backtestLarge } from './backtest.ts'
import { crmCalls } from './crm-calls.ts'
import { demoMemory } from './demo-memory.ts'
import { demoStart } from './demo-start.ts'
import type { Measurement } from './figure.ts'
import { memoryGrowth, memorySearch } from './memory.ts'
import { portfolioReview } from './portfolio-review.ts'
import { pressAnswerEmbedded, pressAnswerScaled } from './press-answer.ts'
import { pressToWrite } from './press-write.ts'
import { printFigures } from './print-figures.ts'
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
  backtestLarge,
  memorySearch,
  memoryGrowth,
  demoMemory,
  testSuite,
]

await printFigures(MEASUREMENTS, process.argv.slice(2))
