import { byWords } from '../../src/pipeline/commitments/classifier.ts'
import { commitmentsOf } from '../../src/pipeline/commitments/commitments.ts'
import { CUE_COUNT, FEATURE_COUNT, featuresOf } from '../../src/pipeline/commitments/features.ts'
import { zoneOf } from '../../src/pipeline/facts.ts'
import { localDate } from '../../src/recommendations/calendar.ts'
import type { Measurement } from '../bench/figure.ts'
import { facts, touch } from '../pipeline/sample-account.ts'
import { PARTY_CASES, type PartyCase } from './commitment-cases.ts'
import { type Labelled, labelledSentences, SENTENCES } from './commitment-sentences.ts'
import { learn, probability } from './logistic.ts'

/**
 * How well sentences that ask or promise something are told from others, on e-mail sentences with answers. What is
 * judged was never learned from: five folds, each learned anew, and sentences nearly alike always in the same one.
 */

const FOLDS = 5
const LIKELY = 0.5

type Known = Labelled & ReturnType<typeof featuresOf>
type Score = { precision: number; recall: number; f1: number }

const found: Measurement = {
  name: 'sentences that ask or promise: F1, five folds',
  unit: 'share',
  target: 0.75,
  atLeast: true,
  measure: async () => {
    const rows = known()
    if (!rows) return MISSING
    const whole = crossValidated(rows, FEATURE_COUNT, ({ cues, hashed }) => [...cues, ...hashed])
    const cuesAlone = crossValidated(rows, CUE_COUNT, ({ cues }) => cues)
    const listed = scoreOf(rows.map((row) => [row.wanted, KEYWORDS.test(row.sentence)]))
    const groups = new Set(rows.map(({ group }) => group)).size
    return {
      value: whole.f1,
      note: `${inWords(whole)}; cues alone ${inWords(cuesAlone)}; a keyword list ${inWords(listed)}; ${rows.length} sentences in ${groups} groups`,
    }
  },
}

const inProduct: Measurement = {
  name: 'sentences judged alike by the weights kept and by new ones',
  unit: 'share',
  target: 0.99,
  atLeast: true,
  measure: async () => {
    const rows = known()
    if (!rows) return MISSING
    const together = ({ cues, hashed }: Known) => [...cues, ...hashed]
    const fresh = learn(
      rows.map((row) => ({ features: together(row), wanted: row.wanted })),
      FEATURE_COUNT,
    )
    const kept = rows.map((row) => byWords(row) >= LIKELY)
    const alike = rows.filter(
      (row, index) => kept[index] === probability(fresh, together(row)) >= LIKELY,
    ).length
    const score = scoreOf(rows.map((row, index) => [row.wanted, kept[index] ?? false]))
    return { value: alike / rows.length, note: `on the sentences they were learned from: ${inWords(score)}` }
  },
}

/** The whole of it, from a text to who owes what by when. */
const parties: Measurement = {
  name: 'promises with the right party and day, in sentences not fitted to',
  unit: 'share',
  target: 0.8,
  atLeast: true,
  measure: async () => {
    const wrong = PARTY_CASES.filter((each) => !isRight(each))
    const invented = wrong.filter(({ by }) => by === null).length
    const right = PARTY_CASES.length - wrong.length
    return {
      value: right / PARTY_CASES.length,
      note: `${right} of ${PARTY_CASES.length}, English, German and French; ${invented} found where there is none`,
    }
  },
}

function isRight({ says, by, due, ...where }: PartyCase): boolean {
  const direction = { note: '', ours: 'Direction: Outbound\n\n', theirs: 'Direction: Inbound\n\n' }[where.in]
  const activity = touch(0, {
    type: where.in === 'note' ? 'note' : 'email',
    body: `${direction}${says}`,
    at: new Date('2026-03-04T10:00:00Z'),
  })
  const found = commitmentsOf(facts({ activities: [activity] }), new Date('2026-03-05T10:00:00Z'))
  if (by === null) return found.length === 0
  const [only, ...others] = found
  return (
    others.length === 0 && only?.by === by && (only.dueAt ? localDate(only.dueAt, zone) : undefined) === due
  )
}

const zone = zoneOf(facts())

export const commitmentFigures: readonly Measurement[] = [found, inProduct, parties]

/** What one would look for without learning anything. */
const KEYWORDS =
  /\b(?:please|can you|could you|would you|will you|let me know|i'll|i will|we'll|we will|promise|send|call me|need to|by (?:monday|tuesday|wednesday|thursday|friday|tomorrow)|follow up|get back)\b/i

const MISSING = { skipped: `${SENTENCES} is not here` }

function known(): Known[] | null {
  return labelledSentences()?.map((row) => ({ ...row, ...featuresOf(row.sentence) })) ?? null
}

function crossValidated(
  rows: readonly Known[],
  featureCount: number,
  featuresFor: (row: Known) => number[],
): Score {
  const ready = rows.map((row) => ({ features: featuresFor(row), wanted: row.wanted, fold: foldOf(row) }))
  const judged = Array.from({ length: FOLDS }, (_, fold) => {
    const learned = learn(
      ready.filter((row) => row.fold !== fold),
      featureCount,
    )
    return ready
      .filter((row) => row.fold === fold)
      .map(({ features, wanted }): [boolean, boolean] => [wanted, probability(learned, features) >= LIKELY])
  })
  return scoreOf(judged.flat())
}

/** Neighbours in the file are alike, so groups are spread by a hash of their number. */
function foldOf({ group }: Labelled): number {
  return (Math.imul(group + 1, 0x9e3779b1) >>> 8) % FOLDS
}

/** @param answers wanted, and found. */
function scoreOf(answers: readonly [boolean, boolean][]): Score {
  const both = answers.filter(([wanted, found]) => wanted && found).length
  const precision = both / Math.max(1, answers.filter(([, found]) => found).length)
  const recall = both / Math.max(1, answers.filter(([wanted]) => wanted).length)
  return { precision, recall, f1: both === 0 ? 0 : (2 * precision * recall) / (precision + recall) }
}

function inWords({ precision, recall, f1 }: Score): string {
  return `F1 ${f1.toFixed(3)} (precision ${precision.toFixed(3)}, recall ${recall.toFixed(3)})`
}
