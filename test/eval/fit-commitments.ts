import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CUE_COUNT, FEATURE_COUNT, featuresOf } from '../../src/pipeline/commitments/features.ts'
import { packageRoot } from '../../src/platform/migrations.ts'
import { labelledSentences, SENTENCES } from './commitment-sentences.ts'
import { learn } from './logistic.ts'

/**
 * `node --import tsx test/eval/fit-commitments.ts`: learns the weights the product judges sentences by, and writes them
 * into it. To be run again whenever a cue or a feature changes.
 */
const rows = labelledSentences()
if (!rows) throw new Error(`There is nothing to learn from: ${SENTENCES} is missing`)

const known = rows.map(({ sentence, wanted }) => ({ ...featuresOf(sentence), wanted }))
const both = learn(
  known.map(({ cues, hashed, wanted }) => ({ features: [...cues, ...hashed], wanted })),
  FEATURE_COUNT,
)
const alone = learn(
  known.map(({ cues, wanted }) => ({ features: cues, wanted })),
  CUE_COUNT,
)

const hashed = both.weights.subarray(CUE_COUNT)
const step = Math.max(...hashed.map(Math.abs)) / 127
const short = (weight: number) => Number(weight.toFixed(3))
const cues = ({ weights }: { weights: Float64Array }) =>
  [...weights.subarray(0, CUE_COUNT)].map(short).join(', ')
const words = Buffer.from(Int8Array.from(hashed, (weight) => Math.round(weight / step))).toString('base64')

writeFileSync(
  join(packageRoot(), 'src', 'pipeline', 'commitments', 'weights.ts'),
  `/**
 * Written by test/eval/fit-commitments.ts; not to be edited. Cues in the order of cues.ts; a word's place is its hash,
 * its weight a signed byte of \`step\`.
 */
export const MODEL = {
  bias: ${short(both.bias)},
  // biome-ignore format: one row
  cues: [${cues(both)}],
  alone: {
    bias: ${short(alone.bias)},
    // biome-ignore format: one row
    cues: [${cues(alone)}],
  },
  step: ${step.toPrecision(6)},
  hashed:
    '${words}',
} as const
`,
)
console.log(`learned from ${rows.length} sentences`)
