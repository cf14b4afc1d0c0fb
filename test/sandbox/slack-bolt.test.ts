import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { App, ExpressReceiver, LogLevel } from '@slack/bolt'
import { expect, test } from 'vitest'
import { approveCard, dana, danasChannel, reasonModal, startSlackWithBot } from './slack-with-bot.ts'

test('an app built with Bolt works against the local Slack as it does against Slack', async () => {
  let botUrl = ''
  await using slack = await startSlackWithBot({
    bot: {
      url: () => botUrl,
      signingSecret: 'local-signing-secret',
      token: 'local-bot-token',
      name: 'Sergas',
    },
  })
  const receiver = new ExpressReceiver({ signingSecret: 'local-signing-secret' })
  const app = new App({
    token: 'local-bot-token',
    receiver,
    logLevel: LogLevel.ERROR,
    clientOptions: { slackApiUrl: `${slack.url}/api/`, retryConfig: { retries: 0 } },
  })
  app.command('/account', async ({ ack, respond }) => {
    await ack('Working on it…')
    await respond({ text: 'Acme: healthy', response_type: 'in_channel' })
  })
  app.action('approval.approve', async ({ ack, body, client }) => {
    await ack()
    await client.views.open({ trigger_id: (body as { trigger_id: string }).trigger_id, view: reasonModal })
  })
  app.view('reject', async ({ ack, view, client, body }) => {
    await ack()
    const text = `Rejected: ${view.state.values.reason?.reason?.value}`
    await client.chat.postMessage({ channel: body.user.id, text })
  })
  app.event('app_home_opened', async ({ event, client }) => {
    await client.views.publish({ user_id: event.user, view: { type: 'home', blocks: approveCard as never } })
  })
  const server = createServer(receiver.app)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  botUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  const user = dana.slackId
  const views = async () => await slack.views(user)
  try {
    await slack.post('/slack/command', { user, command: '/account', text: 'Acme' })
    await expect
      .poll(() => slack.messages(danasChannel))
      .toMatchObject([{ text: 'Working on it…', ephemeral_for: user }, { text: 'Acme: healthy' }])

    await slack.post('/slack/open-home', { user })
    await expect.poll(async () => (await views()).home).toMatchObject({ blocks: approveCard })
    expect((await slack.post('/slack/press', { user, action_id: 'approval.approve' })).status).toBe(200)
    await expect.poll(async () => (await views()).modal).toMatchObject({ callback_id: 'reject' })
    const { modal } = await views()
    await slack.post('/slack/submit', { user, view_id: modal!.id, values: { reason: 'Not now' } })
    await expect
      .poll(async () => (await slack.messages(danasChannel)).at(-1))
      .toMatchObject({ text: 'Rejected: Not now' })
  } finally {
    await new Promise((resolve) => server.close(resolve))
  }
})
