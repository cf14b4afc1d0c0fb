import type { ActionsBlockElement } from '@slack/types'
import type { CardState } from '../model/approval.ts'
import { button, overflow } from '../slack/blocks.ts'
import { oneLine } from '../slack/mrkdwn.ts'
import type { CardFacts } from './card.ts'
import { mayUndo } from './card-outcome.ts'
import { encodeRef } from './card-ref.ts'
import { asClause } from './change-words.ts'

/** What a person can press. A button stands on a card only while pressing it does something. */

/** What pressing the first button does. */
const CREATES = { Tasks: 'Create task', Events: 'Create meeting', Notes: 'Add note' } as const

const HIGH_IMPACT = new Set(['amount', 'ownership', 'closing'])

/** While nobody has decided. */
export function decisions(facts: CardFacts): ActionsBlockElement[] {
  const { approval, change } = facts
  const { value, what } = about(facts)
  return [
    button({
      text: change.action === 'create' ? CREATES[change.module] : 'Approve change',
      action: 'approval.approve',
      value,
      style: 'primary',
      label: `Approve: ${what}`,
      ...(HIGH_IMPACT.has(approval.actionClass) && {
        confirm: {
          title: 'Approve this change?',
          text: `${what}. It is written to Zoho at once.`,
          confirm: 'Approve change',
        },
      }),
    }),
    button({ text: 'Edit…', action: 'approval.edit', value, label: `Edit before approving: ${what}` }),
    button({ text: 'Reject', action: 'approval.reject', value, label: `Reject: ${what}` }),
    overflow('approval.more', [
      { text: 'Snooze 4 hours', value: 'snooze:4h' },
      { text: 'Snooze until tomorrow 9:00', value: 'snooze:tomorrow' },
      { text: 'Snooze until next week', value: 'snooze:week' },
      { text: 'Reassign…', value: 'reassign' },
    ]),
  ]
}

/** Afterwards: only what still works. */
export function nextSteps(state: CardState, facts: CardFacts): ActionsBlockElement[] {
  const { replacedBy } = facts
  const { value, what } = about(facts)
  if (state === 'done' && mayUndo(facts)) {
    return [button({ text: 'Undo', action: 'approval.undo', value, label: `Undo: ${what}` })]
  }
  if (state === 'failed') {
    return [button({ text: 'Try again', action: 'approval.retry', value, label: `Try again: ${what}` })]
  }
  if (state === 'stale') {
    return [
      button({
        text: 'Review again',
        action: 'approval.review_again',
        value,
        label: `Review again: ${what}`,
      }),
    ]
  }
  if (state === 'expired' && replacedBy === null) {
    return [
      button({
        text: 'Analyse again',
        action: 'approval.analyse_again',
        value,
        label: `Analyse again: ${what}`,
      }),
    ]
  }
  return []
}

function about({ approval, account, recommendation }: CardFacts): { value: string; what: string } {
  return {
    value: encodeRef({ approvalId: approval.id, version: approval.version }),
    what: `${asClause(recommendation.title)}, ${oneLine(account.name)}`,
  }
}
