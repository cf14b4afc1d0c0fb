import { openBook } from './book.ts'
import type { Evidence } from './evidence.ts'
import type { Found, Violation } from './rules.ts'
import { judgeCards, judgeEndings, judgePresses, judgeTrail } from './surface.ts'
import { judgeApprovals, judgeWrites } from './writes.ts'

export type Verdict = { violations: Violation[]; figures: Figures }

export type Figures = {
  approvals: number
  approved: number
  applied: number
  conflicts: number
  failed: number
  /** Changes of records in the CRM that the bot made. */
  writes: number
  /** Written, and then edited by a person before that could be seen: told as a conflict. */
  writtenAndConflict: number
  duplicateCards: number
  /** The most that any operation took. */
  attempts: number
  auditEvents: number
}

export function judge(evidence: Evidence): Verdict {
  const book = openBook(evidence)
  const violations: Violation[] = []
  const found: Found = (rule, approvalId, what) => violations.push({ rule, approvalId, what })

  const written = judgeWrites(book, found)
  const writtenAndConflict = judgeApprovals(book, written, found)
  judgeEndings(book, found)
  judgePresses(book, found)
  judgeTrail(book, found)
  const duplicateCards = judgeCards(book, found)

  const { approvals, operations, audit } = evidence.tables
  const ended = (state: string) => operations.filter((each) => each.state === state).length
  return {
    violations,
    figures: {
      approvals: approvals.length,
      approved: approvals.filter(({ state }) => state === 'approved').length,
      applied: ended('applied'),
      conflicts: ended('conflict'),
      failed: ended('failed'),
      writes: evidence.effects.filter(({ by }) => by === 'bot').length,
      writtenAndConflict,
      duplicateCards,
      attempts: operations.reduce((most, { attempt }) => Math.max(most, attempt), 0),
      auditEvents: audit.length,
    },
  }
}
