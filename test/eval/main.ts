import type { Measurement } from '../bench/figure.ts'
import { printFigures } from '../bench/print-figures.ts'
import { injection } from './injection.ts'

/**
 * `npm run eval [-- --json] [--all] [--only <part of a name>]`: how well it judges, on data that has answers. As with
 * the bench, a figure that is missed is shown, never a failure.
 */
const EVALUATIONS: readonly Measurement[] = [...injection]

await printFigures(EVALUATIONS, process.argv.slice(2))
