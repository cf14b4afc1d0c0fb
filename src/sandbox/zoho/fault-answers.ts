import type { Response } from 'express'
import type { Fault } from '../faults.ts'
import type { Answer } from './api-call.ts'
import { ApiError } from './api-error.ts'

export type FaultKind = Fault['kind']

const PROXY_PAGE =
  '<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>'

export const TOO_MANY: Answer = {
  status: 429,
  body: new ApiError(429, 'TOO_MANY_REQUESTS', 'You have exceeded the limit of API calls').body,
}

/** What a caller struck by a fault is told, when it is told anything. */
export function faultAnswer(fault: FaultKind): Answer {
  switch (fault) {
    case 'rate_limit':
      return TOO_MANY
    case 'expired_token':
      return { status: 401, body: new ApiError(401, 'INVALID_TOKEN', 'invalid oauth token').body }
    case 'html':
      return { status: 502, body: PROXY_PAGE }
    default:
      return { status: 500, body: new ApiError(500, 'INTERNAL_ERROR', 'Internal Server Error').body }
  }
}

/** Ends a call the way its fault does. */
export function strike(res: Response, fault: FaultKind) {
  // Left open until the caller has had enough.
  if (fault === 'hang') return
  if (fault === 'reset' || fault === 'lost_answer') {
    res.socket?.destroy()
    return
  }
  const { status, body } = faultAnswer(fault)
  if (typeof body === 'string') res.status(status).type('html').send(body)
  else res.status(status).json(body)
}
