import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { bo, dana, danasChannel, startSlackWithBot, teamChannel } from './slack-with-bot.ts'

test('the page allows only its own scripts, and every file it names is served', async () => {
  await using slack = await startSlackWithBot()

  const response = await fetch(slack.url)
  const page = await response.text()

  const policy = response.headers.get('content-security-policy')
  const importMap = /<script type="importmap">(.*)<\/script>/.exec(page)![1]!
  expect(policy).toContain(`'sha256-${createHash('sha256').update(importMap).digest('base64')}'`)
  const named = [...page.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, path]) => path!)
  const libraries = Object.values((JSON.parse(importMap) as { imports: Record<string, string> }).imports)
  expect(named.length).toBeGreaterThan(2)
  for (const path of [...named, ...libraries]) expect((await fetch(slack.url + path)).status, path).toBe(200)
})

test('every module the page imports exists', async () => {
  await using slack = await startSlackWithBot()
  const seen = new Set<string>()
  const visit = async (name: string) => {
    if (seen.has(name)) return
    seen.add(name)
    const response = await fetch(`${slack.url}/client/web/${name}`)
    expect(response.status, name).toBe(200)
    const imports = [...(await response.text()).matchAll(/from '\.\/([^']+)'/g)].map(([, path]) => path!)
    for (const path of imports) await visit(path)
  }

  await visit('app.js')

  expect(seen.size).toBeGreaterThan(10)
})

/** What a person's open page hears, until it has heard of `texts`. */
async function heard(
  url: string,
  user: string,
  act: () => Promise<unknown>,
  texts: number,
): Promise<string[]> {
  const controller = new AbortController()
  const response = await fetch(`${url}/client/stream?user=${user}`, { signal: controller.signal })
  await act()
  const found: string[] = []
  let rest = ''
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    const parts = (rest + chunk).split('\n\n')
    rest = parts.pop()!
    for (const part of parts) {
      const change = JSON.parse(part.replace(/^data: /, ''))
      if (change.kind === 'message') found.push(change.message.text)
    }
    if (found.length >= texts) break
  }
  controller.abort()
  return found
}

test('a page hears at once what its person may see, and nothing else', async () => {
  await using slack = await startSlackWithBot()

  const texts = await heard(
    slack.url,
    bo.slackId,
    async () => {
      await slack.client.chat.postMessage({ channel: danasChannel, text: 'for Dana' })
      await slack.client.chat.postEphemeral({ channel: teamChannel, user: dana.slackId, text: 'only Dana' })
      await slack.client.chat.postMessage({ channel: teamChannel, text: 'for all' })
      await slack.client.chat.postEphemeral({ channel: teamChannel, user: bo.slackId, text: 'only Bo' })
    },
    2,
  )

  expect(texts).toEqual(['for all', 'only Bo'])
})

test('what a person has read stays read', async () => {
  await using slack = await startSlackWithBot()
  const { ts } = await slack.client.chat.postMessage({ channel: danasChannel, text: 'digest' })
  const boot = async () => (await fetch(`${slack.url}/client/boot?user=${dana.slackId}`)).json()

  await fetch(`${slack.url}/client/read`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ user: dana.slackId, channel: danasChannel, ts }),
  })

  expect(await boot()).toMatchObject({ me: dana.slackId, reads: { [danasChannel]: ts } })
  expect((await fetch(`${slack.url}/client/boot?user=U0NOBODY`)).status).toBe(404)
})

test('the same action in two blocks keeps two choices', async () => {
  await using slack = await startSlackWithBot()
  const select = (blockId: string) => ({
    type: 'section',
    block_id: blockId,
    text: { type: 'plain_text', text: blockId },
    accessory: {
      type: 'static_select',
      action_id: 'setting',
      options: ['a', 'b'].map((value) => ({ text: { type: 'plain_text', text: value }, value })),
    },
  })
  const view = { type: 'home' as const, blocks: [select('one'), select('two')] as never }
  await slack.client.views.publish({ user_id: dana.slackId, view })

  await slack.post('/slack/press', {
    user: dana.slackId,
    action_id: 'setting',
    block_id: 'two',
    value: 'b',
    state: { 'one/setting': 'a' },
  })

  expect(slack.received[0]?.payload.view.state.values).toMatchObject({
    one: { setting: { selected_option: { value: 'a' } } },
    two: { setting: { selected_option: { value: 'b' } } },
  })
})
