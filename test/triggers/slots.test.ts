import fc from 'fast-check'
import { DateTime } from 'luxon'
import { describe, expect, test } from 'vitest'
import { FIXED } from '../../src/triggers/schedule.ts'
import { dayKey, lastSlot, type Rhythm } from '../../src/triggers/slots.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Clocks that jump at night, at midnight, by half an hour, in a leap over a day, and never; on both hemispheres. */
const ZONES = [
  'Europe/Paris',
  'America/New_York',
  'America/St_Johns',
  'America/Santiago',
  'America/Havana',
  'Atlantic/Azores',
  'Africa/Cairo',
  'Africa/Casablanca',
  'Asia/Beirut',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Pacific/Chatham',
  'Pacific/Apia',
  'UTC',
]
const TIMES = ['00:15', '01:45', '02:00', '02:30', '23:45']

/** The slots that a clock finds which looks every so many minutes. */
function slotsSeen(rhythm: Rhythm, zone: string, from: number, days: number, everyMinutes: number): number[] {
  const seen = new Set<number>()
  for (let at = from; at < from + days * DAY; at += everyMinutes * MINUTE)
    seen.add(lastSlot(rhythm, zone, new Date(at)).getTime())
  return [...seen].filter((slot) => slot >= from).toSorted((a, b) => a - b)
}

describe('a daily slot', () => {
  // A year of 15 zones and 5 times: some 27,000 slots.
  test.each(ZONES)(
    'in %s comes once on each local day, at its time or just after the jump that skipped it',
    (zone) => {
      for (const time of TIMES) {
        const from = Date.UTC(2025, 11, 31, 12)
        const slots = slotsSeen({ daily: time }, zone, from, 365, 720)

        const dates = slots.map((slot) => DateTime.fromMillis(slot, { zone }).toISODate())
        expect(new Set(dates).size).toBe(dates.length)
        expect(slots.length).toBeGreaterThanOrEqual(364)
        for (const slot of slots) {
          const local = DateTime.fromMillis(slot, { zone })
          const [hour = 0, minute = 0] = time.split(':').map(Number)
          const late = (local.hour - hour) * 60 + local.minute - minute
          const before = DateTime.fromMillis(slot - DAY, { zone }).offset
          const skipped = local.offset - before
          expect(late === 0 || (skipped > 0 && late === skipped)).toBe(true)
        }
      }
    },
  )

  test('is the same instant whenever it is asked for, and by whichever process', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ZONES),
        fc.constantFrom(...TIMES),
        fc.date({ min: new Date('2020-01-01'), max: new Date('2035-01-01'), noInvalidDate: true }),
        fc.integer({ min: 0, max: DAY - 1 }),
        (zone, time, now, laterMs) => {
          const slot = lastSlot({ daily: time }, zone, now)
          const later = lastSlot({ daily: time }, zone, new Date(now.getTime() + laterMs))

          expect(slot.getTime()).toBeLessThanOrEqual(now.getTime())
          // Never more than a day and a jump old, so none was passed over.
          expect(now.getTime() - slot.getTime()).toBeLessThanOrEqual(DAY + HOUR)
          // Asked again, it is that one or the next, and the next is most of a day away.
          const apart = later.getTime() - slot.getTime()
          expect(apart === 0 || apart >= DAY - HOUR).toBe(true)
        },
      ),
      { numRuns: 3_000 },
    )
  })

  test.each([
    // The night in which 02:00 does not exist, and the one in which 02:30 comes twice.
    ['Europe/Paris', '02:00', '2026-03-29T12:00:00Z', '2026-03-29T01:00:00.000Z'],
    ['Europe/Paris', '02:30', '2026-03-29T12:00:00Z', '2026-03-29T01:30:00.000Z'],
    ['Europe/Paris', '02:30', '2026-10-25T00:45:00Z', '2026-10-25T00:30:00.000Z'],
    ['Europe/Paris', '02:30', '2026-10-25T12:00:00Z', '2026-10-25T00:30:00.000Z'],
    ['Australia/Lord_Howe', '02:00', '2026-10-04T02:00:00Z', '2026-10-03T15:30:00.000Z'],
    ['Australia/Lord_Howe', '01:45', '2026-04-05T02:00:00Z', '2026-04-04T14:45:00.000Z'],
  ])('in %s at %s, seen from %s, was %s', (zone, time, now, slot) => {
    expect(lastSlot({ daily: time }, zone, new Date(now)).toISOString()).toBe(slot)
  })
})

test('what comes every few minutes comes through every change of the clocks without a gap', () => {
  for (const rhythm of Object.values(FIXED).map((entry) => entry.rhythm)) {
    if (!('everyMinutes' in rhythm)) continue
    for (const zone of ZONES) {
      const slots = slotsSeen(rhythm, zone, Date.UTC(2026, 9, 24), 3, 1)
      const gaps = slots.slice(1).map((slot, index) => slot - (slots[index] ?? 0))

      expect(new Set(gaps)).toEqual(new Set([rhythm.everyMinutes * MINUTE]))
    }
  }
})

test('a local day has one key, also one that begins twice or without a midnight', () => {
  for (const zone of ZONES) {
    const keys = new Map<string, Set<number>>()
    for (let at = Date.UTC(2026, 0, 1, 0, 30); at < Date.UTC(2027, 0, 1); at += HOUR) {
      const date = DateTime.fromMillis(at, { zone }).toISODate() ?? ''
      const known = keys.get(date) ?? new Set()
      keys.set(date, known.add(dayKey(zone, new Date(at)).getTime()))
    }
    for (const [date, ofDay] of keys) expect([date, ofDay.size]).toEqual([date, 1])
  }
})
