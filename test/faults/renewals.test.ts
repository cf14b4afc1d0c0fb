import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Platform } from '../../src/platform/platform.ts'
import { migrateProduction, production } from '../../src/platform/production.ts'
import { createMessenger } from '../../src/slack/messenger.ts'
import { claimNext, enqueueMessage } from '../../src/store/outbox.ts'
import { type OwnPostgres, serversMissing, startPostgres } from '../servers.ts'
import { openSlack, section, silent, teamId } from '../slack/workspace.ts'

/** A message's lease while every connection for jobs is taken, which takes a Postgres that has several. */

const missing = serversMissing()
if (missing) process.stderr.write(`Left out: ${missing}\n`)
/** As many as the platform opens for jobs. */
const JOBS_AT_ONCE = 5

describe.skipIf(missing !== null)('on a Postgres of its own', () => {
  let database: OwnPostgres
  let platform: Platform
  let slack: Awaited<ReturnType<typeof openSlack>>

  beforeAll(async () => {
    ;[database, slack] = await Promise.all([startPostgres(), openSlack()])
    await migrateProduction(database.url)
    platform = await production(database.url, null, silent)
  }, 120_000)
  afterAll(async () => {
    await slack?.close()
    await platform?.close()
    await database?.stop()
  })

  test('a message that is being sent stays with its process, however long the jobs take', async () => {
    const channel = 'C0TEAM'
    const body = { text: 'slow', blocks: [section('slow')] }
    const message = { teamId, channel, messageKey: 'slow', dedupeKey: 'slow', body }
    await enqueueMessage(platform.db, { ...message, action: 'post' })
    slack.faults.add({ service: 'slack', kind: 'hang', rate: 1, path: 'chat.postMessage' })
    const client = slack.impatient(6_000)
    const messenger = createMessenger({
      db: platform.jobsDb,
      renewals: platform.db,
      leases: new Set(),
      bulk: client,
      interactive: client,
      log: silent,
      teamId,
      renderCard: async () => null,
    })

    const sending = messenger.deliver(channel)
    while (slack.calls.length === 0) await sleep(10)
    const job = async () => platform.jobsDb.execute(sql`select pg_sleep(5)`)
    const jobs = Array.from({ length: JOBS_AT_ONCE }, job)
    await sleep(4_500)

    expect(await claimNext(platform.db, channel, 3_000)).toBeNull()
    await Promise.all([sending, ...jobs])
  }, 60_000)
})
