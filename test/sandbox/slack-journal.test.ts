import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  approveCard,
  dana,
  danasChannel,
  reasonModal,
  startSlackWithBot,
  teamChannel,
} from './slack-with-bot.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'local-slack-'))
})
afterEach(() => rmSync(dir, { recursive: true }))

test('after a restart everything is where it was', async () => {
  const metadata = { event_type: 'sergas_card', event_payload: { state: 'done' } }
  {
    await using slack = await startSlackWithBot({ dir })
    const card = await slack.client.chat.postMessage({ channel: danasChannel, text: 'Card', metadata })
    await slack.client.chat.postMessage({ channel: danasChannel, text: 'Reply', thread_ts: card.ts! })
    await slack.client.chat.update({ channel: danasChannel, ts: card.ts!, text: 'Card, decided' })
    const gone = await slack.client.chat.postMessage({ channel: teamChannel, text: 'gone' })
    await slack.client.chat.delete({ channel: teamChannel, ts: gone.ts! })
    await slack.client.views.publish({
      user_id: dana.slackId,
      view: { type: 'home', blocks: approveCard as never },
    })
    await slack.post('/slack/command', { user: dana.slackId, command: '/account', text: 'Acme' })
    await slack.client.views.open({ trigger_id: slack.received[0]!.payload.trigger_id, view: reasonModal })
  }

  await using slack = await startSlackWithBot({ dir })

  expect(await slack.messages(danasChannel)).toMatchObject([
    { text: 'Card, decided', metadata, reply_count: 1 },
    { text: 'Reply' },
  ])
  expect(await slack.messages(teamChannel)).toEqual([])
  expect(await slack.views(dana.slackId)).toMatchObject({
    home: { type: 'home', blocks: approveCard },
    modal: { callback_id: 'reject' },
  })
})

test('every message is on disk before its sender is answered', async () => {
  await using slack = await startSlackWithBot({ dir })

  const { ts } = await slack.client.chat.postMessage({ channel: danasChannel, text: 'kept' })

  expect(readFileSync(join(dir, 'slack.jsonl'), 'utf8')).toContain(ts)
})

test('a line torn by a kill was never answered and is dropped; a damaged file is refused', async () => {
  {
    await using slack = await startSlackWithBot({ dir })
    await slack.client.chat.postMessage({ channel: danasChannel, text: 'kept' })
  }
  const file = join(dir, 'slack.jsonl')
  appendFileSync(file, '{"kind":"message","message":{"chan')
  {
    await using slack = await startSlackWithBot({ dir })
    expect(await slack.messages(danasChannel)).toMatchObject([{ text: 'kept' }])
    // What comes next does not grow onto the torn line.
    await slack.client.chat.postMessage({ channel: danasChannel, text: 'next' })
  }
  await using again = await startSlackWithBot({ dir })
  expect(await again.messages(danasChannel)).toMatchObject([{ text: 'kept' }, { text: 'next' }])

  writeFileSync(file, `damaged\n${readFileSync(file, 'utf8')}`)
  await expect(startSlackWithBot({ dir })).rejects.toThrow('line 1, is not JSON')
})
