import express, { type Request, type Response, Router } from 'express'
import type { ApiTools } from '../api-call.ts'
import { ApiError } from '../api-error.ts'
import { editAsPerson } from '../person-edit.ts'
import { fieldOf, isModuleName } from '../schema.ts'
import { accountList } from './account-list.ts'
import { changedFields, editForm, type Refused } from './edit-form.ts'
import { type Html, html } from './html.ts'
import { layout } from './layout.ts'
import { recordView } from './record-view.ts'
import { writeLog } from './write-log.ts'

/** The local Zoho in a browser: accounts, records with an edit form, and the log of API writes. */
export function createPage(tools: ApiTools): Router {
  const { state } = tools
  const router = Router()

  router.get('/', (req, res) => res.redirect(`${req.baseUrl}/accounts`))

  router.get('/accounts', (req, res) => {
    const { live } = accountList(state, {
      base: req.baseUrl,
      search: String(req.query.q ?? ''),
      owner: String(req.query.owner ?? ''),
    })
    // Replacing the list would take the cursor out of the search box, so it is not live.
    show(req, res, { title: 'Accounts', tab: 'accounts', live: html``, still: live })
  })

  router.get('/writes', (req, res) => {
    const record = String(req.query.record ?? '')
    show(req, res, {
      title: 'Write log',
      tab: 'writes',
      live: writeLog(state, { base: req.baseUrl, record }),
    })
  })

  router.get('/records/:module/:id', (req, res) => {
    const { module, id } = req.params
    showRecord(req, res, { module, id })
  })

  router.post('/records/:module/:id', express.urlencoded({ extended: false, limit: '200kb' }), (req, res) => {
    const { module = '', id = '' } = req.params as Record<string, string>
    const sent: Record<string, string> = req.body ?? {}
    if (!isModuleName(module) || !state.get(module, id)) return missing(req, res)
    const fields = changedFields(module, sent)
    try {
      if (Object.keys(fields).length > 0) {
        editAsPerson(tools, { module, id, fields, ...(sent.by ? { by: sent.by } : {}) })
      }
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      const api = String(error.details.api_name ?? '')
      const label = fieldOf(module, api)?.label ?? api
      res.status(400)
      showRecord(req, res, { module, id, refused: { sent, reason: `${label}: ${error.message}` } })
      return
    }
    res.redirect(303, `${req.baseUrl}/records/${module}/${id}`)
  })

  // The address of a record on Zoho's own pages, when links are built upon this page's address.
  router.get('/crm/tab/:module/:id', (req, res) => {
    const { module, id } = req.params
    res.redirect(`${req.baseUrl}/records/${encodeURIComponent(module)}/${encodeURIComponent(id)}`)
  })

  function showRecord(
    req: Request,
    res: Response,
    { module, id, refused }: { module: string; id: string; refused?: Refused },
  ) {
    const record = isModuleName(module) ? state.get(module, id) : undefined
    if (!isModuleName(module) || !record) return missing(req, res)
    const base = req.baseUrl
    show(req, res, {
      title: state.nameOf(module, id) ?? id,
      tab: 'accounts',
      live: recordView(state, { base, module, record }),
      still: editForm(state, { base, module, record, ...(refused ? { refused } : {}) }),
    })
  }

  return router
}

function missing(req: Request, res: Response) {
  res.status(404)
  const live = html`<h1>No such record</h1><p class="quiet">It may have been deleted. <a href="${req.baseUrl}/accounts">All accounts</a></p>`
  show(req, res, { title: 'No such record', tab: 'accounts', live })
}

/** The whole page, or with `?live=1` the part of it that is kept up to date. */
function show(
  req: Request,
  res: Response,
  page: { title: string; tab: 'accounts' | 'writes'; live: Html; still?: Html },
) {
  res.type('html')
  res.send(req.query.live === '1' ? page.live.html : layout({ base: req.baseUrl, ...page }))
}
