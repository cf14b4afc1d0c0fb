import { setTimeout as sleep } from 'node:timers/promises'
import type { Request, Response } from 'express'
import { SLOW_MS } from '../faults.ts'
import type { Answer, ApiTools, Call } from './api-call.ts'
import { ApiError } from './api-error.ts'
import { type FaultKind, faultAnswer, strike, TOO_MANY } from './fault-answers.ts'
import type { WriteEntry } from './journal.ts'
import { connectionOf } from './oauth.ts'
import { rawBody } from './raw-body.ts'
import { isObject } from './record-values.ts'

/** What a call needs a connection to be allowed; only writes are logged. */
export type Scope = 'read' | 'write' | 'notifications'
export type Handler = (call: Call, params: Record<string, string>) => Answer
export type Serve = ReturnType<typeof createServe>

const INVALID_BODY = Symbol('a body that is not JSON')

/** Makes request handlers: authorisation, limits, faults, the write log and the answer around what a call does. */
export function createServe({ state, notifier, quota, faults, now }: ApiTools) {
  /** One call from limits to answer. What it changed is on file before anything is said. */
  function serve(scope: Scope, endpoint: string, handler: Handler) {
    return async (req: Request, res: Response) => {
      quota.count(endpoint)
      const slot = quota.begin()
      res.on('close', () => slot?.end())
      const body = await readBody(req, res)
      const allowed = slot !== null && (!isHeavy(endpoint, body) || slot.weigh())
      const taken = allowed ? faults.take('zoho', req.originalUrl, req.method) : null
      if (taken === 'slow') await sleep(SLOW_MS)
      const fault = taken === 'slow' ? null : taken
      const struck = fault !== null && fault !== 'lost_answer' ? faultAnswer(fault) : null
      const refusal = allowed ? struck : TOO_MANY
      const answer = refusal ?? attempt(() => handle(scope, handler, { req, body }))

      if (!refusal) quota.spend(answer.credits ?? 1)
      if (scope === 'write') state.apply({ kind: 'write', write: logged(req, { body, answer, fault }) })
      state.commit()
      if (answer.events) notifier.publish(answer.events)
      if (fault === null) send(res, answer)
      else strike(res, fault)
    }
  }

  function logged(
    req: Request,
    { body, answer, fault }: { body: unknown; answer: Answer; fault: FaultKind | null },
  ): WriteEntry {
    const silent = fault === 'hang' || fault === 'reset'
    return {
      at: now().toISOString(),
      method: req.method,
      path: req.originalUrl,
      headers: req.headers,
      body: body === INVALID_BODY ? String(req.body) : (body ?? null),
      status: silent ? null : answer.status,
      answer: silent ? null : (answer.body ?? null),
      fault,
    }
  }

  function handle(scope: Scope, handler: Handler, { req, body }: { req: Request; body: unknown }): Answer {
    const connection = connectionOf(req.headers.authorization, { state, now: now() })
    if (connection === null) {
      throw req.headers.authorization === undefined
        ? new ApiError(401, 'AUTHENTICATION_FAILURE', 'Authentication failed')
        : new ApiError(401, 'INVALID_TOKEN', 'invalid oauth token')
    }
    const refused = scope === 'write' ? 'read' : scope === 'notifications' ? 'write' : null
    if (connection === refused)
      throw new ApiError(401, 'OAUTH_SCOPE_MISMATCH', 'invalid oauth scope to access this URL')
    if (body === INVALID_BODY) throw new ApiError(400, 'INVALID_DATA', 'body is not valid JSON')
    const call: Call = {
      query: req.query,
      body,
      modifiedSince: readInstant(req, 'if-modified-since'),
      unmodifiedSince: readInstant(req, 'if-unmodified-since'),
    }
    return handler(call, req.params as Record<string, string>)
  }

  function send(res: Response, { status, body }: Answer) {
    const remaining = quota.remaining()
    if (remaining !== null) res.setHeader('X-API-CREDITS-REMAINING', String(remaining))
    if (body === undefined) res.status(status).end()
    else res.status(status).json(body)
  }

  return serve
}

/** Calls of which Zoho lets only a few run at a time. */
function isHeavy(endpoint: string, body: unknown): boolean {
  return endpoint === 'POST /coql' || (isObject(body) && Array.isArray(body.data) && body.data.length > 10)
}

function attempt(work: () => Answer): Answer {
  try {
    return work()
  } catch (error) {
    if (error instanceof ApiError) return { status: error.httpStatus, body: error.body }
    throw error
  }
}

/** Parsed JSON: Zoho's own SDK sends it without a content type. */
async function readBody(req: Request, res: Response): Promise<unknown> {
  const raw = await rawBody(req, res)
  if (raw === null) return undefined
  try {
    return JSON.parse(raw.toString('utf8'))
  } catch {
    return INVALID_BODY
  }
}

function readInstant(req: Request, header: string): Date | null {
  const raw = req.headers[header]
  if (raw === undefined) return null
  const instant = new Date(String(raw))
  if (Number.isNaN(instant.getTime()) || !/T.*(Z|[+-]\d\d:\d\d)$/.test(String(raw))) {
    throw new ApiError(400, 'INVALID_DATA', 'an ISO 8601 instant with offset is expected', { header })
  }
  return instant
}
