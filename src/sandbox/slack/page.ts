import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import express, { type Response, Router } from 'express'
import { createActionRoutes, explainRefusal } from './control.ts'
import type { Message } from './objects.ts'
import { requireChannel, requirePerson, type SlackParts } from './parts.ts'
import type { Change } from './workspace.ts'

/** Nearest folder upwards with a package.json: the page's sources are never compiled, so `dist` has none. */
function packageRoot(): string {
  let folder = import.meta.dirname
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder)
    if (parent === folder) throw new Error('The local Slack page needs the package it is part of')
    folder = parent
  }
  return folder
}

/** The libraries the page imports, by the names it imports them under. */
function libraries(): Record<string, string> {
  const { resolve } = createRequire(import.meta.url)
  return {
    preact: resolve('preact'),
    'preact/hooks': resolve('preact/hooks'),
    htm: join(dirname(resolve('htm')), 'htm.module.js'),
  }
}

/** The Slack page: its files, what it shows at first, a stream of what changes, and what a person can do. */
export function createPage(parts: SlackParts): { router: Router; close: () => void } {
  const { workspace } = parts
  const web = join(packageRoot(), 'src/sandbox/slack/web')
  const files = libraries()
  const imports = Object.fromEntries(Object.keys(files).map((name) => [name, `/client/lib/${name}.js`]))
  const importMap = JSON.stringify({ imports })
  const importMapHash = createHash('sha256').update(importMap).digest('base64')
  const streams = new Set<Response>()

  const router = Router()
  router.get('/', (_, response) => {
    response
      .set({
        'content-security-policy': [
          "default-src 'none'",
          `script-src 'self' 'sha256-${importMapHash}'`,
          "style-src 'self'",
          "img-src 'self' data: https:",
          "connect-src 'self'",
          "base-uri 'none'",
          "form-action 'none'",
          "frame-ancestors 'none'",
        ].join('; '),
        'cache-control': 'no-store',
      })
      .type('html')
      .send(
        readFileSync(join(web, 'index.html'), 'utf8').replace(
          '<!-- import map -->',
          `<script type="importmap">${importMap}</script>`,
        ),
      )
  })
  for (const [name, file] of Object.entries(files)) {
    router.get(`/client/lib/${name}.js`, (_, response) => {
      response.type('text/javascript').send(readFileSync(file, 'utf8'))
    })
  }
  router.use('/client/web', express.static(web, { index: false, cacheControl: false }))

  router.get('/client/boot', (request, response) => {
    const user = String(request.query.user ?? workspace.people.keys().next().value)
    requirePerson(parts, user)
    response.json(bootOf(parts, user))
  })
  router.get('/client/stream', (request, response) => {
    const user = String(request.query.user)
    requirePerson(parts, user)
    response.set({ 'content-type': 'text/event-stream', 'cache-control': 'no-store' }).flushHeaders()
    const unsubscribe = workspace.subscribe((change) => {
      if (concerns(parts, user, change)) response.write(`data: ${JSON.stringify(change)}\n\n`)
    })
    streams.add(response)
    response.on('close', () => {
      unsubscribe()
      streams.delete(response)
    })
  })
  router.post('/client/read', express.json(), (request, response) => {
    const { user, channel, ts } = request.body as Record<string, unknown>
    const { id } = requireChannel(parts, String(user), String(channel))
    workspace.markRead(String(user), id, String(ts))
    response.json({ ok: true })
  })
  router.use('/client', createActionRoutes(parts))
  router.use('/client', explainRefusal)

  return {
    router,
    close() {
      for (const stream of streams) stream.end()
    },
  }
}

function bootOf({ workspace, commands }: SlackParts, user: string) {
  const channels = [...workspace.channels.values()].filter((channel) => channel.members.includes(user))
  return {
    me: user,
    team: workspace.team,
    bot: workspace.bot,
    people: [...workspace.people.values()].map(({ slackId, name, email, role, zone }) => ({
      id: slackId,
      name,
      email,
      role,
      zone,
    })),
    commands,
    channels,
    messages: channels.flatMap((channel) =>
      workspace.messagesIn(channel.id).filter((each) => visible(each, user)),
    ),
    home: workspace.home(user) ?? null,
    modals: workspace.modalsOf(user),
    reads: workspace.readMarksOf(user),
  }
}

function visible(message: Message, user: string): boolean {
  return message.ephemeral_for === undefined || message.ephemeral_for === user
}

function concerns({ workspace }: SlackParts, user: string, change: Change): boolean {
  switch (change.kind) {
    case 'message':
      return visible(change.message, user) && isMember(change.message.channel)
    case 'removed':
      return isMember(change.channel)
    default:
      return change.user === user
  }
  function isMember(channel: string): boolean {
    return workspace.channels.get(channel)?.members.includes(user) ?? false
  }
}
