import express, { type Router } from 'express'
import { z } from 'zod'
import { sameSecret } from '../access/crypto.ts'
import { verifyAudit } from '../audit/audit.ts'
import { JOBS, type JobName } from '../jobs/catalog.ts'
import type { Enqueue } from '../jobs/queue.ts'
import type { Db } from '../store/db.ts'
import { outboxIsEmpty } from '../store/outbox.ts'
import { staleHomes } from '../store/owners.ts'
import { allRecommendations } from '../store/recommendations.ts'
import { setting } from '../store/settings.ts'

export type AdminTools = { db: Db; enqueue: Enqueue; encryptionKey: Uint8Array; token: string }

/**
 * For the command line beside a running instance, which alone may open its database. The token is in the data
 * directory's lock file, readable by that user only.
 */
export function admin({ db, enqueue, encryptionKey, token }: AdminTools): Router {
  const router = express.Router()
  router.use('/admin', (request, response, next) => {
    if (sameSecret(request.get('authorization') ?? '', `Bearer ${token}`)) return next()
    response.sendStatus(404)
  })
  router.get('/admin/ready', async (_request, response) => {
    const onboarded = (await setting(db, 'onboarded_at')) !== null
    const quiet = (await outboxIsEmpty(db)) && (await staleHomes(db)).length === 0
    response.json({ ready: onboarded && quiet, onboarded, quiet })
  })
  router.get('/admin/recommendations', async (_request, response) => {
    const rows = await allRecommendations(db)
    response.json(
      rows.map(({ id, accountId, kind, state, evidence }) => ({
        id,
        account_id: accountId,
        kind,
        state,
        evidence: [...new Set(evidence.map(({ recordId }) => recordId))],
      })),
    )
  })
  router.get('/admin/audit', async (_request, response) => {
    response.json(await verifyAudit(db, encryptionKey))
  })
  router.post('/admin/jobs', express.json(), async (request, response) => {
    const asked = z.object({ name: z.string(), payload: z.unknown() }).parse(request.body)
    if (!Object.hasOwn(JOBS, asked.name)) {
      response.sendStatus(404)
      return
    }
    const name = asked.name as JobName
    await enqueue(name, JOBS[name].payload.parse(asked.payload) as never)
    response.sendStatus(202)
  })
  return router
}
