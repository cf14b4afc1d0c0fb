import type { Measurement } from '../bench/figure.ts'
import { printFigures } from '../bench/print-figures.ts'
import { commitmentFigures } from './commitments.ts'
import { fuzzedOutputs } from './fuzzed-outputs.ts'
import { injection } from './injection.ts'
import { MASKING } from './masking.ts'
import { modelRuns } from './model-runs.ts'
import { PATTERN_EVALUATIONS } from './patterns.ts'
import { RANKING } from './ranking.ts'

/**
 * `npm run eval [-- --json] [--all] [--only <part of a name>]`: how well it judges, on data that has answers. As with
 * the bench, a figure that is missed is shown, never a failure.
 */
const EVALUATIONS: readonly Measurement[] = [
  ...commitmentFigures,
  ...fuzzedOutputs,
  ...injection,
  ...MASKING,
  ...modelRuns,
  ...PATTERN_EVALUATIONS,
  ...RANKING,
]

await printFigures(EVALUATIONS, process.argv.slice(2))
