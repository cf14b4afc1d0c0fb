import { z } from 'zod'
import { until } from '../sandbox/processes.ts'
import type { Before, Stage } from './before.ts'
import { type Bot, botWith } from './bot.ts'
import { type Evidence, keyOf } from './judge.ts'
import { type Ledger, OVER, readLedger } from './ledger.ts'
import { archived } from './primary.ts'
import { type DrillReport, seconds } from './report.ts'
import { restoreBeside, worstMoment } from './restore.ts'
import { effectsIn } from './zoho-log.ts'

/** Going on from the backup, step by step as the README says. */

export type After = {
  xid: string | null
  evidence: Evidence
  rto: DrillReport['rto']
  heldPresses: number
  carriedOut: number
  chain: DrillReport['chain']
  failedSteps: string[]
}

const Reconciled = z.object({
  carriedOut: z.array(z.unknown()),
  unrecorded: z.array(
    z.object({
      did: z.enum(['created', 'updated', 'removed']),
      module: z.string(),
      recordId: z.string(),
    }),
  ),
})

const OVER_WITHIN_MS = 60_000

export async function afterDisaster(before: Before, { step, undo }: Stage): Promise<After> {
  const { dir, people, primary, sandbox, disasterAt } = before
  const sinceDisaster = () => Date.now() - disasterAt
  const xid = worstMoment(before.beats, archived(primary.archive).endLsn)
  const database = await restoreBeside(before.backup, { archive: primary.archive, xid })
  undo.push(() => database.stop())
  const restoredMs = sinceDisaster()
  const restored = await readLedger(database.url)
  const bot = botWith({ ...before.env, DATABASE_URL: database.url }, dir)
  const failedSteps: string[] = []
  const does = commandOf(bot, failedSteps)
  step(`Restored beside it after ${seconds(restoredMs)}: ${await does(0, 'hold')}`)
  const running = await bot.start()
  undo.push(() => running.stop())
  const readyMs = sinceDisaster()

  const held = await Promise.all(before.unpressed.map((card) => people.press(card, 'approval.approve')))
  const { said } = await bot.run('reconcile', '--json')
  const { carriedOut, unrecorded } = Reconciled.parse(JSON.parse(said))
  step(await does(unrecorded.length + carriedOut.length > 0 ? 1 : 0, 'reconcile'))
  await does(0, 'reconcile', '--accept')
  await does(0, 'reconcile')
  const trail = await bot.run('audit', 'verify')
  if (trail.code !== 0) failedSteps.push(`audit verify: ${trail.said}`)
  const resumedAt = Date.now()
  await people.adminSays('resume-writes')
  const writesOnMs = sinceDisaster()
  step(`Writes go on after ${seconds(writesOnMs)}.`)

  await until(async () => isOver(await readLedger(database.url)), OVER_WITHIN_MS).catch(() => {
    failedSteps.push('not everything was over in time')
  })
  const evidence: Evidence = {
    lost: before.lost,
    restored,
    final: await readLedger(database.url),
    effects: await effectsIn(sandbox.url),
    disasterAt,
    resumedAt,
    reported: unrecorded.map(keyOf),
  }
  const verified = await bot.run('audit', 'verify')
  if (verified.code !== 0) failedSteps.push(`audit verify, at the end: ${verified.said}`)
  return {
    xid,
    evidence,
    rto: { restoredMs, readyMs, writesOnMs },
    heldPresses: held.filter(({ ok }) => ok).length,
    carriedOut: carriedOut.length,
    chain: { code: verified.code, said: verified.said.split('\n').slice(0, 2).join('; ') },
    failedSteps,
  }
}

const isOver = ({ operations }: Ledger): boolean => operations.every(({ state }) => OVER.has(state))

/** Runs a command that should end with this code; when it does not, the drill goes on and fails at the end. */
function commandOf(bot: Bot, failed: string[]): (code: number, ...args: string[]) => Promise<string> {
  return async (expected, ...args) => {
    const { code, said } = await bot.run(...args)
    if (code !== expected) failed.push(`${args.join(' ')} ended with ${code}: ${said}`)
    return said
  }
}
