import { expect, test } from 'vitest'
import {
  approveCard,
  bo,
  dana,
  danasChannel,
  type Received,
  reasonModal,
  type SlackWithBot,
  startSlackWithBot,
  teamChannel,
} from './slack-with-bot.ts'

async function postCard(slack: SlackWithBot, channel = danasChannel): Promise<string> {
  const { ts } = await slack.client.chat.postMessage({ channel, text: 'Card', blocks: approveCard as never })
  return ts!
}

const press = (slack: SlackWithBot, body: object) =>
  slack.post('/slack/press', {
    user: dana.slackId,
    channel: danasChannel,
    action_id: 'approval.approve',
    ...body,
  })

test('a slash command reaches the bot signed, and its answer is visible to the person alone', async () => {
  await using slack = await startSlackWithBot()
  slack.botAnswers(() => ({ json: { text: 'Working on Acme…' } }))

  const answer = await slack.post('/slack/command', {
    user: dana.slackId,
    channel: teamChannel,
    command: '/account',
    text: 'Smith & Co @Bo Lind',
  })

  expect(answer).toMatchObject({
    status: 200,
    body: { ok: true, status: 200, body: { text: 'Working on Acme…' } },
  })
  expect(slack.received).toMatchObject([
    {
      kind: 'command',
      payload: {
        command: '/account',
        text: `Smith &amp; Co <@${bo.slackId}>`,
        user_id: dana.slackId,
        user_name: 'dana',
        channel_id: teamChannel,
        trigger_id: expect.any(String),
        response_url: expect.stringContaining('/api/response/'),
      },
    },
  ])
  expect(await slack.messages(teamChannel)).toMatchObject([
    { text: 'Working on Acme…', ephemeral_for: dana.slackId, user: 'U0SERGASBOT' },
  ])
})

test('an e-mail address in what is typed is no mention', async () => {
  await using slack = await startSlackWithBot()

  await slack.post('/slack/message', { user: dana.slackId, text: 'ask @dana or kim@dana.example' })

  expect(slack.received[0]?.payload.event.text).toBe('ask <@U0DANA> or kim@dana.example')
})

test('a command answered with blocks that Slack refuses has failed', async () => {
  await using slack = await startSlackWithBot()
  slack.botAnswers(() => ({ json: { blocks: [{ type: 'nonsense' }] } }))

  const answer = await slack.post('/slack/command', { user: dana.slackId, command: '/account', text: 'Acme' })

  expect(answer).toMatchObject({ status: 502, body: { ok: false, status: 200, error: 'invalid_blocks' } })
  expect(await slack.messages(danasChannel)).toMatchObject([
    { text: '/account failed with the error "invalid_blocks"', ephemeral_for: dana.slackId },
  ])
})

test('a command answered in_channel is seen by all; an empty answer shows nothing', async () => {
  await using slack = await startSlackWithBot()
  const type = () =>
    slack.post('/slack/command', {
      user: dana.slackId,
      channel: teamChannel,
      command: '/portfolio',
      text: '',
    })

  await type()
  expect(await slack.messages(teamChannel)).toEqual([])

  slack.botAnswers(() => ({ json: { response_type: 'in_channel', text: 'All well' } }))
  await type()
  const [message] = await slack.messages(teamChannel)
  expect(message).toMatchObject({ text: 'All well' })
  expect(message).not.toHaveProperty('ephemeral_for')
})

test('a command that fails says so to the person who typed it', async () => {
  await using slack = await startSlackWithBot()
  slack.botAnswers(() => ({ status: 500 }))

  const answer = await slack.post('/slack/command', { user: dana.slackId, command: '/account', text: 'Acme' })

  expect(answer).toMatchObject({ status: 502, body: { ok: false, status: 500 } })
  expect(await slack.messages(danasChannel)).toMatchObject([
    {
      text: '/account failed: this app responded with status 500',
      ephemeral_for: dana.slackId,
      user: 'USLACKBOT',
    },
  ])
})

test('a command answered too late has failed with operation_timeout', async () => {
  await using slack = await startSlackWithBot()
  slack.botAnswers(() => new Promise((resolve) => setTimeout(() => resolve({ text: 'late' }), 3_500)))

  const answer = await slack.post('/slack/command', { user: dana.slackId, command: '/account', text: 'Acme' })

  expect(answer).toMatchObject({ status: 504, body: { ok: false, status: null, error: 'operation_timeout' } })
  expect(await slack.messages(danasChannel)).toMatchObject([
    { text: '/account failed with the error "operation_timeout"', ephemeral_for: dana.slackId },
  ])
}, 10_000)

test('a command the app does not have never reaches it', async () => {
  await using slack = await startSlackWithBot()

  const answer = await slack.post('/slack/command', { user: dana.slackId, command: '/acount', text: 'Acme' })

  expect(answer.status).toBe(404)
  expect(slack.received).toEqual([])
  expect(await slack.messages(danasChannel)).toMatchObject([{ text: '/acount is not a valid command.' }])
})

test('a press carries the action, the message as it is and where to answer', async () => {
  await using slack = await startSlackWithBot()
  const ts = await postCard(slack)

  const answer = await press(slack, { ts })

  expect(answer).toMatchObject({ status: 200, body: { ok: true, status: 200 } })
  expect(slack.received[0]?.payload).toMatchObject({
    type: 'block_actions',
    user: { id: dana.slackId, team_id: 'T0SANDBOX' },
    team: { id: 'T0SANDBOX' },
    api_app_id: 'A0SERGASBOT',
    container: { type: 'message', message_ts: ts, channel_id: danasChannel, is_ephemeral: false },
    channel: { id: danasChannel },
    message: { ts, blocks: approveCard },
    actions: [{ type: 'button', action_id: 'approval.approve', block_id: 'rec:1:v1', value: '1.1' }],
  })
})

test('an overflow takes one of its own options and nothing else', async () => {
  await using slack = await startSlackWithBot()
  const ts = await postCard(slack)

  await press(slack, { ts, action_id: 'approval.more', value: 'snooze:4h' })
  const wrong = await press(slack, { ts, action_id: 'approval.more', value: 'explode' })

  expect(slack.received.map(({ payload }) => payload.actions[0])).toMatchObject([
    { type: 'overflow', selected_option: { value: 'snooze:4h', text: { text: 'Snooze 4 h' } } },
  ])
  expect(wrong).toMatchObject({ status: 404, body: { error: 'approval.more does not offer "explode"' } })
})

test('pressing what is not there is told, and the bot hears nothing', async () => {
  await using slack = await startSlackWithBot()
  const ts = await postCard(slack)

  const gone = await press(slack, { ts, action_id: 'approval.undo' })
  const otherButton = await press(slack, { ts, value: '2.1' })

  expect(gone).toMatchObject({
    status: 404,
    body: { error: 'There is no element approval.undo there; present: approval.approve, approval.more' },
  })
  expect(otherButton.status).toBe(404)
  expect(slack.received).toEqual([])
})

test('a press by somebody who is not in that conversation reaches the bot: who may decide is for the bot', async () => {
  await using slack = await startSlackWithBot()
  const ts = await postCard(slack)

  const answer = await press(slack, { ts, user: bo.slackId })

  expect(answer.status).toBe(200)
  expect(slack.received).toHaveLength(1)
  expect(slack.received[0]!.payload).toMatchObject({ user: { id: bo.slackId } })
})

test('ten presses at once are ten deliveries in parallel', async () => {
  await using slack = await startSlackWithBot()
  const ts = await postCard(slack, teamChannel)
  // The bot answers nobody before it has heard from everybody.
  const waiting: (() => void)[] = []
  slack.botAnswers(
    () =>
      new Promise((resolve) => {
        waiting.push(() => resolve({}))
        if (waiting.length === 10) for (const answer of waiting) answer()
      }),
  )

  const answers = await Promise.all(
    Array.from({ length: 10 }, (_, n) =>
      press(slack, { ts, channel: teamChannel, user: n % 2 ? dana.slackId : bo.slackId }),
    ),
  )

  expect(answers.every(({ status }) => status === 200)).toBe(true)
  expect(new Set(slack.received.map(({ payload }) => payload.trigger_id)).size).toBe(10)
})

test('a press the bot failed on is told to the presser where they pressed', async () => {
  await using slack = await startSlackWithBot()
  const ts = await postCard(slack)
  slack.botAnswers(() => ({ status: 404 }))

  const answer = await press(slack, { ts })

  expect(answer).toMatchObject({ status: 502, body: { status: 404 } })
  expect((await slack.messages(danasChannel)).at(-1)).toMatchObject({
    text: 'This app responded with status 404. What you pressed may not have been done.',
    ephemeral_for: dana.slackId,
  })
})

test('a response_url answers five times: beside the message, in its place, or by taking it away', async () => {
  await using slack = await startSlackWithBot()
  const ts = await postCard(slack)
  await press(slack, { ts })
  const { response_url } = slack.received[0]!.payload
  const respond = async (body: object) => {
    const response = await fetch(response_url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    return { status: response.status, body: await response.json() }
  }

  await respond({ text: 'noted' })
  await respond({ text: 'for all', response_type: 'in_channel' })
  await respond({ text: 'processing', replace_original: true })
  expect(await slack.messages(danasChannel)).toMatchObject([
    { ts, text: 'processing' },
    { text: 'noted', ephemeral_for: dana.slackId },
    { text: 'for all' },
  ])

  const refused = await respond({ blocks: [{ type: 'nonsense' }] })
  expect(refused).toMatchObject({ status: 400, body: { ok: false, error: 'invalid_blocks' } })
  await respond({ delete_original: true })
  expect(await slack.messages(danasChannel)).toHaveLength(2)
  expect(await respond({ text: 'sixth' })).toEqual({ status: 404, body: { ok: false, error: 'used_url' } })
})

test('a trigger opens one modal, for the person who pressed', async () => {
  await using slack = await startSlackWithBot()
  const ts = await postCard(slack)
  await press(slack, { ts })
  const { trigger_id } = slack.received[0]!.payload

  const { view } = await slack.client.views.open({ trigger_id, view: reasonModal })

  expect((await slack.views(dana.slackId)).modal).toMatchObject({
    id: view?.id,
    callback_id: 'reject',
    private_metadata: '1.1',
  })
  expect((await slack.views(bo.slackId)).modal).toBeNull()
  await expect(slack.client.views.open({ trigger_id, view: reasonModal })).rejects.toMatchObject({
    data: { error: 'exchanged_trigger_id' },
  })
  await expect(slack.client.views.open({ trigger_id: '1.2', view: reasonModal })).rejects.toMatchObject({
    data: { error: 'invalid_trigger_id' },
  })
})

async function openReasonModal(slack: SlackWithBot): Promise<string> {
  const ts = await postCard(slack)
  await press(slack, { ts })
  const { trigger_id } = slack.received.at(-1)!.payload
  const { view } = await slack.client.views.open({ trigger_id, view: reasonModal })
  return view!.id!
}

const submit = (slack: SlackWithBot, view_id: string, values: object) =>
  slack.post('/slack/submit', { user: dana.slackId, view_id, values })

const openModal = async (slack: SlackWithBot) => (await slack.views(dana.slackId)).modal

test('a submitted modal hands over what was typed and closes', async () => {
  await using slack = await startSlackWithBot()
  const viewId = await openReasonModal(slack)

  const answer = await submit(slack, viewId, { reason: 'Already agreed by phone' })

  expect(answer).toMatchObject({ status: 200, body: { ok: true, errors: {} } })
  expect(slack.received.at(-1)?.payload).toMatchObject({
    type: 'view_submission',
    view: {
      id: viewId,
      private_metadata: '1.1',
      state: {
        values: { reason: { reason: { type: 'plain_text_input', value: 'Already agreed by phone' } } },
      },
    },
  })
  expect(await openModal(slack)).toBeNull()
})

test('an empty required input stays with the person and never reaches the bot', async () => {
  await using slack = await startSlackWithBot()
  const viewId = await openReasonModal(slack)

  const answer = await submit(slack, viewId, {})

  expect(answer).toMatchObject({
    status: 422,
    body: { errors: { reason: 'Please complete this required field.' } },
  })
  expect(slack.received.filter(({ payload }) => payload.type === 'view_submission')).toEqual([])
  expect(await openModal(slack)).toMatchObject({ id: viewId })
})

test.each<[string, object, object]>([
  [
    'errors keep the modal open',
    { response_action: 'errors', errors: { reason: 'Too short' } },
    { modal: { title: { text: 'Reject' } }, errors: { reason: 'Too short' } },
  ],
  [
    'update replaces its content',
    {
      response_action: 'update',
      view: { ...reasonModal, title: { type: 'plain_text', text: 'Changed since' } },
    },
    { modal: { title: { text: 'Changed since' } }, errors: {} },
  ],
  [
    'push puts another on top',
    { response_action: 'push', view: { ...reasonModal, title: { type: 'plain_text', text: 'Sure?' } } },
    { modal: { title: { text: 'Sure?' }, previous_view_id: expect.any(String) }, errors: {} },
  ],
  ['clear closes all', { response_action: 'clear' }, { modal: null, errors: {} }],
])('the answer to a submission: %s', async (_, json, expected) => {
  await using slack = await startSlackWithBot()
  const viewId = await openReasonModal(slack)
  slack.botAnswers(() => ({ json }))

  const answer = await submit(slack, viewId, { reason: 'No' })

  expect({ modal: await openModal(slack), errors: answer.body.errors }).toMatchObject(expected)
})

test('an answer that Slack cannot follow keeps the modal open and counts as a failure', async () => {
  await using slack = await startSlackWithBot()
  const viewId = await openReasonModal(slack)
  slack.botAnswers(() => ({ json: { response_action: 'errors', errors: { nowhere: 'Too short' } } }))

  const answer = await submit(slack, viewId, { reason: 'No' })
  const stray = await submit(slack, viewId, { raeson: 'No' })

  expect(answer).toMatchObject({ status: 502, body: { ok: false, error: 'invalid_errors' } })
  expect(stray).toMatchObject({ status: 404, body: { error: 'The modal does not offer raeson as given' } })
  expect(await openModal(slack)).toMatchObject({ id: viewId })
})

test('closing a modal is told to a bot that asked to know', async () => {
  await using slack = await startSlackWithBot()
  const ts = await postCard(slack)
  await press(slack, { ts })
  const { view } = await slack.client.views.open({
    trigger_id: slack.received[0]!.payload.trigger_id,
    view: { ...reasonModal, notify_on_close: true },
  })

  await slack.post('/slack/close', { user: dana.slackId, view_id: view!.id })

  expect(slack.received.at(-1)?.payload).toMatchObject({
    type: 'view_closed',
    view: { id: view!.id },
    is_cleared: false,
  })
  expect(await openModal(slack)).toBeNull()
})

test('a home published on an old hash is refused, so that no update is lost', async () => {
  await using slack = await startSlackWithBot()
  const view = { type: 'home' as const, blocks: approveCard as never }
  const first = await slack.client.views.publish({ user_id: dana.slackId, view })
  await slack.client.views.publish({ user_id: dana.slackId, view, hash: first.view!.hash! })

  await expect(
    slack.client.views.publish({ user_id: dana.slackId, view, hash: first.view!.hash! }),
  ).rejects.toMatchObject({ data: { error: 'hash_conflict' } })

  // What stands in the App Home can be pressed without naming a message.
  await slack.post('/slack/press', { user: dana.slackId, action_id: 'approval.approve' })
  expect(slack.received.at(-1)?.payload).toMatchObject({
    container: { type: 'view' },
    view: { type: 'home' },
    actions: [{ value: '1.1' }],
  })
  expect(slack.received.at(-1)?.payload).not.toHaveProperty('response_url')
})

test('opening the App Home, writing to the bot and mentioning it are events', async () => {
  await using slack = await startSlackWithBot()

  await slack.post('/slack/open-home', { user: dana.slackId })
  await slack.post('/slack/message', { user: dana.slackId, text: 'what changed at Acme?' })
  await slack.post('/slack/message', { user: dana.slackId, channel: teamChannel, text: 'just talking' })
  await slack.post('/slack/message', { user: dana.slackId, channel: teamChannel, text: '@Sergas and you?' })

  expect(slack.received.map(({ payload }) => payload)).toMatchObject([
    { type: 'event_callback', event: { type: 'app_home_opened', tab: 'home', user: dana.slackId } },
    { event: { type: 'message', channel_type: 'im', channel: danasChannel, text: 'what changed at Acme?' } },
    { event: { type: 'app_mention', channel: teamChannel, text: '<@U0SERGASBOT> and you?' } },
  ])
})

test('a failed event comes three times more, saying which try it is; X-Slack-No-Retry stops that', async () => {
  await using slack = await startSlackWithBot()
  slack.botAnswers(() => ({ status: 500 }))
  await slack.post('/slack/message', { user: dana.slackId, text: 'hello' })

  await expect.poll(() => slack.received.length).toBe(4)
  const heard: Received[] = [...slack.received]
  expect(new Set(heard.map(({ payload }) => payload.event_id)).size).toBe(1)
  expect(heard.map(({ headers }) => headers['x-slack-retry-num'])).toEqual([undefined, '1', '2', '3'])
  expect(heard[1]?.headers['x-slack-retry-reason']).toBe('http_error')

  slack.botAnswers(() => ({ status: 500, header: ['x-slack-no-retry', '1'] }))
  await slack.post('/slack/message', { user: dana.slackId, text: 'once' })
  slack.botAnswers(() => ({}))
  await slack.post('/slack/message', { user: dana.slackId, text: 'last' })
  expect(slack.received.slice(4).map(({ payload }) => payload.event.text)).toEqual(['once', 'last'])
})

test('the control API lists people with roles and the channels they are in', async () => {
  await using slack = await startSlackWithBot()

  expect((await slack.get('/slack/users')).body).toEqual([
    { id: dana.slackId, name: dana.name, email: dana.email, is_bot: false, role: 'owner' },
    { id: bo.slackId, name: bo.name, email: bo.email, is_bot: false, role: 'owner' },
    { id: 'U0SERGASBOT', name: 'Sergas', email: null, is_bot: true, role: 'none' },
  ])
  expect((await slack.get('/slack/channels')).body).toMatchObject([
    { id: teamChannel, name: 'account-team', is_im: false, user: null },
    { id: danasChannel, is_im: true, user: dana.slackId, members: [dana.slackId, 'U0SERGASBOT'] },
    { id: 'D0BO', is_im: true, user: bo.slackId },
  ])
  expect((await slack.get('/slack/messages?channel=C0NONE')).status).toBe(404)
  expect((await slack.post('/slack/press', { user: dana.slackId })).status).toBe(400)
})
