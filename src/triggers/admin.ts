import express, { type Router } from 'express'
import { z } from 'zod'
import { sameSecret } from '../access/crypto.ts'
import { answer, Question, type TrailTools } from '../audit/questions.ts'
import { JOBS, type JobName } from '../jobs/catalog.ts'
import { discardLetter, type LetterTools, retryLetter } from '../jobs/dead-letters.ts'
import type { Enqueue } from '../jobs/queue.ts'
import type { Db } from '../store/db.ts'
import { deadLetter, deadLetters } from '../store/dead-letters.ts'
import { outboxIsEmpty } from '../store/outbox.ts'
import { staleHomes } from '../store/owners.ts'
import { allRecommendations } from '../store/recommendations.ts'
import { setting } from '../store/settings.ts'

export type AdminTools = {
  db: Db
  enqueue: Enqueue
  trail: TrailTools
  token: string
  letters: LetterTools
}

/** A file of checkpoints comes with it: years of one every five minutes. */
const LONGEST_QUESTION = '200mb'

/**
 * For the command line beside a running instance, which alone may open its database. The token is in the data
 * directory's lock file, readable by that user only.
 */
export function admin({ db, enqueue, trail, token, letters }: AdminTools): Router {
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
  router.post('/admin/audit', express.json({ limit: LONGEST_QUESTION }), async (request, response) => {
    response.json(await answer(trail, Question.parse(request.body)))
  })
  router.get('/admin/dead-letters', async (_request, response) => {
    response.json(await deadLetters(letters.db, 1_000))
  })
  router.get('/admin/dead-letters/:id', async (request, response) => {
    response.json(await deadLetter(letters.db, request.params.id))
  })
  router.post('/admin/dead-letters', express.json(), async (request, response) => {
    const { does, id } = z.object({ does: z.enum(['retry', 'discard']), id: z.string() }).parse(request.body)
    const settle = does === 'retry' ? retryLetter : discardLetter
    response.json({ outcome: (await settle(letters, id, 'system')).kind })
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
