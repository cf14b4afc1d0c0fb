import fc from 'fast-check'
import { DateTime } from 'luxon'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Preferences } from '../../src/model/owner.ts'
import type { Db } from '../../src/store/db.ts'
import { slotHandedOver, takeForgottenSlots, takeSlot } from '../../src/store/schedule-runs.ts'
import { digestDue } from '../../src/triggers/schedule.ts'
import { openDatabase } from '../database.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** Zones whose clocks jump at night, at midnight, by half an hour, and never. */
const ZONES = [
  'Europe/Paris',
  'America/New_York',
  'America/Santiago',
  'Africa/Cairo',
  'Australia/Lord_Howe',
  'Asia/Kolkata',
  'Pacific/Apia',
  'UTC',
]

const COMPANY_TIME = '06:00'
const everyDay = [1, 2, 3, 4, 5, 6, 7]
const owner = (zone: string, more: Partial<Preferences> = {}) => ({
  zone,
  preferences: Preferences.parse({ digestDays: everyDay, ...more }),
})
const local = (instant: Date, zone: string) => DateTime.fromJSDate(instant, { zone })

/** The digests that a clock ticking every so many minutes leads to. */
function digests(
  who: ReturnType<typeof owner>,
  from: Date,
  { days, everyMinutes }: { days: number; everyMinutes: number },
): Date[] {
  const sent: Date[] = []
  let last: { localDate: string; at: Date } | null = null
  for (let at = from.getTime(); at < from.getTime() + days * 24 * HOUR; at += everyMinutes * MINUTE) {
    const now = new Date(at)
    const due = digestDue(who, last, now, COMPANY_TIME)
    if (due === 'due') sent.push(now)
    if (due === 'due' || due === 'late') last = { localDate: local(now, who.zone).toISODate() ?? '', at: now }
  }
  return sent
}

describe('an owner’s digest', () => {
  const time = fc
    .tuple(fc.integer({ min: 0, max: 23 }), fc.constantFrom(0, 15, 30, 45))
    .map(([hour, minute]) => `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`)

  test('comes once on each local day, at its time, whatever the clocks do', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ZONES),
        time,
        fc.integer({ min: 0, max: 360 }),
        (zone, digestTime, startDay) => {
          const from = local(new Date(Date.UTC(2026, 0, 1)), zone)
            .plus({ days: startDay })
            .startOf('day')
            .toJSDate()
          const sent = digests(owner(zone, { digestTime }), from, { days: 21, everyMinutes: 15 })

          const dates = sent.map((at) => local(at, zone).toISODate())
          expect(new Set(dates).size).toBe(dates.length)
          // The first and last of the days may be cut by where the run begins and ends.
          expect(sent.length).toBeGreaterThanOrEqual(20)
          for (const at of sent) {
            const [hour = 0, minute = 0] = digestTime.split(':').map(Number)
            const clock = local(at, zone)
            const late = (clock.hour - hour) * 60 + clock.minute - minute
            // A time that a jump skipped, or that follows one, is met within the hour.
            expect(Math.abs(late)).toBeLessThanOrEqual(60)
          }
        },
      ),
      { numRuns: 100 },
    )
  })

  test('is never sent twice within eighteen hours, however someone moves', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(...ZONES), time), { minLength: 2, maxLength: 30 }),
        (moves) => {
          let last: { localDate: string; at: Date } | null = null
          let now = Date.UTC(2026, 2, 20)
          for (const [zone, digestTime] of moves) {
            for (let tick = 0; tick < 20; tick += 1, now += 20 * MINUTE) {
              const at = new Date(now)
              if (digestDue(owner(zone, { digestTime }), last, at, COMPANY_TIME) !== 'due') continue
              if (last) expect(at.getTime() - last.at.getTime()).toBeGreaterThanOrEqual(18 * HOUR)
              last = { localDate: local(at, zone).toISODate() ?? '', at }
            }
          }
        },
      ),
    )
  })

  test('is sent up to four hours late, and then no more', () => {
    const who = owner('UTC', { digestTime: '06:00' })

    expect(digestDue(who, null, new Date('2026-11-20T05:59:00Z'), COMPANY_TIME)).toBe('not yet')
    expect(digestDue(who, null, new Date('2026-11-20T06:00:00Z'), COMPANY_TIME)).toBe('due')
    expect(digestDue(who, null, new Date('2026-11-20T10:00:00Z'), COMPANY_TIME)).toBe('due')
    expect(digestDue(who, null, new Date('2026-11-20T10:01:00Z'), COMPANY_TIME)).toBe('late')
  })

  test('keeps off on days off and while paused', () => {
    const friday = new Date('2026-11-20T06:00:00Z')

    expect(digestDue(owner('UTC', { digestDays: [1, 2] }), null, friday, COMPANY_TIME)).toBe('day off')
    expect(digestDue(owner('UTC', { pausedUntil: '2026-11-21T00:00:00Z' }), null, friday, COMPANY_TIME)).toBe(
      'paused',
    )
    expect(digestDue(owner('UTC', { pausedUntil: '2026-11-20T05:00:00Z' }), null, friday, COMPANY_TIME)).toBe(
      'due',
    )
  })
})

describe('a slot of a schedule', () => {
  let db: Db
  let close: () => Promise<void>
  beforeAll(async () => {
    ;({ db, close } = await openDatabase())
  })
  afterAll(() => close())

  test('has one winner, however many replicas tick', async () => {
    const slot = new Date('2026-11-20T06:00:00Z')

    const won = await Promise.all(Array.from({ length: 12 }, () => takeSlot(db, 'delta-sync', slot)))

    expect(won.filter(Boolean)).toHaveLength(1)
    expect(await takeSlot(db, 'delta-sync', new Date('2026-11-20T06:10:00Z'))).toBe(true)
    expect(await takeSlot(db, 'full-sync', slot)).toBe(true)
  })

  test('whose winner died before handing over is found again, and one handed over is not', async () => {
    await db.execute("update schedule_runs set started_at = started_at - interval '1 minute'")
    await slotHandedOver(db, 'full-sync', new Date('2026-11-20T06:00:00Z'))

    const taken = (await Promise.all([takeForgottenSlots(db), takeForgottenSlots(db)])).flat()

    expect(taken.map(({ schedule, slot }) => [schedule, slot.toISOString()]).toSorted()).toEqual([
      ['delta-sync', '2026-11-20T06:00:00.000Z'],
      ['delta-sync', '2026-11-20T06:10:00.000Z'],
    ])
  })
})
