import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createLog } from '../log.ts'
import { migrateProduction } from '../platform/production.ts'
import { largeCompany } from '../sandbox/data/large-company.ts'
import { freePort } from '../sandbox/free-port.ts'
import { ownFolder } from '../sandbox/local-postgres.ts'
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts'
import { botWith } from './bot.ts'
import { checkpointsEvery } from './checkpoints.ts'
import { type Ledger, readLedger } from './ledger.ts'
import { type Card, type People, type Pressed, peopleOf } from './people.ts'
import { type Backup, type Beat, baseBackup, type Primary, startBeating, startPrimary } from './primary.ts'
import { seconds } from './report.ts'
import { takeIn } from './take-in.ts'

/** The life of a company until its database is lost. */

/** What must go again, the last first. */
export type Undo = () => Promise<void> | void

export type Stage = { step: (line: string) => void; undo: Undo[] }

export type Before = {
  dir: string
  env: Record<string, string>
  sandbox: Sandbox
  people: People
  primary: Primary
  archiveTimeoutS: number
  backup: Backup
  beats: readonly Beat[]
  pressed: readonly Pressed[]
  unpressed: readonly Card[]
  lost: Ledger
  disasterAt: number
}

/** As `archive_timeout` should be in production: the wait and the copying must stay within a minute. */
const ARCHIVE_TIMEOUT_S = 20
/** Slack's limits are Slack's; here they would be what is measured. */
const NO_RATE_LIMITS = 100_000
const COPIES = 3
const PER_SECOND = 2
/** Cards that are pressed while writes are held. */
const WHILE_HELD = 4
const CHECKPOINT_EVERY_MS = 3_000

export async function untilDisaster(loadSeconds: number, { step, undo }: Stage): Promise<Before> {
  const home = ownFolder('drill')
  undo.push(home.remove)
  const dir = home.path
  const archiveTimeoutS = Math.max(3, Math.min(ARCHIVE_TIMEOUT_S, Math.floor((loadSeconds * 2) / 3)))
  const primary = await startPrimary(archiveTimeoutS)
  undo.push(primary.remove, () => primary.server.stop())
  const port = await freePort()
  const sandbox = await startSandbox({
    port: 0,
    dir: null,
    company: () => largeCompany(COPIES),
    log: createLog('error'),
    rateFactor: NO_RATE_LIMITS,
    botUrl: `http://127.0.0.1:${port}`,
  })
  undo.push(() => sandbox.close())
  const env = {
    ...sandbox.env,
    DATABASE_URL: primary.server.url,
    DATA_DIR: join(dir, 'bot'),
    AUDIT_PUBLISH_TO: join(dir, 'audit-checkpoints.txt'),
    HOST: '127.0.0.1',
    PORT: String(port),
    LOG_LEVEL: 'warn',
    // Nothing but presses happens while it is measured.
    PUBLIC_URL: '',
  }
  await migrateProduction(primary.server.url)
  const needed = Math.round(loadSeconds * PER_SECOND) + WHILE_HELD
  await takeIn(env, { atLeast: WHILE_HELD + loadSeconds / 2, atMost: needed })
  const bot = await botWith(env, dir).start()
  undo.push(() => bot.stop())
  const people = peopleOf(sandbox.url)
  const cards = await people.cards()
  step(`The bot lives on a Postgres of its own, and ${cards.length} cards wait.`)

  const beating = await startBeating(primary)
  undo.push(beating.stop)
  const backup = await baseBackup(primary, join(dir, 'backup'))
  const checkpoints = checkpointsEvery(CHECKPOINT_EVERY_MS, env)
  step(`A base backup was taken in ${seconds(backup.tookMs)}. People press for ${loadSeconds} s.`)
  const unpressed = cards.slice(-WHILE_HELD)
  const toPress = cards.slice(0, -WHILE_HELD)
  const pressing = people.startPressing(toPress, toPress.length / loadSeconds)
  await sleep(loadSeconds * 1_000)

  // The machine that bot and database ran on is gone, and its disk with it.
  bot.signal('SIGKILL')
  const disasterAt = Date.now()
  pressing.stop()
  await checkpoints.stop()
  const lost = await readLedger(primary.server.url)
  await primary.server.down()
  step(`The database is lost at ${new Date(disasterAt).toISOString()}.`)
  return {
    dir,
    env,
    sandbox,
    people,
    primary,
    archiveTimeoutS,
    backup,
    beats: beating.beats,
    pressed: pressing.pressed,
    unpressed,
    lost,
    disasterAt,
  }
}
