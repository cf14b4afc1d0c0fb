import express, { Router } from 'express'
import { z } from 'zod'
import { Fault, type Faults } from './faults.ts'

/** `/faults` of the control API: POST adds one, GET lists those in force, DELETE clears them all. */
export function createFaultControl(faults: Faults): Router {
  const router = Router()
  router.use('/faults', express.json())
  router.get('/faults', (_, response) => {
    response.json(faults.list())
  })
  router.post('/faults', (request, response) => {
    const fault = Fault.safeParse(request.body)
    if (!fault.success) {
      response.status(400).json({ ok: false, error: z.prettifyError(fault.error) })
      return
    }
    faults.add(fault.data)
    response.json({ ok: true, faults: faults.list() })
  })
  router.delete('/faults', (_, response) => {
    faults.clear()
    response.json({ ok: true, faults: [] })
  })
  return router
}
