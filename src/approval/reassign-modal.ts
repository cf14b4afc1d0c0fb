import type { ModalView } from '@slack/types'
import { section } from '../slack/blocks.ts'
import { input, modal } from '../slack/inputs.ts'
import { mrkdwn } from '../slack/mrkdwn.ts'
import { type CardRef, encodeRef } from './card-ref.ts'
import { asClause } from './change-words.ts'
import { answerTo, type FormValues } from './form-values.ts'

export type ReassignFacts = CardRef & { account: { name: string }; title: string }

export function reassignModal(facts: ReassignFacts): ModalView {
  return modal({
    title: 'Reassign',
    callback: 'approval.reassign',
    metadata: encodeRef(facts),
    submit: 'Reassign',
    blocks: [
      section(
        mrkdwn`*${facts.account.name}* – ${asClause(facts.title)}\nThe person you choose gets this suggestion to decide, if they may see the account. It does not change who owns the account in Zoho.`,
      ),
      input({
        blockId: 'assignee',
        label: 'Who should decide?',
        element: {
          type: 'users_select',
          action_id: 'assignee',
          placeholder: { type: 'plain_text', text: 'Choose a person' },
        },
      }),
    ],
  })
}

export function parseReassign(
  values: FormValues,
): { slackUserId: string } | { errors: Record<string, string> } {
  const assignee = answerTo(values, 'assignee')
  if (!assignee?.text) return { errors: { [assignee?.blockId ?? 'assignee']: 'Please choose a person.' } }
  return { slackUserId: assignee.text }
}
