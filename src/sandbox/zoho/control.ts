import express, { Router } from 'express'
import { z } from 'zod'
import { MODULE_NAMES } from '../data/crm-data.ts'
import type { ApiTools } from './api-call.ts'
import { ApiError } from './api-error.ts'
import { editAsPerson, personAt } from './person-edit.ts'
import { projectAll } from './projection.ts'
import { deleteRecords } from './record-writes.ts'

const Target = z.object({ module: z.enum(MODULE_NAMES), id: z.string() })
const Edit = Target.extend({
  fields: z.record(z.string(), z.unknown()),
  /** Who edits; the record's owner when absent. */
  by: z.string().optional(),
})

/** What tests and the demo may do to the local Zoho and ask of it; not part of Zoho. */
export function createControl(tools: ApiTools): Router {
  const { state, quota } = tools
  const router = Router()
  router.use(express.json({ limit: '1mb' }))

  router.get('/zoho/records', (req, res) => {
    const target = Target.safeParse(req.query)
    if (!target.success) {
      res.status(400).json({ error: z.prettifyError(target.error) })
      return
    }
    const { module, id } = target.data
    const record = state.get(module, id)
    if (record) res.json(projectAll(module, record, state))
    else res.status(404).json({ error: `no ${module} record ${id}` })
  })

  router.post('/zoho/edit', (req, res) => {
    const edit = Edit.safeParse(req.body)
    if (!edit.success) {
      res.status(400).json({ error: z.prettifyError(edit.error) })
      return
    }
    answer(res, () => editAsPerson(tools, { ...edit.data, permit: 'all' }))
  })

  router.post('/zoho/delete', (req, res) => {
    const target = Target.safeParse(req.body)
    if (!target.success) {
      res.status(400).json({ error: z.prettifyError(target.error) })
      return
    }
    const { module, id } = target.data
    answer(res, () => {
      const written = deleteRecords(module, [id], { actor: personAt(state, module, id), tools })
      state.commit()
      tools.notifier.publish(written.events)
      return { deleted: written.events.length === 1 }
    })
  })

  router.get('/zoho/writes', (_req, res) => {
    res.json(state.writes)
  })

  router.get('/zoho/calls', (_req, res) => {
    res.json(quota.calls())
  })

  return router
}

function answer(res: express.Response, work: () => unknown) {
  try {
    res.json(work())
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    res.status(400).json({ error: `${error.message}: ${error.code}`, details: error.details })
  }
}
