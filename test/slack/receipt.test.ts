import { expect, test } from 'vitest'
import { receiptOf } from '../../src/slack/receipt.ts'

const http = { signature: 'v0=abc' }
const press = {
  type: 'block_actions',
  team: { id: 'T0HOME' },
  user: { id: 'U0DANA', team_id: 'T0HOME' },
  channel: { id: 'C0TEAM' },
  trigger_id: '1.2.3',
  actions: [{ action_id: 'approval.approve' }],
}

test.each([
  ['a press', press, { kind: 'action:approval.approve', channelId: 'C0TEAM' }],
  [
    'a command',
    { command: '/account', team_id: 'T0HOME', user_id: 'U0DANA', channel_id: 'C0TEAM' },
    { kind: 'command:/account', channelId: 'C0TEAM' },
  ],
  [
    'a submitted modal',
    {
      ...press,
      type: 'view_submission',
      channel: undefined,
      actions: undefined,
      view: { callback_id: 'approval.edit' },
    },
    { kind: 'view:approval.edit', channelId: null },
  ],
  [
    'a message shortcut',
    { ...press, type: 'message_action', actions: undefined, callback_id: 'memory.add' },
    { kind: 'message_action:memory.add' },
  ],
  [
    'a message',
    {
      type: 'event_callback',
      team_id: 'T0HOME',
      event_id: 'Ev1',
      event: { type: 'message', user: 'U0DANA', channel: 'D0DANA' },
    },
    { kind: 'event:message', channelId: 'D0DANA', signature: 'event:Ev1' },
  ],
])('%s says who did what, where', (_, body, expected) => {
  expect(receiptOf(body, http)).toMatchObject({ teamId: 'T0HOME', userId: 'U0DANA', ...expected })
})

test('somebody from another workspace in a shared channel counts as of their own', () => {
  const stranger = { ...press, user: { id: 'U0EVE', team_id: 'T0OTHER' } }

  expect(receiptOf(stranger, http).teamId).toBe('T0OTHER')
})

test('over a socket, where nothing is signed, a press counts by its trigger and the rest by its envelope', () => {
  const { trigger_id: _, ...withoutTrigger } = press

  expect(receiptOf(press, { envelopeId: 'e1' }).signature).toBe('trigger:1.2.3')
  expect(receiptOf(withoutTrigger, { envelopeId: 'e1' }).signature).toBe('envelope:e1')
})

test('a body that is none of Slack’s is refused', () => {
  expect(() => receiptOf({ user: 7 }, http)).toThrow('Not a Slack request')
})
