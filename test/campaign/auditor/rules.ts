/** What must never be. */
export const RULES = {
  lost: 'approved, and neither written nor told as a conflict or failure',
  double: 'written more than once',
  unapproved: 'written without a person’s approval, or before it',
  late: 'approved at or after its deadline',
  content: 'written, hashed or shown as something else than was approved',
  overwritten: 'written over a person’s edit in the CRM',
  stranger: 'decided by somebody who may not',
  unrecorded: 'a press that was answered with 200 is not on record',
  endings: 'ended in two ways, or without a decision',
  audit: 'the audit trail does not tell what happened, once and in a chain that fits',
  card: 'the card does not say what the rows say',
  stuck: 'not over although nothing goes wrong any more',
} as const
export type Rule = keyof typeof RULES

export type Violation = { rule: Rule; approvalId: string | null; what: string }
export type Found = (rule: Rule, approvalId: string | null, what: string) => void
