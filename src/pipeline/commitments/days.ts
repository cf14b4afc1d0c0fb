import { DateTime } from 'luxon'
import { CALENDAR_WORDS, NUMBERS } from './calendar-words.ts'

/** Days as a sentence counts them, from the beginning of the day on which it was written. */

const { dayUnit, weekUnit, monthUnit, workingDayUnit } = CALENDAR_WORDS

/** Friday, as offices speak of a week; on a weekend it is that of the week to come. */
export function fridayOf(made: DateTime, weeks: number): DateTime {
  const monday = made.startOf('week').plus({ weeks: weeks + (weeks === 0 && made.weekday > 5 ? 1 : 0) })
  return monday.plus({ days: 4 })
}

/** Said on a Friday, "Friday" is in a week: too late is noticed too late rather than wrongly. */
export function weekdayAfter(made: DateTime, weekday: number, isNext: boolean): DateTime {
  const ahead = (weekday - made.weekday + 7) % 7 || 7
  const day = made.plus({ days: ahead })
  // "Next Friday" on a Monday is not the one in four days.
  return isNext && day.weekNumber === made.weekNumber ? day.plus({ weeks: 1 }) : day
}

export function afterSpan(made: DateTime, count: string, unit: string): DateTime | null {
  const number = NUMBERS[count] ?? Number(count)
  if (!Number.isInteger(number) || number > 400) return null
  const is = (units: string) => new RegExp(`^(?:${units})$`, 'u').test(unit)
  if (is(workingDayUnit)) return workingDaysAfter(made, number)
  if (is(dayUnit)) return made.plus({ days: number })
  if (is(weekUnit)) return made.plus({ weeks: number })
  if (is(monthUnit)) return made.plus({ months: number })
  return made.plus({ days: Math.max(1, Math.ceil(number / 24)) })
}

function workingDaysAfter(made: DateTime, count: number): DateTime {
  let day = made
  for (let left = count; left > 0; ) {
    day = day.plus({ days: 1 })
    if (day.weekday < 6) left--
  }
  return day
}

/** A day without a year that passed this lately was meant to be past. */
const LATELY_DAYS = 90

/** In its year; without one in the year it comes next. Null for a day that does not exist or that had just been. */
export function dayOf(
  made: DateTime,
  year: string | undefined,
  month: number | undefined,
  day: number,
): DateTime | null {
  const at = (of: number) => DateTime.fromObject({ year: of, month: month ?? 0, day }, { zone: made.zone })
  if (year !== undefined) return at(Number(year) < 100 ? 2000 + Number(year) : Number(year))
  return upcoming(made, at(made.year), at(made.year + 1))
}

function upcoming(made: DateTime, thisYear: DateTime, nextYear: DateTime): DateTime | null {
  if (thisYear.isValid && thisYear >= made) return thisYear
  if (thisYear.isValid && made.diff(thisYear, 'days').days <= LATELY_DAYS) return null
  return nextYear
}

export function endOfMonth(made: DateTime, month: number, year: string | undefined): DateTime | null {
  const at = (of: number) =>
    DateTime.fromObject({ year: of, month, day: 1 }, { zone: made.zone }).endOf('month')
  return year === undefined ? upcoming(made, at(made.year), at(made.year + 1)) : at(Number(year))
}

export function endOfQuarter(made: DateTime, quarter: number, year: string | undefined): DateTime | null {
  return endOfMonth(made, quarter * 3, year)
}

/** Day and month in either order, where only one order is a date. */
export function slashed(
  made: DateTime,
  one: number,
  other: number,
  year: string | undefined,
): DateTime | null {
  if (one === other || other > 12) return dayOf(made, year, one, other)
  return one > 12 ? dayOf(made, year, other, one) : null
}

export function nextWithDay(made: DateTime, day: number): DateTime | null {
  if (day < 1 || day > 31) return null
  for (let months = 0; months <= 2; months++) {
    const month = made.startOf('month').plus({ months })
    const at = month.set({ day })
    if (at.month === month.month && at >= made) return at
  }
  return null
}
