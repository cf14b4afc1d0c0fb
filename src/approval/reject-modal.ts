import type { ModalView } from '@slack/types'
import { section } from '../slack/blocks.ts'
import { input, modal, select, textInput } from '../slack/inputs.ts'
import { LIMITS } from '../slack/limits.ts'
import { mrkdwn, visible } from '../slack/mrkdwn.ts'
import { type CardRef, encodeRef } from './card-ref.ts'
import { asClause } from './change-words.ts'
import { answerTo, type FormValues } from './form-values.ts'

export const REJECTION_REASONS = {
  not_now: 'Not now',
  already_done: 'Already done',
  wrong_facts: 'The facts are wrong or out of date',
  wrong_step: 'Right concern, wrong next step',
  not_relevant: 'Not relevant for this account',
  other: 'Something else',
} as const
export type RejectionReason = keyof typeof REJECTION_REASONS

export type RejectFacts = CardRef & { account: { name: string }; title: string }

export function rejectModal(facts: RejectFacts): ModalView {
  return modal({
    title: 'Reject suggestion',
    callback: 'approval.reject',
    metadata: encodeRef(facts),
    submit: 'Reject',
    blocks: [
      section(
        mrkdwn`*${facts.account.name}* – ${asClause(facts.title)}\nNothing is written to Zoho. Your reason keeps the same suggestion away for 30 days and makes later ones better.`,
      ),
      input({
        blockId: 'reason',
        label: 'Why not?',
        element: select(
          'reason',
          Object.entries(REJECTION_REASONS).map(([value, text]) => ({ value, text })),
          { placeholder: 'Choose a reason' },
        ),
        // Slack knows no "one of these two": which one is there is checked on submission.
        optional: true,
      }),
      input({
        blockId: 'comment',
        label: 'In your own words',
        hint: 'A reason from the list, or your own words, or both.',
        element: { ...textInput('comment', '', { multiline: true }), max_length: 500 },
        optional: true,
      }),
    ],
  })
}

export type Rejection = {
  reason: RejectionReason
  comment: string | null
  /** Both in words, as kept with the decision and shown on the card. */
  text: string
}

export function parseReject(values: FormValues): Rejection | { errors: Record<string, string> } {
  const reason = answerTo(values, 'reason')
  const written = answerTo(values, 'comment')
  const comment = visible(written?.text ?? '').trim()
  if (comment.length > LIMITS.inputValue)
    return { errors: { comment: 'Shorter, please: at most 500 characters.' } }
  const given = reason?.text ?? (comment === '' ? null : 'other')
  if (!isReason(given)) return { errors: { [reason?.blockId ?? 'reason']: 'Please choose a reason.' } }
  if (given === 'other' && comment === '') {
    return { errors: { [written?.blockId ?? 'comment']: 'Please say in a few words what else.' } }
  }
  const words = REJECTION_REASONS[given]
  const text = comment === '' ? words : given === 'other' ? comment : `${words}: ${comment}`
  return { reason: given, comment: comment || null, text }
}

function isReason(text: string | null | undefined): text is RejectionReason {
  return typeof text === 'string' && Object.hasOwn(REJECTION_REASONS, text)
}
