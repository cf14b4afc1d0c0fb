import { DateTime } from 'luxon'
import { schedule as every, type Logger } from 'node-cron'
import { ownerById } from '../access/identity.ts'
import { attempt } from '../jobs/attempt.ts'
import type { JobName, JobPayload } from '../jobs/catalog.ts'
import { housekeeping } from '../jobs/housekeeping.ts'
import { remind } from '../jobs/remind.ts'
import { SWEEP_EVERY_MS, sweep } from '../jobs/sweep.ts'
import type { JobTools } from '../jobs/tools.ts'
import type { Log } from '../log.ts'
import { isPaused, type Owner } from '../model/owner.ts'
import { newId } from '../store/clock.ts'
import { transaction } from '../store/db.ts'
import { lastDigest, takeDigest } from '../store/digests.ts'
import { markHomeStale } from '../store/owners.ts'
import { digestRecipients } from '../store/portfolio.ts'
import { freeSlot, slotHandedOver, takeForgottenSlots, takeSlot } from '../store/schedule-runs.ts'
import { setting } from '../store/settings.ts'
import { dayKey, lastSlot, type Rhythm } from './slots.ts'

/**
 * What happens by the clock. Every replica ticks once a minute; the row of a slot lets one of them hand over its job.
 * The ticking is all that the library is for: its own idea of `0 2 * * *` loses the night in which the clocks go forward.
 */

type Handover = { [Name in JobName]: { job: Name; payload: JobPayload<Name> } }[JobName]

type Fixed = Handover & { rhythm: Rhythm; lateMs: number }

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** In the company's zone. `lateMs`: for how long a slot that nobody was up for is made up. */
export const FIXED: Record<string, Fixed> = {
  'delta-sync': {
    rhythm: { everyMinutes: 10, after: 0 },
    lateMs: 10 * MINUTE,
    job: 'sync-crm',
    payload: { mode: 'delta' },
  },
  'deleted-sync': {
    rhythm: { everyMinutes: 60, after: 7 },
    lateMs: 10 * MINUTE,
    job: 'sync-crm',
    payload: { mode: 'deleted' },
  },
  'full-sync': { rhythm: { daily: '02:00' }, lateMs: 4 * HOUR, job: 'sync-crm', payload: { mode: 'full' } },
  people: { rhythm: { daily: '01:30' }, lateMs: 4 * HOUR, job: 'sync-crm', payload: { mode: 'people' } },
  'watch-channel': {
    rhythm: { everyMinutes: 360, after: 15 },
    lateMs: HOUR,
    job: 'sync-crm',
    payload: { mode: 'watch' },
  },
}

export type Schedules = { stop(): Promise<void> }

/** @param keepCheckpoints of the audit trail; null: none are made */
export function startSchedules(
  tools: JobTools,
  keepCheckpoints: (() => Promise<void>) | null = null,
): Schedules {
  const { log } = tools
  const underWay = new Set<Promise<void>>()
  const run = (what: string, work: () => Promise<void>) => {
    // A tick has no caller to fail to: the log is told, and the next tick tries again.
    const tracked = work()
      .catch((error: unknown) => log.error({ err: error, what }, 'scheduled work failed'))
      .finally(() => underWay.delete(tracked))
    underWay.add(tracked)
  }
  // UTC has no hour that comes twice, in which the library would stand still.
  const options = { timezone: 'UTC', logger: cronLogger(log) }
  const tasks = [
    every('* * * * *', ({ date }) => run('minute', () => everyMinute(tools, minuteOf(date))), {
      ...options,
      name: 'minute',
    }),
    every('40 3 * * *', () => run('housekeeping', () => housekeeping(tools)), {
      ...options,
      name: 'housekeeping',
    }),
  ]
  const repeat = (what: string, work: () => Promise<void>) => {
    let busy = false
    return setInterval(() => {
      if (busy) return
      busy = true
      run(what, () => work().finally(() => (busy = false)))
    }, SWEEP_EVERY_MS)
  }
  const repeated = [repeat('sweep', () => sweep(tools))]
  if (keepCheckpoints) repeated.push(repeat('audit checkpoints', keepCheckpoints))

  return {
    async stop() {
      for (const each of repeated) clearInterval(each)
      await Promise.all(tasks.map((task) => task.destroy()))
      await Promise.all(underWay)
    },
  }
}

/** Our log as the library wants one. */
function cronLogger(log: Log): Logger {
  const said = (message: string | Error, err?: Error) =>
    message instanceof Error ? { err: message } : { said: message, ...(err ? { err } : {}) }
  return {
    debug: (message, err) => log.trace(said(message, err), 'schedule library'),
    info: (message) => log.debug(said(message), 'schedule library'),
    warn: (message) => log.warn(said(message), 'schedule library'),
    error: (message, err) => log.error(said(message, err), 'schedule library'),
  }
}

function minuteOf(date: Date): Date {
  return new Date(Math.floor(date.getTime() / MINUTE) * MINUTE)
}

async function handOver(
  tools: JobTools,
  schedule: string,
  slot: Date,
  { job, payload }: Handover,
): Promise<void> {
  if (!(await takeSlot(tools.db, schedule, slot))) return
  if (await tools.enqueue(job, payload)) await slotHandedOver(tools.db, schedule, slot)
}

/**
 * What depends on each person's own clock: asked every minute, answered once per person and day. What fails for one
 * does not concern the next.
 */
export async function everyMinute(tools: JobTools, now: Date): Promise<void> {
  const { db, log, enqueue, settings } = tools
  await attempt(log, { part: 'forgotten slots' }, () => handOverForgotten(tools))
  if ((await setting(db, 'onboarded_at')) === null) {
    await enqueue('onboard', {})
    return
  }
  for (const [name, entry] of Object.entries(FIXED)) {
    await attempt(log, { part: 'schedule', schedule: name }, () => handOverIfDue(tools, name, entry, now))
  }
  const pausedUntil = await setting(db, 'paused_until')
  if (pausedUntil && new Date(pausedUntil) > now) return
  await attempt(log, { part: 'reminders' }, () => remind(tools, now))
  const owners = await recipients(tools)
  for (const zone of new Set([settings.zone, ...owners.map((owner) => owner.zone)])) {
    await attempt(log, { part: 'daily review', zone }, () => reviewIfItIsTime(tools, zone, now))
  }
  for (const owner of owners) {
    await attempt(log, { part: 'digest', ownerId: owner.id }, () => digestIfDue(tools, owner, now))
  }
  await attempt(log, { part: 'team digest' }, () => teamDigestIfDue(tools, now))
}

async function handOverIfDue(tools: JobTools, name: string, entry: Fixed, now: Date): Promise<void> {
  const slot = lastSlot(entry.rhythm, tools.settings.zone, now)
  if (now.getTime() - slot.getTime() <= entry.lateMs) await handOver(tools, name, slot, entry)
}

/** A slot of a person's clock is given back: it is taken again while it is still its time. */
async function handOverForgotten({ db, enqueue }: JobTools): Promise<void> {
  for (const { schedule, slot } of await takeForgottenSlots(db)) {
    const entry = FIXED[schedule]
    if (!entry) await freeSlot(db, schedule, slot)
    else if (await enqueue(entry.job, entry.payload)) await slotHandedOver(db, schedule, slot)
  }
}

async function recipients({ db }: JobTools): Promise<Owner[]> {
  const people = await Promise.all((await digestRecipients(db)).map((id) => ownerById(db, id)))
  return people.filter((owner) => owner !== null)
}

/** Accounts of one zone are reviewed together, on the first minute at or after the hour. */
async function reviewIfItIsTime(tools: JobTools, zone: string, now: Date): Promise<void> {
  if (!isTime(tools.settings.reviewTime, zone, now)) return
  await handOver(tools, `review:${zone}`, dayKey(zone, now), {
    job: 'review-portfolio',
    payload: { zone },
  })
}

async function teamDigestIfDue(tools: JobTools, now: Date): Promise<void> {
  const { digestTime, zone } = tools.settings
  if (!isTime(digestTime, zone, now)) return
  await handOver(tools, 'team-digest', dayKey(zone, now), { job: 'send-team-digest', payload: {} })
}

/** A digest this late is no longer a morning's digest. */
export const LATEST_MS = 4 * HOUR
/** A change of zone or time must not bring two mornings into one. */
const APART_MS = 18 * HOUR

export type DigestDue = 'due' | 'late' | 'not yet' | 'had today' | 'paused' | 'day off'

/**
 * Whether an owner's digest is due now. Pure, so that a year of clocks can be tried.
 *
 * @param companyTime for those who chose none, `HH:MM`
 */
export function digestDue(
  { zone, preferences }: Pick<Owner, 'zone' | 'preferences'>,
  last: { localDate: string; at: Date } | null,
  now: Date,
  companyTime: string,
): DigestDue {
  const local = DateTime.fromJSDate(now, { zone })
  const { digestTime, digestDays } = preferences
  if (isPaused({ preferences }, now)) return 'paused'
  if (!digestDays.includes(local.weekday)) return 'day off'
  if (last?.localDate === local.toISODate() || (last && now.getTime() - last.at.getTime() < APART_MS))
    return 'had today'
  const due = timeOn(local, digestTime ?? companyTime)
  if (local < due) return 'not yet'
  return local.diff(due).toMillis() > LATEST_MS ? 'late' : 'due'
}

async function digestIfDue({ db, enqueue, log, settings }: JobTools, owner: Owner, now: Date): Promise<void> {
  const due = digestDue(owner, await lastDigest(db, owner.id), now, settings.digestTime)
  if (due === 'due') await enqueue('send-digest', { ownerId: owner.id })
  if (due !== 'late') return
  const localDate = DateTime.fromJSDate(now, { zone: owner.zone }).toISODate() ?? ''
  const { teamId, id: recipient } = owner
  const row = { id: newId(), teamId, recipient, kind: 'owner', localDate, state: 'late' } as const
  const skipped = await transaction(db, async (tx) => {
    const taken = await takeDigest(tx, { ...row, recommendationIds: [] })
    // Their App Home says so.
    if (taken) await markHomeStale(tx, [recipient])
    return taken
  })
  if (skipped) log.warn({ ownerId: recipient, localDate }, 'digest skipped: more than four hours late')
}

/** Local time has reached it today, within the last four hours. */
function isTime(time: string, zone: string, now: Date): boolean {
  const local = DateTime.fromJSDate(now, { zone })
  const passed = local.diff(timeOn(local, time)).toMillis()
  return passed >= 0 && passed <= LATEST_MS
}

function timeOn(local: DateTime, time: string): DateTime {
  const [hour = 0, minute = 0] = time.split(':').map(Number)
  return local.set({ hour, minute, second: 0, millisecond: 0 })
}
