import type { Evidence } from './signal.ts'

/** Whose turn it is: our company's or the customer's. */
export type Side = 'us' | 'customer'

/** What somebody on one side said they would do, or was asked to, as it stands in a note, an e-mail or a summary. */
export type Commitment = {
  /** The sentence, at most 300 characters. */
  text: string
  /** Promised by who is to do it, or asked of them by the other side. */
  kind: 'promise' | 'request'
  by: Side
  madeAt: Date
  /** The last moment of the day it is due, in the owner's zone; null when no day was named. */
  dueAt: Date | null
  /** `overdue` only with a day that has passed and nothing on record since that looks like it was done. */
  state: 'open' | 'kept' | 'overdue'
  /** The later activity that looks like the keeping of it, in time or late. */
  keptBy: Evidence | null
  evidence: Evidence
}
