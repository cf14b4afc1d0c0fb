import { Router } from 'express'
import type { Log } from '../../log.ts'
import type { CrmData } from '../data/crm-data.ts'
import type { Faults } from '../faults.ts'
import { createApi } from './api.ts'
import type { ApiTools } from './api-call.ts'
import { createChannels } from './channels.ts'
import { createControl } from './control.ts'
import { createCoql, criterionMatcher } from './coql.ts'
import { fileJournal, memoryJournal } from './journal.ts'
import { createNotifier } from './notifications.ts'
import { createPage } from './page/page.ts'
import { createQuota, ENTERPRISE, type Limits } from './quota.ts'
import { createRecorder } from './record-changes.ts'
import { createState, type ZohoState } from './state.ts'

export type LocalZoho = {
  /** `/oauth/v2/token` and `/crm/v8/*`; mount it at the path of `baseUrl`. */
  router: Router
  /** `/zoho/records`, `/zoho/edit`, …; mount it at `/control`. */
  control: Router
  /** The web page; mount it at `/zoho`. */
  page: Router
  /** The company, for whoever sets up people beside it. */
  people: ZohoState['people']
  close(): Promise<void>
}

/**
 * A Zoho CRM of one company on this machine.
 *
 * @param dir where it keeps its state; null keeps it in memory. A directory that holds a company already is
 *   carried on with, and `company` is not asked.
 * @param baseUrl where `router` is reached, e.g. `http://127.0.0.1:3000`; told to clients as `api_domain`
 * @param webBase where `page` is reached, for links from the API's host; default `/zoho`
 */
export function createLocalZoho(options: {
  dir: string | null
  baseUrl: string
  company: CrmData | (() => CrmData)
  faults: Faults
  log: Log
  limits?: Partial<Limits>
  /** Multiplies every limit: 1 is Zoho, a load run takes more. */
  limitFactor?: number
  now?: () => Date
  webBase?: string
}): LocalZoho {
  const { dir, baseUrl, faults, log, now = () => new Date(), webBase = '/zoho', limitFactor = 1 } = options
  const company = () => (typeof options.company === 'function' ? options.company() : options.company)
  const state = createState(dir === null ? memoryJournal(company()) : fileJournal(dir, company))
  const tools: ApiTools = {
    state,
    recorder: createRecorder(state, now),
    channels: createChannels({ state, now }),
    notifier: createNotifier({ state, now, log, apiBase: `${baseUrl}/crm/v8` }),
    quota: createQuota(times({ ...ENTERPRISE, ...options.limits }, limitFactor), now),
    tokenFactor: limitFactor,
    faults,
    coql: createCoql(state),
    matcher: criterionMatcher(state),
    now,
    log,
    baseUrl,
  }

  const router = Router()
  // The address of a record on Zoho's own pages.
  router.get('/crm/tab/:module/:id', (req, res) => {
    const { module, id } = req.params
    res.redirect(`${webBase}/records/${encodeURIComponent(module)}/${encodeURIComponent(id)}`)
  })
  router.use(createApi(tools))

  return {
    router,
    control: createControl(tools),
    page: createPage(tools),
    people: state.people,
    close: () => tools.notifier.close(),
  }
}

function times({ credits, concurrency, heavyConcurrency }: Limits, factor: number): Limits {
  return {
    credits: credits * factor,
    concurrency: concurrency * factor,
    heavyConcurrency: heavyConcurrency * factor,
  }
}
