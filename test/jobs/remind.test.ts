import { describe, expect, test } from 'vitest'
import { isQuiet } from '../../src/jobs/remind.ts'
import { Preferences } from '../../src/model/owner.ts'

/** 2026-11-20 is a Friday; Paris is an hour ahead of UTC then. */
const at = (time: string) => new Date(`2026-11-${time}:00Z`)
const owner = (preferences: Partial<Preferences> = {}) => ({
  zone: 'Europe/Paris',
  preferences: Preferences.parse(preferences),
})

describe('nothing is sent unasked', () => {
  test.each([
    ['in working hours it is', owner(), '20T09:00', false],
    ['from the evening on', owner(), '20T18:00', true],
    ['in the night', owner(), '20T02:00', true],
    ['until the morning, and then it is', owner(), '20T04:30', false],
    ['on a Saturday', owner(), '21T09:00', true],
    ['on a Saturday that is a working day it is', owner({ digestDays: [6] }), '21T09:00', false],
    ['while paused', owner({ pausedUntil: '2026-11-20T12:00:00Z' }), '20T09:00', true],
    ['when the pause is over it is', owner({ pausedUntil: '2026-11-20T08:00:00Z' }), '20T09:00', false],
    ['in a siesta', owner({ quietFrom: '13:00', quietUntil: '15:00' }), '20T12:30', true],
    ['after it, it is', owner({ quietFrom: '13:00', quietUntil: '15:00' }), '20T14:00', false],
  ])('%s', (_, person, time, quiet) => {
    expect(isQuiet(person, at(time))).toBe(quiet)
  })
})
