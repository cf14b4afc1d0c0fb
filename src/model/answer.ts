/** Why a language model gave no answer, and the rules did its work. */
export const NO_ANSWERS = [
  'budget',
  'overloaded',
  'unreachable',
  'too_slow',
  'refused',
  'unreadable',
  'rejected',
] as const
export type NoAnswer = (typeof NO_ANSWERS)[number]

/** For a person. */
export const NO_ANSWER_WORDS: Record<NoAnswer, string> = {
  budget: 'today’s budget for Claude is spent',
  overloaded: 'Claude was overloaded',
  unreachable: 'Claude could not be reached',
  too_slow: 'Claude took too long',
  refused: 'Claude declined to answer',
  unreadable: 'Claude’s answer could not be used',
  rejected: 'Claude refused our access',
}
