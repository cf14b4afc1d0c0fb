import express, { type Router } from 'express'

/**
 * Whether to send us traffic. Only our own database counts: without Slack, Redis or Zoho we still take and keep what
 * comes in, so their outages must not take us out of service.
 */
export function health(ping: () => Promise<void>): Router {
  const router = express.Router()
  router.get('/livez', (_request, response) => {
    response.send('ok')
  })
  router.get('/readyz', async (_request, response) => {
    try {
      await ping()
      response.send('ok')
    } catch {
      response.status(503).send('database not reachable')
    }
  })
  return router
}
