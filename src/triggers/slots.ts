import { IANAZone } from 'luxon'

/**
 * When a schedule is due, as a pure function of the clock: whichever process asks, whenever it asks, and on whichever
 * side of a change of the clocks, one slot is one instant. Computed anew every minute, so a minute that nobody was up
 * for is not lost.
 */
export type Rhythm =
  /** By the world's clock, which never jumps: every so many minutes, so many minutes after the full one. */
  | { everyMinutes: number; after: number }
  /** By a local clock, `HH:MM`: once each day, whatever that clock does. */
  | { daily: string }

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

/** The newest slot that is not in the future. */
export function lastSlot(rhythm: Rhythm, zone: string, now: Date): Date {
  if ('daily' in rhythm) return lastDaily(rhythm.daily, zone, now)
  const [every, after] = [rhythm.everyMinutes * MINUTE, rhythm.after * MINUTE]
  return new Date(Math.floor((now.getTime() - after) / every) * every + after)
}

function lastDaily(time: string, zone: string, now: Date): Date {
  const clock = IANAZone.create(zone)
  const today = localMidnight(clock, now)
  // The local clock may stand as much as a day from where a jump takes it.
  const slots = [1, 0, -1].map((days) => slotOn(today + days * DAY, time, clock))
  const last = slots.find((slot) => slot <= now.getTime())
  if (last === undefined) throw new Error(`No ${time} in ${zone} before ${now.toISOString()}`)
  return new Date(last)
}

/** The local date of an instant, as the instant at which a clock that never jumps would begin it. */
function localMidnight(clock: IANAZone, at: Date): number {
  const local = at.getTime() + clock.offset(at.getTime()) * MINUTE
  return Math.floor(local / DAY) * DAY
}

/** Where the time comes twice, its first; where it is skipped, as long after the jump as it would have been. */
function slotOn(date: number, time: string, clock: IANAZone): number {
  const [hour = 0, minute = 0] = time.split(':').map(Number)
  const wanted = date + (hour * 60 + minute) * MINUTE
  const offsetBefore = clock.offset(wanted - DAY)
  const offsetAfter = clock.offset(wanted + DAY)
  const candidates = [offsetBefore, offsetAfter].map((offset) => wanted - offset * MINUTE)
  const met = candidates.filter((at) => at + clock.offset(at) * MINUTE === wanted)
  return met.length > 0 ? Math.min(...met) : wanted - offsetBefore * MINUTE
}

/** A local date as a key that does not depend on which midnight is meant: some days begin twice, or at one o'clock. */
export function dayKey(zone: string, now: Date): Date {
  return new Date(localMidnight(IANAZone.create(zone), now))
}
