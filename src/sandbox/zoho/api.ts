import { Router } from 'express'
import type { ModuleName } from '../data/crm-data.ts'
import type { Answer, ApiTools, Call } from './api-call.ts'
import { ApiError } from './api-error.ts'
import * as reads from './api-reads.ts'
import { createServe, type Handler } from './api-serve.ts'
import * as settings from './api-settings.ts'
import { timeline } from './api-timeline.ts'
import { INTEGRATION_USER } from './oauth.ts'
import type { Actor } from './record-changes.ts'
import { isObject } from './record-values.ts'
import { createRecords, deleteRecords, updateRecords, upsertRecords } from './record-writes.ts'
import { isModuleName } from './schema.ts'
import { createTokenEndpoint, TOKEN_PATH } from './token-endpoint.ts'
import type { Written } from './write-envelope.ts'

const BASE = '/crm/v8'

/** `/oauth/v2/token` and `/crm/v8/*`, as Zoho answers them. */
export function createApi(tools: ApiTools): Router {
  const { channels } = tools
  const serve = createServe(tools)
  const router = Router()
  router.post(TOKEN_PATH, createTokenEndpoint(tools))
  const crm = Router()
  router.use(BASE, crm)

  crm.get(
    '/users',
    serve('read', 'GET /users', (call) => settings.listUsers(call, tools)),
  )
  crm.get(
    '/users/:id',
    serve('read', 'GET /users/{id}', (_, { id }) => settings.getUser(id ?? '', tools)),
  )
  crm.get('/settings/fields', serve('read', 'GET /settings/fields', settings.listFields))
  crm.get('/settings/modules', serve('read', 'GET /settings/modules', settings.listModules))
  crm.get(
    '/settings/modules/:module',
    serve('read', 'GET /settings/modules/{module}', (_, { module }) => settings.getModule(module ?? '')),
  )
  crm.get('/settings/related_lists', serve('read', 'GET /settings/related_lists', settings.listRelatedLists))
  crm.post(
    '/coql',
    serve('read', 'POST /coql', (call) => reads.runQuery(call, tools)),
  )

  const watch = (name: string, handler: Handler) => serve('notifications', `${name} /actions/watch`, handler)
  crm.get(
    '/actions/watch',
    watch('GET', ({ query }) => {
      const found = channels.list(textOr(query.channel_id), textOr(query.module))
      return found.watch.length === 0 ? { status: 204 } : { status: 200, body: found }
    }),
  )
  crm.post(
    '/actions/watch',
    watch('POST', ({ body }) => channels.enable(body)),
  )
  crm.put(
    '/actions/watch',
    watch('PUT', ({ body }) => channels.change(body, 'replace')),
  )
  crm.patch(
    '/actions/watch',
    watch('PATCH', ({ body }) => channels.change(body, 'patch')),
  )
  crm.delete(
    '/actions/watch',
    watch('DELETE', ({ query }) => channels.disable(ids(query.channel_ids))),
  )

  const read = (
    path: string,
    name: string,
    handler: (module: ModuleName, call: Call, params: Record<string, string>) => Answer,
  ) =>
    crm.get(`/:module${path}`, (req, res) =>
      serve('read', `GET /${req.params.module}${name}`, (call, params) =>
        handler(moduleOf(params), call, params),
      )(req, res),
    )
  read('/deleted', '/deleted', (module, call) => reads.listDeleted(module, call, tools))
  read('/search', '/search', (module, call) => reads.searchRecords(module, call, tools))
  read('/actions/count', '/actions/count', (module, call) => reads.countRecords(module, call, tools))
  read('', '', (module, call) => reads.listRecords(module, call, tools))
  read('/:id', '/{id}', (module, call, { id }) => reads.getRecord(module, id ?? '', call, tools))
  read('/:id/__timeline', '/{id}/__timeline', (module, call, { id }) =>
    timeline(module, id ?? '', call, tools),
  )
  read('/:id/:related', '/{id}/{related_list}', (module, call, { id, related }) =>
    reads.listRelated(module, id ?? '', related ?? '', call, tools),
  )

  const write = (
    method: 'post' | 'put' | 'delete',
    path: string,
    name: string,
    handler: (module: ModuleName, call: Call, params: Record<string, string>) => Written,
  ) =>
    crm[method](`/:module${path}`, (req, res) =>
      serve('write', `${method.toUpperCase()} /${req.params.module}${name}`, (call, params) =>
        handler(moduleOf(params), call, params),
      )(req, res),
    )
  write('post', '', '', (module, { body }) => createRecords(module, body, connected(), tools))
  write('post', '/upsert', '/upsert', (module, { body, unmodifiedSince }) =>
    upsertRecords(module, body, { unmodifiedSince, actor: connected(), tools }),
  )
  write('post', '/:id/Notes', '/{id}/Notes', (module, { body }, { id }) =>
    createRecords('Notes', withParent(body, module, id ?? ''), connected(), tools),
  )
  write('put', '', '', (module, { body, unmodifiedSince }) =>
    updateRecords(module, body, { unmodifiedSince, actor: connected(), tools }),
  )
  write('put', '/:id', '/{id}', (module, { body, unmodifiedSince }, { id }) =>
    updateRecords(module, body, { id: id ?? '', unmodifiedSince, actor: connected(), tools }),
  )
  write('delete', '', '', (module, { query }) =>
    deleteRecords(module, ids(query.ids), { actor: connected(), tools }),
  )
  write('delete', '/:id', '/{id}', (module, _, { id }) =>
    deleteRecords(module, ids(id), { actor: connected(), tools }),
  )
  crm.use(
    serve('read', 'unknown', () => {
      throw new ApiError(
        404,
        'INVALID_URL_PATTERN',
        'Please check if the URL trying to access is a correct one',
      )
    }),
  )

  return router
}

function connected(): Actor {
  const { id, name } = INTEGRATION_USER
  return { by: { id, name }, source: 'crm_api' }
}

function moduleOf(params: Record<string, string>): ModuleName {
  const name = params.module ?? ''
  if (isModuleName(name)) return name
  throw new ApiError(400, 'INVALID_MODULE', 'the module name given seems to be invalid', {
    resource_path_index: 0,
  })
}

function withParent(body: unknown, module: ModuleName, id: string): unknown {
  if (!isObject(body) || !Array.isArray(body.data)) return body
  const parent = { id, module: { api_name: module } }
  return { ...body, data: body.data.map((note) => (isObject(note) ? { ...note, Parent_Id: parent } : note)) }
}

function ids(raw: unknown): string[] {
  return String(raw ?? '')
    .split(',')
    .filter((id) => id !== '')
}

function textOr(raw: unknown): string | null {
  return typeof raw === 'string' ? raw : null
}
