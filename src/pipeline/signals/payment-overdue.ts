import { accountEvidence } from '../evidence.ts'
import { type Detector, onAccount } from './signal.ts'

export const paymentOverdue: Detector = ({ account }) => {
  if (account.paymentStatus !== 'overdue' || account.status === 'closed') return []
  return [
    onAccount('payment_overdue', 'high', account, {
      reason: 'The CRM says that a payment is overdue.',
      evidence: [accountEvidence(account, 'paymentStatus')],
      value: null,
    }),
  ]
}
