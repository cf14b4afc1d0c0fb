import express, { type NextFunction, type Request, type Response, Router } from 'express'
import { z } from 'zod'
import { type Answer, wentWell } from './delivery.ts'
import { closeModal, submitModal } from './modals.ts'
import { MissingError, requireChannel, type SlackParts } from './parts.ts'
import { threadFigures } from './payloads.ts'
import { press } from './presses.ts'
import { chooseShortcut } from './shortcuts.ts'
import { openAppHome, say, typeCommand } from './typing.ts'
import { originOf } from './web-api.ts'

const Choice = z.union([z.string(), z.number(), z.array(z.string()), z.null()])
const Choices = z.record(z.string(), Choice)

const Command = z.object({
  user: z.string(),
  channel: z.string().optional(),
  command: z.string(),
  text: z.string().default(''),
})
const Typed = z.object({
  user: z.string(),
  channel: z.string().optional(),
  text: z.string().min(1).max(40_000),
  thread_ts: z.string().optional(),
})
const Press = z.object({
  user: z.string(),
  channel: z.string().optional(),
  ts: z.string().optional(),
  view_id: z.string().optional(),
  action_id: z.string(),
  block_id: z.string().optional(),
  value: Choice.optional(),
  state: Choices.optional(),
})
const Shortcut = z.object({
  user: z.string(),
  channel: z.string().optional(),
  ts: z.string(),
  callback_id: z.string(),
})
const Submit = z.object({ user: z.string(), view_id: z.string(), values: Choices.default({}) })
const Close = z.object({ user: z.string(), view_id: z.string() })
const OpenHome = z.object({ user: z.string(), tab: z.enum(['home', 'messages']).default('home') })

/** What the bot answered; 200 when it took it, 502 when it failed, 504 when it never answered. */
function relay(response: Response, answer: Answer, more: Record<string, unknown> = {}) {
  const { status, body, error } = answer
  const ok = wentWell(answer)
  response
    .status(ok ? 200 : error === 'operation_timeout' ? 504 : 502)
    .json({ ok, status, body, error, ...more })
}

/**
 * What a person can do, as JSON over HTTP: the page and the control API are both made of these. Only JSON
 * bodies are read, which no foreign web page can send without being asked first.
 */
export function createActionRoutes(parts: SlackParts): Router {
  const router = Router()
  router.use(express.json({ limit: '1mb' }))

  router.post('/command', async (request, response) => {
    relay(response, await typeCommand(parts, originOf(request), Command.parse(request.body)))
  })
  router.post('/message', async (request, response) => {
    const { thread_ts, ...typed } = Typed.parse(request.body)
    const { message, answer } = await say(parts, { ...typed, threadTs: thread_ts })
    const { channel, ts } = message
    if (answer) relay(response, answer, { channel, ts })
    else response.json({ ok: true, status: null, body: null, error: null, channel, ts })
  })
  router.post('/press', async (request, response) => {
    relay(response, await press(parts, originOf(request), Press.parse(request.body)))
  })
  router.post('/shortcut', async (request, response) => {
    relay(response, await chooseShortcut(parts, originOf(request), Shortcut.parse(request.body)))
  })
  router.post('/submit', async (request, response) => {
    const { answer, errors } = await submitModal(parts, Submit.parse(request.body))
    if (answer) relay(response, answer, { errors })
    else response.status(422).json({ ok: false, status: null, body: null, error: 'invalid_input', errors })
  })
  router.post('/close', async (request, response) => {
    const answer = await closeModal(parts, Close.parse(request.body))
    if (answer) relay(response, answer)
    else response.json({ ok: true, status: null, body: null, error: null })
  })
  router.post('/open-home', async (request, response) => {
    const { user, tab } = OpenHome.parse(request.body)
    relay(response, await openAppHome(parts, user, tab))
  })
  return router
}

/** The local Slack's share of the sandbox's control API, under `/slack`. */
export function createControl(parts: SlackParts): Router {
  const { workspace } = parts
  const slack = createActionRoutes(parts)

  slack.get('/users', (_, response) => {
    const people = [...workspace.people.values()].map(({ slackId, name, email, role }) => ({
      id: slackId,
      name,
      email,
      is_bot: false,
      role,
    }))
    const bot = { id: workspace.bot.id, name: workspace.bot.name, email: null, is_bot: true, role: 'none' }
    response.json([...people, bot])
  })
  slack.get('/channels', (_, response) => {
    response.json([...workspace.channels.values()])
  })
  slack.get('/messages', (request, response) => {
    const channel = workspace.channels.get(String(request.query.channel))
    if (!channel) throw new MissingError(`There is no channel ${request.query.channel}`)
    response.json(
      workspace
        .messagesIn(channel.id)
        .map((message) => ({ ...message, ...threadFigures(workspace, message) })),
    )
  })
  slack.get('/views', (request, response) => {
    const user = String(request.query.user)
    requireChannel(parts, user, undefined)
    const modals = workspace.modalsOf(user)
    response.json({ modal: modals.at(-1) ?? null, modals, home: workspace.home(user) ?? null })
  })

  const router = Router()
  router.use('/slack', slack, explainRefusal)
  return router
}

/** 400 for a body that is wrong, 404 for something that is not there, each with a sentence. */
export function explainRefusal(error: unknown, _request: Request, response: Response, next: NextFunction) {
  if (error instanceof MissingError) return response.status(404).json({ ok: false, error: error.message })
  if (error instanceof z.ZodError)
    return response.status(400).json({ ok: false, error: z.prettifyError(error) })
  return next(error)
}
