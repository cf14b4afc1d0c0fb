import express, { type ErrorRequestHandler, type Router } from 'express'
import { sameSecret } from '../access/crypto.ts'
import type { Verdict } from '../crm/zoho/webhook.ts'
import { type Hint, ZOHO } from '../jobs/process-inbox.ts'
import type { Enqueue } from '../jobs/queue.ts'
import type { Log } from '../log.ts'
import type { Db } from '../store/db.ts'
import { keepInInbox } from '../store/inbox.ts'

const BODY_LIMIT = '64kb'

export type WebhookTools = {
  db: Db
  log: Log
  enqueue: Enqueue
  secret: string
  mergeWindowMs: number
  /** Whether a body is a notification of a channel of ours. */
  verify: (body: unknown) => Promise<Verdict>
}

/**
 * Where Zoho tells us of changes. It signs nothing, so the path is secret, the channel's token is compared, and what it
 * says is only a hint: kept, answered once that is committed, and looked up in the CRM afterwards.
 */
export function zohoWebhooks({ db, log, enqueue, secret, mergeWindowMs, verify }: WebhookTools): Router {
  const router = express.Router()
  router.use('/webhooks/zoho/:secret', (request, response, next) => {
    if (sameSecret(String(request.params.secret), secret)) return next()
    response.sendStatus(404)
  })
  router.post(
    '/webhooks/zoho/:secret',
    express.json({ limit: BODY_LIMIT, type: () => true }),
    async (request, response) => {
      const verdict = await verify(request.body)
      if (verdict.kind === 'refused') {
        log.warn({ reason: verdict.reason, status: verdict.status }, 'webhook refused')
        response.sendStatus(verdict.status)
        return
      }
      const { module, ids, operation, dedupeKey: eventKey } = verdict.notification
      const body = { module, ids, operation } satisfies Hint
      const isNew = await keepInInbox(db, { source: ZOHO, eventKey, body })
      response.sendStatus(200)
      if (isNew) await enqueue('process-inbox', {}, { delayMs: mergeWindowMs })
    },
  )
  router.use('/webhooks', refuseUnreadable(log))
  return router
}

/** Too large, or not JSON: the parser says which. Anything else is a failure of ours, and Zoho hears 500. */
function refuseUnreadable(log: Log): ErrorRequestHandler {
  return (error: Error & { status?: number }, _request, response, next) => {
    if (!error.status || error.status >= 500) return next(error)
    log.warn({ reason: error.message, status: error.status }, 'webhook refused')
    response.sendStatus(error.status)
  }
}
