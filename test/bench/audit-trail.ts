import { type Audit, createAudit, verifyAudit } from '../../src/audit/audit.ts'
import { createLog } from '../../src/log.ts'
import { migrateProduction, production } from '../../src/platform/production.ts'
import { type Db, type Tx, transaction } from '../../src/store/db.ts'
import { serversMissing, startPostgres } from '../servers.ts'
import { type Measurement, spread } from './figure.ts'

const key = new Uint8Array(32).fill(3)
const ACCOUNTS = 500

const WRITERS = 8
const WARM_UP_MS = 2_000
const MEASURED_MS = 10_000

export const auditAppends: Measurement = {
  name: 'audit events appended by 8 writers, one commit each, Postgres',
  unit: 'events/s',
  target: 2000,
  atLeast: true,
  measure: () =>
    withTrail(async ({ db, audit }) => {
      const took: number[] = []
      const write = async (until: number) => {
        while (performance.now() < until) {
          const started = performance.now()
          await transaction(db, (tx) => append(tx, audit, took.length))
          took.push(performance.now() - started)
        }
      }
      const all = (until: number) => Promise.all(Array.from({ length: WRITERS }, () => write(until)))
      await all(performance.now() + WARM_UP_MS)
      took.length = 0
      const started = performance.now()
      await all(started + MEASURED_MS)
      const seconds = (performance.now() - started) / 1000
      const verdict = await verifyAudit(db, key)
      if (!verdict.ok) throw new Error(`The trail does not fit: ${verdict.problem}`)
      return { value: took.length / seconds, note: `a commit took ${spread(took)}; the trail fits` }
    }),
}

const EVENTS = 120_000
const PER_COMMIT = 1_000

export const auditVerify: Measurement = {
  name: 'audit rows verified with every payload opened, of 120,000, Postgres',
  unit: 'rows/s',
  target: 50_000,
  atLeast: true,
  measure: () =>
    withTrail(async ({ db, audit }) => {
      for (let at = 0; at < EVENTS; at += PER_COMMIT) {
        await transaction(db, async (tx) => {
          await Promise.all(Array.from({ length: PER_COMMIT }, (_, index) => append(tx, audit, at + index)))
        })
      }
      const started = performance.now()
      const verdict = await verifyAudit(db, key)
      const seconds = (performance.now() - started) / 1000
      if (!verdict.ok) throw new Error(`The trail does not fit: ${verdict.problem}`)
      return { value: verdict.events / seconds, note: `${verdict.events} rows in ${seconds.toFixed(1)} s` }
    }),
}

type Trail = { db: Db; audit: Audit }

/** A Postgres of our own with its own settings: every commit reaches the disk. */
async function withTrail<T>(work: (trail: Trail) => Promise<T>): Promise<T | { skipped: string }> {
  const missing = serversMissing()
  if (missing) return { skipped: missing }
  const server = await startPostgres()
  try {
    await migrateProduction(server.url)
    const platform = await production(server.url, null, createLog('error'))
    try {
      return await work({ db: platform.db, audit: createAudit(key) })
    } finally {
      await platform.close()
    }
  } finally {
    await server.stop()
  }
}

/** As large as the approval of a change to three fields. */
function append(tx: Tx, audit: Audit, number: number): Promise<void> {
  return audit.append(tx, {
    teamId: 'T1',
    actor: 'crm-dana',
    action: 'approval.approved',
    subject: `approval-${number}`,
    about: `account-${number % ACCOUNTS}`,
    payload: { state: 'approved', version: 1, changeHash: 'c'.repeat(64), reason: 'x'.repeat(300) },
  })
}
