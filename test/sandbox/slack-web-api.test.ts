import { WebAPIRateLimitedError } from '@slack/web-api'
import { expect, test } from 'vitest'
import { approveCard, bo, dana, danasChannel, startSlackWithBot, teamChannel } from './slack-with-bot.ts'

const failure = (error: string) => ({ data: { ok: false, error } })

test('the official client knows who it is and whom it may write to', async () => {
  await using slack = await startSlackWithBot()

  const me = await slack.client.auth.test()
  const { user } = await slack.client.users.lookupByEmail({ email: dana.email })
  const { members } = await slack.client.users.list({})

  expect(me).toMatchObject({ ok: true, user: 'Sergas', user_id: 'U0SERGASBOT' })
  expect(user).toMatchObject({ id: dana.slackId, tz: 'Europe/Paris', is_bot: false })
  expect(members?.map(({ id }) => id)).toEqual([dana.slackId, bo.slackId, 'U0SERGASBOT'])
  await expect(slack.client.users.lookupByEmail({ email: 'no@one.example' })).rejects.toMatchObject(
    failure('users_not_found'),
  )
})

test('a message to a person lands in their conversation, with blocks and metadata as sent', async () => {
  await using slack = await startSlackWithBot()
  const metadata = { event_type: 'sergas_card', event_payload: { approval_id: '1', version: 1 } }

  const posted = await slack.client.chat.postMessage({
    channel: dana.slackId,
    text: 'Acme – move close date to 15 Jan',
    blocks: approveCard as never,
    metadata,
  })

  expect(posted.channel).toBe(danasChannel)
  const history = await slack.client.conversations.history({
    channel: danasChannel,
    include_all_metadata: true,
  })
  expect(history.messages).toMatchObject([{ ts: posted.ts, bot_id: 'B0SERGASBOT', metadata }])
  const plain = await slack.client.conversations.history({ channel: danasChannel })
  expect(plain.messages?.[0]).not.toHaveProperty('metadata')
  expect(await slack.messages(danasChannel)).toMatchObject([{ ts: posted.ts, blocks: approveCard, metadata }])
})

test('a thread is told by its parent, and a reply to a reply joins it', async () => {
  await using slack = await startSlackWithBot()
  const parent = await slack.client.chat.postMessage({ channel: teamChannel, text: 'Digest' })
  const first = await slack.client.chat.postMessage({
    channel: teamChannel,
    text: 'Card 1',
    thread_ts: parent.ts!,
  })
  await slack.client.chat.postMessage({ channel: teamChannel, text: 'Card 2', thread_ts: first.ts! })

  const history = await slack.client.conversations.history({ channel: teamChannel })
  const replies = await slack.client.conversations.replies({ channel: teamChannel, ts: parent.ts! })

  expect(history.messages).toMatchObject([{ text: 'Digest', reply_count: 2 }])
  expect(replies.messages?.map(({ text }) => text)).toEqual(['Digest', 'Card 1', 'Card 2'])
  await expect(
    slack.client.chat.postMessage({ channel: teamChannel, text: 'x', thread_ts: '1.000001' }),
  ).rejects.toMatchObject(failure('thread_not_found'))
})

test('an update with text alone takes the blocks away, one with neither keeps them', async () => {
  await using slack = await startSlackWithBot()
  const { ts } = await slack.client.chat.postMessage({
    channel: danasChannel,
    text: 'Card',
    blocks: approveCard as never,
    metadata: { event_type: 'sergas_card', event_payload: { state: 'pending' } },
  })

  await slack.client.apiCall('chat.update', {
    channel: danasChannel,
    ts,
    metadata: { event_type: 'sergas_card', event_payload: { state: 'done' } },
  })
  expect(await slack.messages(danasChannel)).toMatchObject([
    { blocks: approveCard, metadata: { event_payload: { state: 'done' } } },
  ])

  await slack.client.chat.update({ channel: danasChannel, ts: ts!, text: 'Done' })
  const [message] = await slack.messages(danasChannel)
  expect(message).toMatchObject({ text: 'Done', edited: { user: 'U0SERGASBOT' } })
  expect(message).not.toHaveProperty('blocks')
})

test("only the bot's own messages can be changed or deleted", async () => {
  await using slack = await startSlackWithBot()
  const typed = await slack.post('/slack/message', {
    user: dana.slackId,
    channel: danasChannel,
    text: 'hello',
  })
  const { ts } = typed.body

  await expect(slack.client.chat.update({ channel: danasChannel, ts, text: 'x' })).rejects.toMatchObject(
    failure('cant_update_message'),
  )
  await expect(slack.client.chat.delete({ channel: danasChannel, ts })).rejects.toMatchObject(
    failure('cant_delete_message'),
  )
  await expect(
    slack.client.chat.update({ channel: danasChannel, ts: '1.000001', text: 'x' }),
  ).rejects.toMatchObject(failure('message_not_found'))
})

test('a deleted message goes, but one with replies leaves its place', async () => {
  await using slack = await startSlackWithBot()
  const alone = await slack.client.chat.postMessage({ channel: teamChannel, text: 'alone' })
  const parent = await slack.client.chat.postMessage({ channel: teamChannel, text: 'parent' })
  await slack.client.chat.postMessage({ channel: teamChannel, text: 'reply', thread_ts: parent.ts! })

  await slack.client.chat.delete({ channel: teamChannel, ts: alone.ts! })
  await slack.client.chat.delete({ channel: teamChannel, ts: parent.ts! })

  expect(await slack.messages(teamChannel)).toMatchObject([
    { ts: parent.ts, subtype: 'tombstone', text: 'This message was deleted.' },
    { text: 'reply' },
  ])
})

test('an ephemeral message is in nobody else’s view and in no history', async () => {
  await using slack = await startSlackWithBot()

  await slack.client.chat.postEphemeral({ channel: teamChannel, user: dana.slackId, text: 'for Dana' })

  expect((await slack.client.conversations.history({ channel: teamChannel })).messages).toEqual([])
  expect(await slack.messages(teamChannel)).toMatchObject([{ text: 'for Dana', ephemeral_for: dana.slackId }])
  const seenBy = async (user: string) =>
    ((await (await fetch(`${slack.url}/client/boot?user=${user}`)).json()) as { messages: unknown[] })
      .messages
  expect(await seenBy(dana.slackId)).toHaveLength(1)
  expect(await seenBy(bo.slackId)).toHaveLength(0)
  await expect(
    slack.client.chat.postEphemeral({ channel: danasChannel, user: bo.slackId, text: 'x' }),
  ).rejects.toMatchObject(failure('user_not_in_channel'))
})

test('what Slack refuses is refused by its name', async () => {
  await using slack = await startSlackWithBot()
  const { client } = slack

  await expect(client.apiCall('chat.scheduleMessage')).rejects.toMatchObject(failure('unknown_method'))
  await expect(client.apiCall('chat.postMessage', { channel: 'C0NOWHERE', text: 'x' })).rejects.toMatchObject(
    failure('channel_not_found'),
  )
  await expect(client.apiCall('chat.postMessage', { channel: danasChannel })).rejects.toMatchObject(
    failure('no_text'),
  )
  await expect(
    client.chat.postMessage({ channel: danasChannel, text: 'x'.repeat(40_001) }),
  ).rejects.toMatchObject(failure('msg_too_long'))
  await expect(
    client.apiCall('chat.postMessage', {
      channel: danasChannel,
      text: 'x',
      metadata: { event_type: 'card' },
    }),
  ).rejects.toMatchObject(failure('invalid_metadata_format'))
  await expect(client.auth.test({ token: 'somebody-else' })).rejects.toMatchObject(failure('invalid_auth'))
  const anonymous = await fetch(`${slack.url}/api/auth.test`, { method: 'POST' })
  expect(await anonymous.json()).toEqual({ ok: false, error: 'not_authed' })
})

test('a JSON body works as well as a form', async () => {
  await using slack = await startSlackWithBot()

  const response = await fetch(`${slack.url}/api/chat.postMessage`, {
    method: 'POST',
    headers: { authorization: 'Bearer local-bot-token', 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify({ channel: danasChannel, text: 'Card', blocks: approveCard }),
  })

  expect(await response.json()).toMatchObject({ ok: true, channel: danasChannel })
})

test('history comes in pages, newest first, and within a range', async () => {
  await using slack = await startSlackWithBot({ rateFactor: 100 })
  const stamps: string[] = []
  for (let n = 1; n <= 5; n++) {
    const { ts } = await slack.client.chat.postMessage({ channel: teamChannel, text: `message ${n}` })
    stamps.push(ts!)
  }

  const first = await slack.client.conversations.history({ channel: teamChannel, limit: 2 })
  const second = await slack.client.conversations.history({
    channel: teamChannel,
    limit: 2,
    cursor: String(first.response_metadata?.next_cursor),
  })
  const later = await slack.client.conversations.history({
    channel: teamChannel,
    oldest: stamps[3]!,
    inclusive: true,
  })

  expect(first).toMatchObject({ has_more: true, messages: [{ text: 'message 5' }, { text: 'message 4' }] })
  expect(second.messages?.map(({ text }) => text)).toEqual(['message 3', 'message 2'])
  expect(later.messages?.map(({ text }) => text)).toEqual(['message 5', 'message 4'])
})

test('more messages than a channel takes are answered 429 with the seconds to wait', async () => {
  await using slack = await startSlackWithBot()
  const post = (channel: string) => slack.client.chat.postMessage({ channel, text: 'x' })

  const results = await Promise.allSettled(Array.from({ length: 8 }, () => post(dana.slackId)))

  const refused = results.filter((result) => result.status === 'rejected').map(({ reason }) => reason)
  expect(refused.length).toBeGreaterThan(0)
  expect(refused.every((error) => error instanceof WebAPIRateLimitedError && error.retryAfter === 1)).toBe(
    true,
  )
  expect(await slack.messages(danasChannel)).toHaveLength(8 - refused.length)
  // Another channel has a limit of its own.
  await expect(post(teamChannel)).resolves.toMatchObject({ ok: true })
})

test('an answer lost on the way leaves one message behind', async () => {
  await using slack = await startSlackWithBot()
  await slack.post('/faults', { service: 'slack', kind: 'lost_answer', count: 1, path: 'chat.postMessage' })

  await expect(slack.client.chat.postMessage({ channel: danasChannel, text: 'once' })).rejects.toMatchObject({
    code: 'slack_webapi_request_error',
  })

  expect(await slack.messages(danasChannel)).toMatchObject([{ text: 'once' }])
  await expect(slack.client.chat.postMessage({ channel: danasChannel, text: 'again' })).resolves.toBeTruthy()
})

test.each([
  ['reset', { code: 'slack_webapi_request_error' }],
  ['error', { code: 'slack_webapi_http_error', statusCode: 500 }],
  ['rate_limit', { code: 'slack_webapi_rate_limited_error', retryAfter: 1 }],
])('a %s fault happens before anything is stored', async (kind, expected) => {
  await using slack = await startSlackWithBot()
  await slack.post('/faults', { service: 'slack', kind })

  await expect(slack.client.chat.postMessage({ channel: danasChannel, text: 'x' })).rejects.toMatchObject(
    expected,
  )

  expect(await slack.messages(danasChannel)).toEqual([])
})
