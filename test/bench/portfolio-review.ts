import { join } from 'node:path'
import { createApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { openCrmFields } from '../../src/crm/crm-fields.ts'
import { createLog } from '../../src/log.ts'
import { reviewAccounts } from '../../src/pipeline/review.ts'
import { loadCompany } from '../../src/sandbox/data/csv-company.ts'
import { startSandbox } from '../../src/sandbox/sandbox.ts'
import { accountIdsOf } from '../../src/store/account-ids.ts'
import { installationOf } from '../../src/store/installations.ts'
import { setting } from '../../src/store/settings.ts'
import { inTempDir, until } from '../processes.ts'
import { CRM_DEMO, hasCrmDemo, NO_CRM_DEMO } from './demo.ts'
import type { Measurement } from './figure.ts'

const log = createLog('error')

export const portfolioReview: Measurement = {
  name: 'review of the 150 accounts of crm-demo, rules author, embedded',
  unit: 's',
  target: 10,
  async measure() {
    if (!hasCrmDemo()) return NO_CRM_DEMO
    return inTempDir(async (dir) => {
      const company = () => loadCompany(CRM_DEMO, new Date())
      const sandbox = await startSandbox({ port: 0, dir: null, company, log })
      const config = readConfig({ ...sandbox.env, PUBLIC_URL: '', DATA_DIR: join(dir, 'bot') })
      const app = await createApp(config, { role: 'worker', overrides: { log } })
      try {
        await app.start()
        const { db } = app.platform
        await until(async () => (await setting(db, 'onboarded_at')) !== null, 120_000)
        const installed = await installationOf(db)
        const fields = await openCrmFields(db, config.zoho.fields)
        const tools = { db, teamId: installed?.teamId ?? '', fields: fields.map, author: null }
        const accountIds = await accountIdsOf(db, null)
        const started = performance.now()
        // "On request" reviews in full even though nothing changed since the review that took the company in.
        const reviewed = await reviewAccounts(tools, accountIds, { trigger: 'request' })
        const tookMs = performance.now() - started
        const suggestions = reviewed.flatMap((one) => one.recommendationIds).length
        return {
          value: tookMs / 1000,
          note: `from the synced mirror to stored reviews: ${reviewed.length} accounts, ${suggestions} new suggestions`,
        }
      } finally {
        await app.stop()
        await sandbox.close()
      }
    })
  },
}
