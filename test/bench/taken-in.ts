import { join } from 'node:path'
import { createApp } from '../../src/app.ts'
import { type Config, readConfig } from '../../src/config.ts'
import { openCrmFields } from '../../src/crm/crm-fields.ts'
import { createLog } from '../../src/log.ts'
import type { ReviewTools } from '../../src/pipeline/review.ts'
import type { CrmData } from '../../src/sandbox/data/crm-data.ts'
import { startSandbox } from '../../src/sandbox/sandbox.ts'
import { accountIdsOf } from '../../src/store/account-ids.ts'
import type { Db } from '../../src/store/db.ts'
import { installationOf } from '../../src/store/installations.ts'
import { setting } from '../../src/store/settings.ts'
import { inTempDir, until } from '../processes.ts'

export type TakenIn = { db: Db; config: Config; accountIds: string[]; tools: Omit<ReviewTools, 'author'> }

const log = createLog('error')

/** A company in the mirror of an embedded bot, reviewed once by rules, with nothing else under way. */
export async function withTakenIn<T>(company: () => CrmData, work: (of: TakenIn) => Promise<T>): Promise<T> {
  return inTempDir(async (dir) => {
    const sandbox = await startSandbox({ port: 0, dir: null, company, log })
    const config = readConfig({ ...sandbox.env, PUBLIC_URL: '', DATA_DIR: join(dir, 'bot') })
    const app = await createApp(config, { role: 'worker', overrides: { log } })
    try {
      await app.start()
      const { db } = app.platform
      await until(async () => (await setting(db, 'onboarded_at')) !== null, 120_000)
      const installed = await installationOf(db)
      const fields = await openCrmFields(db, config.zoho.fields)
      const tools = { db, teamId: installed?.teamId ?? '', fields: fields.map }
      return await work({ db, config, accountIds: await accountIdsOf(db, null), tools })
    } finally {
      await app.stop()
      await sandbox.close()
    }
  })
}
