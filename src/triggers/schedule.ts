import { DateTime } from 'luxon'
import { schedule as every } from 'node-cron'
import { ownerById } from '../access/identity.ts'
import type { JobName, JobPayload } from '../jobs/catalog.ts'
import { remind } from '../jobs/remind.ts'
import { SWEEP_EVERY_MS, sweep } from '../jobs/sweep.ts'
import type { JobTools } from '../jobs/tools.ts'
import type { Owner } from '../model/owner.ts'
import { newId } from '../store/clock.ts'
import { transaction } from '../store/db.ts'
import { lastDigest, takeDigest } from '../store/digests.ts'
import { forgetInbox } from '../store/inbox.ts'
import { digestRecipients } from '../store/portfolio.ts'
import { forgetStages } from '../store/reviews.ts'
import { forgetSlots, forgottenSlots, slotHandedOver, takeSlot } from '../store/schedule-runs.ts'
import { setting } from '../store/settings.ts'

/**
 * What happens by the clock. Every replica ticks; the row of a slot lets one of them hand over its job. A slot
 * that nobody was up for is not made up, except the digest within four hours of its time.
 */

type Handover = { [Name in JobName]: { job: Name; payload: JobPayload<Name> } }[JobName]

const FIXED: Record<string, { cron: string } & Handover> = {
  'delta-sync': { cron: '*/10 * * * *', job: 'sync-crm', payload: { mode: 'delta' } },
  'deleted-sync': { cron: '7 * * * *', job: 'sync-crm', payload: { mode: 'deleted' } },
  'full-sync': { cron: '0 2 * * *', job: 'sync-crm', payload: { mode: 'full' } },
  people: { cron: '30 1 * * *', job: 'sync-crm', payload: { mode: 'people' } },
  'watch-channel': { cron: '15 */6 * * *', job: 'sync-crm', payload: { mode: 'watch' } },
}

export type Schedules = { stop(): Promise<void> }

export function startSchedules(tools: JobTools): Schedules {
  const { log } = tools
  const underWay = new Set<Promise<void>>()
  const run = (what: string, work: () => Promise<void>) => {
    // A tick has no caller to fail to: the log is told, and the next tick tries again.
    const tracked = work()
      .catch((error: unknown) => log.error({ err: error, what }, 'scheduled work failed'))
      .finally(() => underWay.delete(tracked))
    underWay.add(tracked)
  }
  const tasks = [
    ...Object.entries(FIXED).map(([name, entry]) =>
      every(entry.cron, ({ date }) => run(name, () => handOver(tools, name, minuteOf(date), entry)), {
        timezone: tools.settings.zone,
        name,
      }),
    ),
    every('* * * * *', ({ date }) => run('minute', () => everyMinute(tools, minuteOf(date))), {
      name: 'minute',
    }),
    every('40 3 * * *', () => run('housekeeping', () => housekeeping(tools)), { name: 'housekeeping' }),
  ]
  let sweeping = false
  const sweeper = setInterval(() => {
    if (sweeping) return
    sweeping = true
    run('sweep', async () => {
      try {
        await sweep(tools)
      } finally {
        sweeping = false
      }
    })
  }, SWEEP_EVERY_MS)

  return {
    async stop() {
      clearInterval(sweeper)
      await Promise.all(tasks.map((task) => task.destroy()))
      await Promise.all(underWay)
    },
  }
}

function minuteOf(date: Date): Date {
  return new Date(Math.floor(date.getTime() / 60_000) * 60_000)
}

async function handOver(
  tools: JobTools,
  schedule: string,
  slot: Date,
  { job, payload }: Handover,
): Promise<void> {
  if (!(await takeSlot(tools.db, schedule, slot))) return
  await tools.enqueue(job, payload)
  await slotHandedOver(tools.db, schedule, slot)
}

/** What depends on each person's own clock: asked every minute, answered once per person and day. */
export async function everyMinute(tools: JobTools, now: Date): Promise<void> {
  const pausedUntil = await setting(tools.db, 'paused_until')
  for (const { schedule, slot } of await forgottenSlots(tools.db)) {
    const entry = FIXED[schedule]
    if (entry) await tools.enqueue(entry.job, entry.payload)
    await slotHandedOver(tools.db, schedule, slot)
  }
  if (pausedUntil && new Date(pausedUntil) > now) return
  await remind(tools, now)
  const owners = await recipients(tools)
  await reviewWhereItIsTime(tools, owners, now)
  for (const owner of owners) await digestIfDue(tools, owner, now)
  if (isDueAt({ digestTime: tools.settings.digestTime, zone: tools.settings.zone }, now)) {
    await handOver(tools, 'team-digest', startOfDay(now, tools.settings.zone), {
      job: 'send-team-digest',
      payload: {},
    })
  }
}

async function recipients({ db }: JobTools): Promise<Owner[]> {
  const people = await Promise.all((await digestRecipients(db)).map((id) => ownerById(db, id)))
  return people.filter((owner) => owner !== null)
}

/** Owners of one zone are reviewed together, on the first minute at or after the hour. */
async function reviewWhereItIsTime(tools: JobTools, owners: readonly Owner[], now: Date): Promise<void> {
  for (const zone of new Set(owners.map((owner) => owner.zone))) {
    if (!isDueAt({ digestTime: tools.settings.reviewTime, zone }, now)) continue
    const ownerIds = owners.flatMap((owner) => (owner.zone === zone ? owner.id : [])).sort()
    await handOver(tools, `review:${zone}`, startOfDay(now, zone), {
      job: 'review-portfolio',
      payload: { ownerIds },
    })
  }
}

const HOUR = 3_600_000
/** A digest this late is no longer a morning's digest. */
export const LATEST_MS = 4 * HOUR
/** A change of zone or time must not bring two mornings into one. */
const APART_MS = 18 * HOUR

export type DigestDue = 'due' | 'late' | 'not yet' | 'had today' | 'paused' | 'day off'

/** Whether an owner's digest is due now. Pure, so that a year of clocks can be tried. */
export function digestDue(
  { zone, preferences }: Pick<Owner, 'zone' | 'preferences'>,
  last: { localDate: string; at: Date } | null,
  now: Date,
): DigestDue {
  const local = DateTime.fromJSDate(now, { zone })
  const { digestTime, digestDays, pausedUntil } = preferences
  if (pausedUntil && new Date(pausedUntil) > now) return 'paused'
  if (!digestDays.includes(local.weekday)) return 'day off'
  if (last?.localDate === local.toISODate() || (last && now.getTime() - last.at.getTime() < APART_MS))
    return 'had today'
  const due = timeOn(local, digestTime)
  if (local < due) return 'not yet'
  return local.diff(due).toMillis() > LATEST_MS ? 'late' : 'due'
}

async function digestIfDue(tools: JobTools, owner: Owner, now: Date): Promise<void> {
  const due = digestDue(owner, await lastDigest(tools.db, owner.id), now)
  if (due === 'due') return tools.enqueue('send-digest', { ownerId: owner.id })
  if (due !== 'late') return
  const localDate = DateTime.fromJSDate(now, { zone: owner.zone }).toISODate() ?? ''
  const { teamId, id: recipient } = owner
  const skipped = await transaction(tools.db, (tx) =>
    takeDigest(tx, {
      id: newId(),
      teamId,
      recipient,
      kind: 'owner',
      localDate,
      state: 'late',
      recommendationIds: [],
    }),
  )
  if (skipped) tools.log.warn({ ownerId: owner.id, localDate }, 'digest skipped: more than four hours late')
}

/** Local time has reached it today, within the last four hours. */
function isDueAt({ digestTime, zone }: { digestTime: string; zone: string }, now: Date): boolean {
  const local = DateTime.fromJSDate(now, { zone })
  const passed = local.diff(timeOn(local, digestTime)).toMillis()
  return passed >= 0 && passed <= LATEST_MS
}

function timeOn(local: DateTime, time: string): DateTime {
  const [hour = 0, minute = 0] = time.split(':').map(Number)
  return local.set({ hour, minute, second: 0, millisecond: 0 })
}

function startOfDay(now: Date, zone: string): Date {
  return DateTime.fromJSDate(now, { zone }).startOf('day').toJSDate()
}

async function housekeeping({ db }: JobTools): Promise<void> {
  await forgetInbox(db)
  await forgetStages(db)
  await forgetSlots(db)
}
