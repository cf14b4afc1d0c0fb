import { detect, NO_CLUES } from '../../src/privacy/detect.ts'
import { plansOf } from '../../src/privacy/phone-plans.ts'
import type { Note } from './masking-notes.ts'

export type Score = {
  gold: number
  hit: number
  found: number
  right: number
  missed: string[]
  wrong: string[]
}

const empty = (): Score => ({ gold: 0, hit: 0, found: 0, right: 0, missed: [], wrong: [] })

/**
 * A value counts as found when one finding of its kind covers all of it; a finding is right when it touches a value of
 * its kind.
 */
export function scoreNotes(notes: readonly Note[], regions: readonly string[]): Map<string, Score> {
  const clues = { ...NO_CLUES, phones: { plans: plansOf(regions), endings: new Set<string>() } }
  const scores = new Map<string, Score>()
  const of = (kind: string) => {
    const score = scores.get(kind) ?? empty()
    scores.set(kind, score)
    return score
  }
  for (const { text, gold } of notes) {
    const findings = detect(text, clues)
    for (const { kind, start, end } of gold) {
      const score = of(kind)
      score.gold++
      if (findings.some((each) => each.kind === kind && each.start <= start && each.end >= end)) score.hit++
      else score.missed.push(text.slice(Math.max(0, start - 25), end + 15))
    }
    for (const { kind, start, end } of findings) {
      const score = of(kind)
      score.found++
      if (gold.some((each) => each.kind === kind && each.start < end && start < each.end)) score.right++
      else score.wrong.push(text.slice(Math.max(0, start - 25), end + 15))
    }
  }
  return scores
}
