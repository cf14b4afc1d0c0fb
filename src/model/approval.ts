import { z } from 'zod'

/**
 * The life of one proposed write. Two machines: the approval (what people decided) and the operation (what the
 * CRM did). What a card shows is one pure function of both.
 */

export const ApprovalState = z.enum([
  'pending',
  'approved',
  'rejected',
  'expired',
  'superseded',
  'withdrawn',
  'stale',
])
export type ApprovalState = z.infer<typeof ApprovalState>

export const OperationState = z.enum(['planned', 'writing', 'unknown', 'applied', 'conflict', 'failed'])
export type OperationState = z.infer<typeof OperationState>

export const CardState = z.enum([
  'pending',
  'processing',
  'done',
  'failed',
  'unknown',
  'rejected',
  'stale',
  'expired',
  'superseded',
  'withdrawn',
  'undone',
])
export type CardState = z.infer<typeof CardState>

/**
 * @param undo the state of the operation that takes this one back, when there is one.
 */
export function cardState(
  approval: ApprovalState,
  operation: OperationState | null,
  undo: OperationState | null = null,
): CardState {
  if (approval !== 'approved') return approval
  if (undo === 'applied') return 'undone'
  if (undo === 'planned' || undo === 'writing') return 'processing'
  if (undo === 'unknown') return 'unknown'
  switch (operation) {
    case 'applied':
      return 'done'
    case 'conflict':
      return 'stale'
    case 'failed':
      return 'failed'
    case 'unknown':
      return 'unknown'
    default:
      return 'processing'
  }
}

export const Decision = z.enum(['approve', 'reject', 'expire', 'supersede', 'withdraw', 'stale'])
export type Decision = z.infer<typeof Decision>

/** What became of a press, for the person who pressed. */
export type DecisionOutcome =
  | { kind: 'decided'; state: ApprovalState; operationId: string | null }
  | { kind: 'waiting_for_second'; missing: number }
  | { kind: 'already'; state: ApprovalState; by: string | null; at: Date | null }
  | { kind: 'expired' }
  | { kind: 'changed'; version: number }
  | { kind: 'not_found' }
