import { describe, expect, test } from 'vitest'
import { blockProblems } from '../../src/sandbox/slack/block-kit.ts'
import type { Surface } from '../../src/sandbox/slack/block-rules.ts'
import { approveCard, dana, danasChannel, reasonModal, startSlackWithBot } from './slack-with-bot.ts'

const plain = (length: number) => ({ type: 'plain_text', text: 'x'.repeat(length) })
const mrkdwn = (length: number) => ({ type: 'mrkdwn', text: 'x'.repeat(length) })
const times = <Item>(count: number, make: (n: number) => Item) =>
  Array.from({ length: count }, (_, n) => make(n))
const button = (over: object = {}) => ({ type: 'button', text: plain(5), ...over })
const actions = (...elements: object[]) => ({ type: 'actions', elements })
const options = (count: number, over: object = {}) =>
  times(count, (n) => ({ text: plain(5), value: String(n), ...over }))
const confirm = (over: object = {}) => ({
  confirm: { title: plain(5), text: plain(5), confirm: plain(5), deny: plain(5), ...over },
})

/** At the limit Slack takes it; one more and it names the rule and the place. */
const limits: [string, Surface, (size: number) => unknown[], number, string][] = [
  ['blocks of a message', 'message', (n) => times(n, () => ({ type: 'divider' })), 50, '/blocks'],
  ['blocks of a view', 'home', (n) => times(n, () => ({ type: 'divider' })), 100, '/blocks'],
  ['a header', 'message', (n) => [{ type: 'header', text: plain(n) }], 150, '/blocks/0/text/text'],
  ["a section's text", 'message', (n) => [{ type: 'section', text: mrkdwn(n) }], 3000, '/blocks/0/text/text'],
  [
    "a section's fields",
    'message',
    (n) => [{ type: 'section', fields: times(n, () => mrkdwn(5)) }],
    10,
    '/blocks/0/fields',
  ],
  [
    'one field',
    'message',
    (n) => [{ type: 'section', fields: [mrkdwn(n)] }],
    2000,
    '/blocks/0/fields/0/text',
  ],
  [
    'context elements',
    'message',
    (n) => [{ type: 'context', elements: times(n, () => mrkdwn(5)) }],
    10,
    '/blocks/0/elements',
  ],
  ['buttons', 'message', (n) => [actions(...times(n, () => button()))], 25, '/blocks/0/elements'],
  [
    "a button's text",
    'message',
    (n) => [actions(button({ text: plain(n) }))],
    75,
    '/blocks/0/elements/0/text',
  ],
  [
    "a button's value",
    'message',
    (n) => [actions(button({ value: 'x'.repeat(n) }))],
    2000,
    '/blocks/0/elements/0/value',
  ],
  [
    'an action_id',
    'message',
    (n) => [actions(button({ action_id: 'x'.repeat(n) }))],
    255,
    '/blocks/0/elements/0/action_id',
  ],
  ['a block_id', 'message', (n) => [{ type: 'divider', block_id: 'x'.repeat(n) }], 255, '/blocks/0/block_id'],
  [
    'overflow options',
    'message',
    (n) => [actions({ type: 'overflow', options: options(n) })],
    5,
    '/blocks/0/elements/0/options',
  ],
  [
    'select options',
    'message',
    (n) => [actions({ type: 'static_select', options: options(n) })],
    100,
    '/blocks/0/elements/0/options',
  ],
  [
    "an option's text",
    'message',
    (n) => [actions({ type: 'overflow', options: options(1, { text: plain(n) }) })],
    75,
    '/blocks/0/elements/0/options/0/text',
  ],
  [
    "an option's value",
    'message',
    (n) => [actions({ type: 'overflow', options: options(1, { value: 'x'.repeat(n) }) })],
    150,
    '/blocks/0/elements/0/options/0/value',
  ],
  [
    "a confirm dialog's title",
    'message',
    (n) => [actions(button(confirm({ title: plain(n) })))],
    100,
    '/blocks/0/elements/0/confirm/title',
  ],
  [
    "a confirm dialog's text",
    'message',
    (n) => [actions(button(confirm({ text: plain(n) })))],
    300,
    '/blocks/0/elements/0/confirm/text',
  ],
  [
    "a confirm dialog's button",
    'message',
    (n) => [actions(button(confirm({ deny: plain(n) })))],
    30,
    '/blocks/0/elements/0/confirm/deny',
  ],
  [
    "an input's label",
    'modal',
    (n) => [{ type: 'input', label: plain(n), element: { type: 'plain_text_input' } }],
    2000,
    '/blocks/0/label/text',
  ],
  ['markdown', 'message', (n) => [{ type: 'markdown', text: 'x'.repeat(n) }], 12_000, '/blocks/0/text'],
  [
    'rows of a table',
    'message',
    (n) => [{ type: 'table', rows: times(n, () => [{ type: 'raw_text', text: 'x' }]) }],
    100,
    '/blocks/0/rows',
  ],
  [
    'characters of all tables',
    'message',
    (n) => times(4, () => ({ type: 'table', rows: [[{ type: 'raw_text', text: 'x'.repeat(n / 4) }]] })),
    10_000,
    '/blocks',
  ],
  ['charts of a message', 'message', (n) => times(n, () => ({ type: 'data_visualization' })), 2, '/blocks'],
  [
    'blocks of a container',
    'message',
    (n) => [{ type: 'container', title: plain(5), child_blocks: times(n, () => ({ type: 'divider' })) }],
    10,
    '/blocks/0/child_blocks',
  ],
]

test.each(limits)(
  '%s (%s): the limit itself is fine, beyond it is refused',
  (name, surface, make, limit, at) => {
    const beyond = name === 'characters of all tables' ? limit + 4 : limit + 1

    expect(blockProblems(make(limit), surface)).toEqual([])
    expect(blockProblems(make(beyond), surface)).toEqual([expect.stringContaining(`[json-pointer:${at}`)])
  },
)

describe('blocks are refused', () => {
  test.each<[string, Surface, object, string]>([
    [
      'of an unknown type',
      'message',
      { type: 'hero' },
      'unsupported type: hero [json-pointer:/blocks/0/type]',
    ],
    [
      'with an element that does not belong',
      'message',
      actions({ type: 'plain_text_input' }),
      'unsupported type: plain_text_input [json-pointer:/blocks/0/elements/0/type]',
    ],
    [
      'with an alert outside a modal',
      'message',
      { type: 'alert', text: plain(5) },
      'unsupported type: alert [json-pointer:/blocks/0/type]',
    ],
    [
      'with markdown in a home',
      'home',
      { type: 'markdown', text: 'x' },
      'unsupported type: markdown [json-pointer:/blocks/0/type]',
    ],
    [
      'with mrkdwn in a header',
      'message',
      { type: 'header', text: mrkdwn(5) },
      'must be plain_text [json-pointer:/blocks/0/text/type]',
    ],
    [
      'with an empty section',
      'message',
      { type: 'section' },
      'missing required field: text or fields [json-pointer:/blocks/0]',
    ],
    [
      'with empty text',
      'message',
      { type: 'section', text: plain(0) },
      'must be more than 0 characters [json-pointer:/blocks/0/text/text]',
    ],
    [
      'with one action_id twice in a row of buttons',
      'message',
      actions(button({ action_id: 'a' }), button({ action_id: 'a' })),
      '`action_id` "a" already exists [json-pointer:/blocks/0/elements/1]',
    ],
    [
      'with a field that Slack does not know',
      'message',
      { type: 'divider', colour: 'red' },
      'invalid additional property: colour [json-pointer:/blocks/0]',
    ],
    [
      'with both options and option_groups missing',
      'message',
      actions({ type: 'static_select' }),
      'must provide either options or option_groups [json-pointer:/blocks/0/elements/0]',
    ],
  ])('%s', (_, surface, block, problem) => {
    expect(blockProblems([block], surface)).toEqual([problem])
  })

  test('with one block_id twice', () => {
    const divider = { type: 'divider', block_id: 'same' }
    expect(blockProblems([divider, divider], 'message')).toEqual([
      '`block_id` "same" already exists [json-pointer:/blocks/1]',
    ])
  })
})

test('the newer blocks are taken where Slack takes them', () => {
  const feedback = (value: string) => ({ text: plain(5), value })
  const blocks = [
    { type: 'markdown', text: '## Risk' },
    {
      type: 'table',
      rows: [
        [
          { type: 'raw_text', text: 'a' },
          { type: 'raw_number', value: 1, text: '1' },
        ],
      ],
    },
    { type: 'data_table', caption: 'Portfolio', rows: [[{ type: 'raw_text', text: 'a' }]], page_size: 10 },
    { type: 'container', title: plain(5), child_blocks: approveCard, is_collapsible: true },
    {
      type: 'context_actions',
      elements: [
        { type: 'feedback_buttons', positive_button: feedback('good'), negative_button: feedback('bad') },
      ],
    },
    {
      type: 'rich_text',
      elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: 'hi' }] }],
    },
  ]

  expect(blockProblems(blocks, 'message')).toEqual([])
  expect(blockProblems([{ type: 'alert', text: plain(5), level: 'warning' }], 'modal')).toEqual([])
})

test('a refused message says invalid_blocks with the block and the rule', async () => {
  await using slack = await startSlackWithBot()

  await expect(
    slack.client.chat.postMessage({
      channel: danasChannel,
      text: 'Card',
      blocks: [{ type: 'section', text: mrkdwn(3001) as never }],
    }),
  ).rejects.toMatchObject({
    data: {
      error: 'invalid_blocks',
      errors: ['must be less than 3001 characters [json-pointer:/blocks/0/text/text]'],
      response_metadata: {
        messages: ['[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]'],
      },
    },
  })
  expect(await slack.messages(danasChannel)).toEqual([])
})

test.each<[string, object, string]>([
  [
    'a title over 24 characters',
    { title: plain(25) },
    'must be less than 25 characters [json-pointer:/view/title/text]',
  ],
  [
    'private_metadata over 3000',
    { private_metadata: 'x'.repeat(3001) },
    'must be less than 3001 characters [json-pointer:/view/private_metadata]',
  ],
  [
    'inputs without submit',
    { submit: undefined },
    'missing required field: submit, as there are input blocks [json-pointer:/view]',
  ],
])('a modal with %s is refused', async (_, over, problem) => {
  await using slack = await startSlackWithBot()
  await slack.post('/slack/command', { user: dana.slackId, command: '/account', text: '' })
  const { trigger_id } = slack.received[0]!.payload

  await expect(
    slack.client.views.open({ trigger_id, view: { ...reasonModal, ...over } }),
  ).rejects.toMatchObject({ data: { error: 'invalid_arguments', errors: [problem] } })
})
