import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  addDays,
  addWorkingDays,
  dayBegan,
  dayInWords,
  daysBetween,
  daysFrom,
  localDate,
  meetingSlot,
  workingDay,
} from '../../src/recommendations/calendar.ts'

describe('days', () => {
  test('today is a different day in different zones', () => {
    const lateEvening = new Date('2026-11-20T23:30:00Z')

    expect(localDate(lateEvening, 'Europe/Paris')).toBe('2026-11-21')
    expect(localDate(lateEvening, 'America/New_York')).toBe('2026-11-20')
    expect(localDate(lateEvening, 'Mars/Olympus')).toBe('2026-11-20')
  })

  test('days between dates count calendar days, also over a change of clocks', () => {
    expect(daysFrom('2026-10-24', '2026-10-26')).toBe(2)
    expect(daysFrom('2026-11-20', '2026-11-01')).toBe(-19)
  })

  test('a date that no calendar has is null', () => {
    expect(['2026-02-30', '20261120', 'soon', ''].map((date) => daysFrom(date, '2026-11-20'))).toEqual([
      null,
      null,
      null,
      null,
    ])
  })

  test('a weekend moves to Monday, a weekday stays', () => {
    const week = Array.from({ length: 7 }, (_, index) => workingDay(addDays('2026-11-16', index)))

    expect(week).toEqual([
      '2026-11-16',
      '2026-11-17',
      '2026-11-18',
      '2026-11-19',
      '2026-11-20',
      '2026-11-23',
      '2026-11-23',
    ])
  })

  test('dates in words', () => {
    const paris = { now: new Date('2026-11-20T12:00:00Z'), zone: 'Europe/Paris' }

    expect(dayInWords('2026-01-05', paris)).toBe('5 Jan')
    expect(dayInWords('2026-09-05', paris)).toBe('5 Sep')
    expect(dayInWords('2025-11-23', paris)).toBe('23 Nov 2025')
    expect(dayInWords('soon', paris)).toBe('soon')
    expect(dayInWords(new Date('2026-11-20T23:30:00Z'), paris)).toBe('21 Nov')
    expect(dayInWords(new Date('2026-12-31T23:30:00Z'), paris)).toBe('1 Jan 2027')
  })

  test('instants are as many days apart as their dates in that zone, over any change of clocks', () => {
    const zones = fc.constantFrom('UTC', 'Europe/Paris', 'America/New_York', 'Asia/Kolkata', 'Pacific/Apia')
    const instants = fc
      .integer({ min: 0, max: 3 * 366 * 24 * 60 })
      .map((minutes) => new Date(Date.UTC(2025, 0, 1, 0, minutes)))
    fc.assert(
      fc.property(instants, instants, zones, (from, to, zone) => {
        const days = daysBetween(from, to, zone)

        expect(days).toBe(daysFrom(localDate(from, zone), localDate(to, zone)))
        // "At most so many days ago" is the same question, asked of an instant.
        if (days >= 0) {
          expect(dayBegan(days, { now: to, zone }) <= from).toBe(true)
          if (days > 0) expect(dayBegan(days - 1, { now: to, zone }) > from).toBe(true)
        }
      }),
    )
    expect(daysBetween(new Date('2026-11-19T22:00:00Z'), new Date('2026-11-20T05:00:00Z'), 'UTC')).toBe(1)
  })

  test('working days are counted without weekends', () => {
    expect([1, 2, 5].map((days) => addWorkingDays('2026-11-20', days))).toEqual([
      '2026-11-23',
      '2026-11-24',
      '2026-11-27',
    ])
    expect([0, 1].map((days) => addWorkingDays('2026-11-21', days))).toEqual(['2026-11-23', '2026-11-23'])
  })
})

describe('a meeting', () => {
  test.each([
    ['2026-11-24', '10:00', 'Europe/Paris', '2026-11-24T10:00:00+01:00', '2026-11-24T10:45:00+01:00'],
    ['2026-11-22', '10:00', 'Europe/Paris', '2026-11-23T10:00:00+01:00', '2026-11-23T10:45:00+01:00'],
    ['2020-01-01', '10:00', 'UTC', '2026-11-23T10:00:00+00:00', '2026-11-23T10:45:00+00:00'],
    ['2026-11-24', '06:00', 'Asia/Kolkata', '2026-11-24T09:00:00+05:30', '2026-11-24T09:45:00+05:30'],
    ['2026-11-24', '23:00', 'America/New_York', '2026-11-24T16:15:00-05:00', '2026-11-24T17:00:00-05:00'],
  ])('wished for %s at %s in %s', (date, time, zone, start, end) => {
    const now = new Date('2026-11-20T12:00:00Z')

    expect(meetingSlot({ date, time, minutes: 45 }, zone, now)).toEqual({ start, end })
  })

  test('is always to come, on a working day, inside working hours', () => {
    const wish = fc.record({
      date: fc.integer({ min: -400, max: 400 }).map((days) => addDays('2026-11-20', days)),
      time: fc
        .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
        .map(([hour, minute]) => [hour, minute].map((part) => String(part).padStart(2, '0')).join(':')),
      minutes: fc.integer({ min: 15, max: 240 }),
    })
    const zones = fc.constantFrom(
      'UTC',
      'Europe/Paris',
      'America/New_York',
      'Pacific/Kiritimati',
      'Asia/Kolkata',
    )
    const nows = fc.integer({ min: 0, max: 400 * 24 }).map((hours) => new Date(Date.UTC(2026, 0, 1, hours)))
    fc.assert(
      fc.property(wish, zones, nows, (of, zone, now) => {
        const { start, end } = meetingSlot(of, zone, now)

        expect(Date.parse(start)).toBeGreaterThan(now.getTime())
        expect(Date.parse(end) - Date.parse(start)).toBe(of.minutes * 60_000)
        expect(start.slice(11, 16) >= '09:00' && end.slice(11, 16) <= '17:00').toBe(true)
        expect([6, 0]).not.toContain(new Date(`${start.slice(0, 10)}T00:00:00Z`).getUTCDay())
        expect(start).toMatch(/[+-]\d{2}:\d{2}$/)
      }),
    )
  })
})
