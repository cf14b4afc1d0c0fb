import { readFile } from 'node:fs/promises'
import { endApproval } from './approval/approval.ts'
import { type Audit, createAudit } from './audit/audit.ts'
import { signerOf } from './audit/note.ts'
import { publishedCheckpoints } from './audit/questions.ts'
import { noteRestored } from './audit/restored.ts'
import { type Config, readConfig, secretsOf } from './config.ts'
import { openCrmFields } from './crm/crm-fields.ts'
import { createCallCounter } from './crm/zoho/call-counter.ts'
import { zohoTraces } from './crm/zoho/rest.ts'
import { InvalidInputError } from './errors.ts'
import {
  type Effect,
  type Reconciliation,
  type Remembered,
  reconcile,
  remembered,
  settle,
} from './execution/reconcile.ts'
import { createLog, type Log } from './log.ts'
import { holdsDatabase } from './platform/data-dir.ts'
import { openPlatform } from './platform/platform.ts'
import { databaseTime } from './store/clock.ts'
import { type Db, transaction } from './store/db.ts'
import { installationOf } from './store/installations.ts'
import { markHomeStale } from './store/owners.ts'
import { endOpen } from './store/recommendations.ts'
import { assumeSent } from './store/restored.ts'
import { type Setting, setSetting, setting } from './store/settings.ts'

/**
 * Going on from a backup: `hold` before anything else starts on the restored database, then `reconcile` until nothing
 * is left to explain. Between the two, people decide and nothing is written.
 */
export type RestoreOptions = {
  env: Readonly<Record<string, string | undefined>>
  print: (line: string) => void
}

type Tools = { config: Config; db: Db; log: Log }

async function withDatabase<T>(env: RestoreOptions['env'], work: (tools: Tools) => Promise<T>): Promise<T> {
  const config = readConfig(env)
  const { databaseUrl, dataDir } = config.platform
  if (!databaseUrl && !holdsDatabase(dataDir))
    throw new InvalidInputError(`There is no instance in ${dataDir}: set DATABASE_URL, or DATA_DIR`)
  const log = createLog('warn', { secrets: secretsOf(config) })
  const platform = await openPlatform({ ...config.platform, redisUrl: null, log })
  try {
    return await work({ config, db: platform.db, log })
  } finally {
    await platform.close()
  }
}

/** @param checkpoint a file of published checkpoints; null: those that the instance itself knows of */
export async function runHold(checkpoint: string | null, { env, print }: RestoreOptions): Promise<void> {
  await withDatabase(env, async ({ config, db }) => {
    const { origin, signingKey, publishTo } = config.audit
    const published = await publishedCheckpoints(
      {
        verifier: signingKey && signerOf(origin, signingKey).verifier,
        publishedFile: publishTo?.to === 'file' ? publishTo.path : null,
      },
      checkpoint === null ? null : await readFile(checkpoint, 'utf8'),
    ).catch((error: unknown) => {
      // Stopping writes must not wait for a file to be mended; one that was named is what was asked for.
      if (checkpoint !== null || !(error instanceof InvalidInputError)) throw error
      print(`${error.message}: the trail names none of them yet; mend it and hold again.`)
      return []
    })
    const audit = createAudit(config.encryptionKey)
    const teamId = (await installationOf(db))?.teamId ?? ''
    // Held twice, the first time tells what the backup was.
    const before = (await setting(db, 'writes_stopped')) ? await setting(db, 'restored') : null
    const held = await transaction(db, async (tx) => {
      const heldAt = before?.heldAt ?? (await databaseTime(tx)).toISOString()
      const unfinished = await assumeSent(tx, before && new Date(before.heldAt))
      const noted = await noteRestored(tx, { audit, teamId, published, before: before?.events ?? null })
      const asOf = before?.asOf ?? noted.asOf ?? heldAt
      await setSetting(tx, 'writes_stopped', true, 'a restore')
      const { events } = noted
      const accepted = before?.accepted ?? []
      await setSetting(tx, 'restored', { asOf, heldAt, events, accepted }, 'a restore')
      return { ...noted, unfinished, asOf }
    })
    print(`Nothing is written to Zoho until an admin says /sergas resume-writes.
The trail ends with its event ${held.events}, at ${held.asOf}; published checkpoints beyond it: ${held.lost.length}.
Approved and not over: ${held.unfinished}; each is looked for in Zoho before it is written.
Ask sergas reconcile what Zoho holds of the time that is lost, before the bot starts and anybody can press.`)
  })
}

export type ReconcileOptions = RestoreOptions & {
  /** ISO 8601; null: since the last that the backup held. */
  since: string | null
  /** Takes what is found as it is: into the trail, and out of the hands of who could approve it once more. */
  accept: boolean
  json: boolean
}

/** @returns the exit code: 0 when everything in the CRM is accounted for and over, 1 when not, 2 when that cannot be told */
export async function runReconcile(options: ReconcileOptions): Promise<0 | 1 | 2> {
  const { env, print, accept, json } = options
  try {
    return await withDatabase(env, async (tools) => {
      const { db } = tools
      const restored = await setting(db, 'restored')
      const asOf = options.since === null ? restored?.asOf : options.since
      if (!asOf || Number.isNaN(Date.parse(asOf)))
        throw new InvalidInputError(
          'Say since when with --since <ISO 8601>, or run sergas hold after a restore',
        )
      const crm = await crmSays(tools, new Date(asOf))
      if (accept) {
        const { taken, left } = await takeAsItIs(tools, crm, asOf)
        print(json ? JSON.stringify(taken, null, 2) : told(taken, accept))
        if (left > 0 && !json) print(`  ${left} came up meanwhile: run it again`)
        return left === 0 ? 0 : 1
      }
      const found = await outstanding(db, crm, restored)
      print(json ? JSON.stringify(found, null, 2) : told(found, accept))
      return countOf(found) === 0 ? 0 : 1
    })
  } catch (error) {
    // Zoho or the database did not answer: 1 would mean that there is something to look at.
    print(error instanceof Error ? error.message : String(error))
    return 2
  }
}

async function crmSays({ config, db, log }: Tools, asOf: Date): Promise<Remembered> {
  const { zoho, encryptionKey } = config
  const fields = await openCrmFields(db, zoho.fields)
  const traces = zohoTraces(
    {
      db,
      log,
      key: encryptionKey,
      credentials: zoho.read,
      accountsUrl: zoho.accountsUrl,
      apiHosts: zoho.extraApiDomains,
      fields: fields.map,
      counter: createCallCounter(),
      timeoutMs: zoho.timeoutMs,
    },
    zoho.write,
  )
  return remembered(traces, asOf)
}

/** What nobody has accepted yet. */
async function outstanding(
  db: Db,
  crm: Remembered,
  restored: Setting<'restored'> | null,
): Promise<Reconciliation> {
  const accepted = new Set(restored?.accepted)
  const found = await reconcile(db, crm)
  return { ...found, unrecorded: found.unrecorded.filter((effect) => !accepted.has(keyOf(effect))) }
}

const countOf = ({ carriedOut, unrecorded }: Reconciliation) => carriedOut.length + unrecorded.length

/** People press while it looks, and what they approve is compared once more. */
const LOOKS = 3

async function takeAsItIs(
  tools: Tools,
  crm: Remembered,
  asOf: string,
): Promise<{ taken: Reconciliation; left: number }> {
  const { db, config } = tools
  if (!(await setting(db, 'writes_stopped')))
    throw new InvalidInputError('Writes go on: say /sergas stop-writes first, so that nothing is under way')
  const audit = createAudit(config.encryptionKey)
  const heldAt = (await databaseTime(db)).toISOString()
  let restored = (await setting(db, 'restored')) ?? { asOf, heldAt, events: null, accepted: [] }
  const first = await outstanding(db, crm, restored)
  const taken: Reconciliation = { ...first, carriedOut: [], unrecorded: [] }
  let found = first
  for (let look = 1; look <= LOOKS && countOf(found) > 0; look += 1) {
    for (const each of found.carriedOut) await settle({ db, audit }, each)
    const accepted: Effect[] = []
    for (const effect of found.unrecorded) if (await acceptEffect(tools, audit, effect)) accepted.push(effect)
    taken.carriedOut.push(...found.carriedOut)
    taken.unrecorded.push(...accepted)
    restored = { ...restored, asOf, accepted: [...restored.accepted, ...accepted.map(keyOf)] }
    await setSetting(db, 'restored', restored, 'reconcile')
    found = await outstanding(db, crm, restored)
  }
  return { taken, left: countOf(found) }
}

const keyOf = ({ did, module, recordId, at }: Effect) => `${did} ${module} ${recordId} ${at.toISOString()}`

const WRITTEN_BEFORE = 'It was written before the database was restored.'

/**
 * False when its card was decided, or somebody asked, meanwhile: then it is looked at once more, and an operation may
 * account for it now.
 */
async function acceptEffect(
  { config, db }: Tools,
  audit: Audit,
  { waiting, proposed, values: _, ...trace }: Effect,
): Promise<boolean> {
  if (waiting) {
    const { ttlMs, secondApproverAbove } = config.approval
    const ending = { by: 'system', reason: WRITTEN_BEFORE }
    const ended = await endApproval({ db, audit, ttlMs, secondApproverAbove }, waiting.id, 'stale', ending)
    if (!ended) return false
  }
  const of = waiting ?? proposed
  const teamId = of?.teamId ?? (await installationOf(db))?.teamId ?? ''
  const about = of?.accountId ?? (trace.module === 'Accounts' ? trace.recordId : null)
  const at = trace.at.toISOString()
  const payload = { ...trace, at, approvalId: waiting?.id ?? null, recommendationId: proposed?.id ?? null }
  const event = { teamId, actor: 'system', subject: trace.recordId, about, payload }
  return transaction(db, async (tx) => {
    if (proposed) {
      if (!(await endOpen(tx, proposed.id, WRITTEN_BEFORE))) return false
      if (proposed.ownerId) await markHomeStale(tx, [proposed.ownerId])
    }
    await audit.append(tx, { ...event, action: 'effect.unrecorded' })
    return true
  })
}

function told({ since, explained, carriedOut, unrecorded }: Reconciliation, accepted: boolean): string {
  return [
    `What Zoho remembers of us since ${since.toISOString()}:`,
    `  ${explained} accounted for`,
    `  ${carriedOut.length} approved and not over here, but carried out${accepted ? '; now they are over' : ''}`,
    `  ${unrecorded.length} without a record here${accepted ? '; the trail now tells of them' : ''}`,
    ...unrecorded.map(line),
  ].join('\n')
}

function line({ did, module, recordId, name, at, fields, operationId, waiting, proposed }: Effect): string {
  const what =
    fields.length > 0 ? ` (${fields.join(', ')})` : operationId ? ` (operation ${operationId})` : ''
  const card = waiting ? `; its card waits again: ${waiting.id}` : ''
  const again = proposed ? `; it is proposed again: ${proposed.id}` : ''
  // A name is whatever somebody typed; nothing in it may act on a terminal.
  const called = name === null ? '' : ` ${JSON.stringify(name.replaceAll(/\p{Cc}/gu, ' '))}`
  return `    ${at.toISOString()} ${did} ${module} ${recordId}${called}${what}${card}${again}`
}
