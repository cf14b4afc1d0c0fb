import express, { type Request, type Response, Router } from 'express'
import { z } from 'zod'
import type { Log } from '../../log.ts'
import { type Faults, SLOW_MS } from '../faults.ts'
import { requireValidBlocks } from './block-kit.ts'
import { checkedContent, postAsBot, removeMessage, updateAsBot } from './messages.ts'
import { flag, json, type Method, type MethodParts, parse } from './methods/call.ts'
import { chat } from './methods/chat.ts'
import { conversations } from './methods/conversations.ts'
import { people } from './methods/people.ts'
import { views } from './methods/views.ts'
import { isObject, type Json, SlackError } from './objects.ts'
import type { createRateLimits } from './rate-limits.ts'

const methods: Record<string, Method> = { ...chat, ...conversations, ...people, ...views }

/** The address under which this connection reached us: local Slack and bot may sit in different processes. */
export function originOf(request: Request): string {
  return `http://127.0.0.1:${request.socket.localPort}`
}

type ApiParts = MethodParts & {
  token: string
  faults: Faults
  rateLimits: ReturnType<typeof createRateLimits>
  log: Log
}

/** Slack's Web API and `response_url`s. Errors are `{ ok: false, error }` with status 200, as Slack's are. */
export function createWebApi(parts: ApiParts): Router {
  const router = Router()
  router.use(express.json({ limit: '2mb' }), express.urlencoded({ extended: false, limit: '2mb' }))

  router.post('/response/:id', (request, response) => {
    const id = String(request.params.id)
    underFault(parts, `/api/response/${id}`, response, () => answerTo(parts, id, bodyOf(request)))
  })

  router.all('/:method', (request, response) => {
    const method = String(request.params.method)
    underFault(parts, `/api/${method}`, response, () => callMethod(parts, method, request))
  })
  return router
}

type Reply = { status: number; headers?: Record<string, string>; body: Json }

/** Gives the answer, unless a fault says how it goes wrong. */
function underFault({ faults, log }: ApiParts, path: string, response: Response, reply: () => Reply) {
  const send = ({ status, headers, body }: Reply) =>
    response
      .status(status)
      .set(headers ?? {})
      .json(body)
  switch (faults.take('slack', path)) {
    case null:
      return send(reply())
    case 'reset':
      return response.socket?.destroy()
    case 'lost_answer':
      log.debug({ path, answer: reply().body }, 'local slack loses this answer')
      return response.socket?.destroy()
    case 'hang':
      return
    case 'slow':
      setTimeout(() => send(reply()), SLOW_MS)
      return
    case 'rate_limit':
      return send({ status: 429, headers: { 'retry-after': '1' }, body: { ok: false, error: 'ratelimited' } })
    case 'expired_token':
      return send({ status: 200, body: { ok: false, error: 'token_expired' } })
    case 'html':
      return response.status(502).type('html').send('<html><body>502 Bad Gateway</body></html>')
    case 'error':
      return send({ status: 500, body: { ok: false, error: 'internal_error' } })
  }
}

function callMethod(parts: ApiParts, name: string, request: Request): Reply {
  const { token: _token, ...args } = { ...request.query, ...bodyOf(request) } as Json
  const method = methods[name]
  const refusal = !method ? 'unknown_method' : authProblem(parts, request)
  if (!method || refusal) return { status: 200, body: { ok: false, error: refusal } }
  // A direct message is one channel, whether called by its own id or by the person's.
  const channel = typeof args.channel === 'string' ? args.channel : null
  const limited = channel && (parts.workspace.directMessageOf(channel)?.id ?? channel)
  const waitSeconds = parts.rateLimits.take(name, limited)
  if (waitSeconds !== null) {
    return {
      status: 429,
      headers: { 'retry-after': String(waitSeconds) },
      body: { ok: false, error: 'ratelimited' },
    }
  }
  return outcome(parts, name, () => method(args, parts, originOf(request)), 200)
}

function outcome({ log }: ApiParts, name: string, run: () => Json, refusedStatus: number): Reply {
  try {
    return { status: 200, body: { ok: true, ...run() } }
  } catch (error) {
    if (!(error instanceof SlackError)) throw error
    log.debug({ method: name, error: error.code, details: error.details }, 'local slack refused a call')
    return { status: refusedStatus, body: { ok: false, error: error.code, ...error.details } }
  }
}

function bodyOf(request: Request): Json {
  return isObject(request.body) ? request.body : {}
}

function authProblem({ token }: ApiParts, request: Request): string | null {
  const given =
    request.headers.authorization?.replace(/^Bearer /, '') ?? bodyOf(request).token ?? request.query.token
  if (!given) return 'not_authed'
  return given === token ? null : 'invalid_auth'
}

const ResponseBody = z.object({
  text: z.string().optional(),
  blocks: json.optional(),
  metadata: json.optional(),
  response_type: z.enum(['ephemeral', 'in_channel']).default('ephemeral'),
  replace_original: flag,
  delete_original: flag,
  thread_ts: z.string().optional(),
})

/** An answer sent to a `response_url`. The url is used up even by an answer that is refused. */
function answerTo(parts: ApiParts, id: string, body: Json): Reply {
  const target = parts.tickets.redeemResponse(id)
  if ('error' in target) return { status: 404, body: { ok: false, error: target.error } }
  const run = (): Json => {
    const { response_type, replace_original, delete_original, thread_ts, ...content } = parse(
      ResponseBody,
      body,
    )
    const original = target.ts ? parts.workspace.message(target.channel, target.ts) : undefined
    if (delete_original) {
      if (original) removeMessage(parts, original)
    } else if (replace_original && original) {
      if (content.blocks !== undefined) requireValidBlocks(content.blocks, 'message')
      updateAsBot(parts, original, content)
    } else {
      postAsBot(parts, {
        channel: target.channel,
        ...(thread_ts && { threadTs: thread_ts }),
        ...(response_type === 'ephemeral' && { ephemeralFor: target.user }),
        ...checkedContent(content),
      })
    }
    return {}
  }
  return outcome(parts, 'response_url', run, 400)
}
