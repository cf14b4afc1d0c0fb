/** The order of the usual deal stages, Zoho's and the common others; a company's own words have none. */
const STAGES: readonly (readonly RegExp[])[] = [
  [/^lead$/, /^prospect/, /^appointment/],
  [/^qualif/],
  [/^discovery/, /^needs analysis/],
  [/^demo/, /^evaluation/, /^value proposition/],
  [/^identify decision makers/, /^id\. decision makers/, /^perception analysis/],
  [/^proposal/, /^quote/],
  [/^negotiation/, /^contract/],
]
const PROPOSAL = 5
const NEGOTIATION = 6

/** Its place in the order, from 0; null for a stage we cannot place. */
export function stageRank(stage: string | null): number | null {
  const word = stage?.trim().toLowerCase() ?? ''
  const rank = STAGES.findIndex((names) => names.some((name) => name.test(word)))
  return rank === -1 ? null : rank
}

export function isProposalStage(stage: string | null): boolean {
  return stageRank(stage) === PROPOSAL
}

/** Days that a new close date should leave: two weeks to negotiate, four for a proposal, eight before that. */
export function daysStillNeeded(stage: string | null): number {
  const rank = stageRank(stage)
  if (rank === null || rank === PROPOSAL) return 28
  return rank >= NEGOTIATION ? 14 : 56
}
