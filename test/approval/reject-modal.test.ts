import { describe, expect, test } from 'vitest'
import type { FormValues } from '../../src/approval/form-values.ts'
import { parseReassign, reassignModal } from '../../src/approval/reassign-modal.ts'
import { parseReject, REJECTION_REASONS, rejectModal } from '../../src/approval/reject-modal.ts'
import { blockProblems } from '../../src/sandbox/slack/block-kit.ts'
import { type Choice, stateValues, withIds } from '../../src/sandbox/slack/elements.ts'
import { aloud, choicesOf } from '../slack/aloud.ts'

const facts = {
  approvalId: 'a-1',
  version: 2,
  account: { name: 'Acme <Corp>' },
  title: 'Move close date to 15 Jan',
}

function submitted(view: { blocks: unknown }, choices: Record<string, Choice>): FormValues {
  return stateValues(withIds(view.blocks), choices) as FormValues
}

describe('rejecting', () => {
  const reject = (choices: Record<string, Choice>) => parseReject(submitted(rejectModal(facts), choices))

  test('asks for a reason from a short list and says what does not happen', () => {
    const view = rejectModal(facts)

    expect(blockProblems(view.blocks, 'modal')).toEqual([])
    expect(view).toMatchObject({
      callback_id: 'approval.reject',
      private_metadata: 'a-1:2',
      submit: { text: 'Reject' },
    })
    expect(choicesOf(view, 'reason')).toEqual(Object.keys(REJECTION_REASONS))
    expect(aloud(view)).toContain('Nothing is written to Zoho')
  })

  test('keeps the reason and the words', () => {
    expect(reject({ reason: 'not_now', comment: ' budget\u200B freeze ' })).toEqual({
      reason: 'not_now',
      comment: 'budget freeze',
      text: 'Not now: budget freeze',
    })
    expect(reject({ reason: 'already_done' })).toEqual({
      reason: 'already_done',
      comment: null,
      text: 'Already done',
    })
    expect(reject({ reason: 'other', comment: 'They merged with Beta' })).toMatchObject({
      text: 'They merged with Beta',
    })
  })

  test('takes words alone as another reason', () => {
    expect(reject({ comment: 'They merged with Beta' })).toEqual({
      reason: 'other',
      comment: 'They merged with Beta',
      text: 'They merged with Beta',
    })
  })

  test('needs a reason, and words where the list has none', () => {
    expect(reject({})).toEqual({ errors: { reason: 'Please choose a reason.' } })
    expect(reject({ reason: 'other' })).toEqual({
      errors: { comment: 'Please say in a few words what else.' },
    })
    expect(parseReject({ r: { reason: { selected_option: { value: 'toString' } } } })).toEqual({
      errors: { r: 'Please choose a reason.' },
    })
  })
})

describe('reassigning', () => {
  test('takes a person', () => {
    const view = reassignModal(facts)

    expect(blockProblems(view.blocks, 'modal')).toEqual([])
    expect(view).toMatchObject({ callback_id: 'approval.reassign', private_metadata: 'a-1:2' })
    expect(parseReassign(submitted(view, { assignee: 'U0BO' }))).toEqual({ slackUserId: 'U0BO' })
  })

  test('needs one', () => {
    expect(parseReassign(submitted(reassignModal(facts), {}))).toEqual({
      errors: { assignee: 'Please choose a person.' },
    })
  })
})
