import { DateTime } from 'luxon'
import { CALENDAR_WORDS, MONTHS, NUMBERS, WEEKDAYS } from './calendar-words.ts'
import {
  afterSpan,
  dayOf,
  endOfMonth,
  endOfQuarter,
  fridayOf,
  nextWithDay,
  slashed,
  weekdayAfter,
} from './days.ts'

/**
 * Until when, as a sentence says it, seen from the day it was written: always the last moment of a day in the owner's
 * zone. A day that was already past then is what happened, not what is due, and a date that can be read two ways
 * (5/6) is not read at all.
 */

type Found = {
  at: number
  length: number
  /** "By", "until", "bis", "d'ici" stand before it. */
  isDeadline: boolean
  day: DateTime
}

type Reading = { expression: RegExp; day(match: RegExpMatchArray, made: DateTime): DateTime | null }

const DEADLINE =
  / (?:by|until|till|before|latest|no later than|bis|bis zum|bis zur|bis spätestens|spätestens|vor|d ici|d ici le|d ici la|d ici à|avant|avant le|avant la|pour|pour le|au plus tard le|jusqu au)(?: (?:the|am|der|dem|le|la|next|this|end of))? $/u

/** @param from where the promise begins: a day before it is of something else, unless no other is named. */
export function dueIn(
  spacedWords: string,
  { madeAt, zone, from }: { madeAt: Date; zone: string; from: number },
): Date | null {
  const made = DateTime.fromJSDate(madeAt, { zone })
  const start = (made.isValid ? made : DateTime.fromJSDate(madeAt, { zone: 'UTC' })).startOf('day')
  if (!start.isValid) return null
  const found = READINGS.flatMap((reading) => daysRead(reading, spacedWords, start)).filter(
    ({ day }) => day.isValid && day >= start,
  )
  // Of readings that overlap the longest is meant: "end of next week", not "next week".
  const longest = found.filter(
    (one) =>
      !found.some(
        (other) =>
          other !== one &&
          other.at <= one.at &&
          other.at + other.length >= one.at + one.length &&
          other.length > one.length,
      ),
  )
  const [best] = longest.toSorted(
    (a, b) =>
      Number(b.isDeadline) - Number(a.isDeadline) ||
      Number(b.at >= from) - Number(a.at >= from) ||
      a.at - b.at,
  )
  return best ? best.day.endOf('day').toJSDate() : null
}

function daysRead({ expression, day }: Reading, text: string, made: DateTime): Found[] {
  const found: Found[] = []
  for (const match of text.matchAll(expression)) {
    const read = day(match, made)
    const isDeadline = DEADLINE.test(text.slice(Math.max(0, match.index - 24), match.index + 1))
    if (read) found.push({ at: match.index, length: match[0].length, isDeadline, day: read })
  }
  return found
}

const keysOf = (words: Readonly<Record<string, number>>) => Object.keys(words).join('|')
const reading = (source: string, day: Reading['day']): Reading => ({
  expression: new RegExp(` (?:${source})(?= )`, 'gu'),
  day,
})
const inDays = (source: string, days: number) => reading(source, (_, made) => made.plus({ days }))

const MONTH = keysOf(MONTHS)
const NUMBER = `\\p{N}{1,3}|${keysOf(NUMBERS)}`
const {
  today,
  tomorrow,
  dayAfter,
  thisWeek,
  nextWeek,
  endOfNextWeek,
  monthEnd,
  nextMonth,
  quarterEnd,
  nextQuarter,
  yearEnd,
} = CALENDAR_WORDS
const { end, weekUnit, dayUnit, hourUnit, monthUnit, within, workingDayUnit, next } = CALENDAR_WORDS

const READINGS: readonly Reading[] = [
  inDays(today, 0),
  inDays(tomorrow, 1),
  inDays(dayAfter, 2),
  reading(thisWeek, (_, made) => fridayOf(made, 0)),
  reading(`${nextWeek}|${endOfNextWeek}`, (_, made) => fridayOf(made, 1)),
  reading(monthEnd, (_, made) => made.endOf('month')),
  reading(nextMonth, (_, made) => made.plus({ months: 1 }).endOf('month')),
  reading(quarterEnd, (_, made) => made.endOf('quarter')),
  reading(nextQuarter, (_, made) => made.plus({ quarters: 1 }).endOf('quarter')),
  reading(yearEnd, (_, made) => made.endOf('year')),
  reading('(?:before|vor|avant) (?:christmas|xmas|weihnachten|noël)', (_, made) =>
    made.set({ month: 12, day: 24 }),
  ),
  reading(
    `(?:(?<next>${next}) )?(?<weekday>${keysOf(WEEKDAYS)})(?: (?<after>prochain))?`,
    ({ groups }, made) =>
      weekdayAfter(made, WEEKDAYS[groups?.weekday ?? ''] ?? 0, groups?.next !== undefined),
  ),
  reading(
    `(?:${within}) (?<count>${NUMBER}) (?:more )?(?<unit>${workingDayUnit}|${dayUnit}|${weekUnit}|${monthUnit}|${hourUnit})`,
    ({ groups }, made) => afterSpan(made, groups?.count ?? '', groups?.unit ?? ''),
  ),
  // Q3, 3. Quartal, T3, 3e trimestre
  reading(`(?:(?:${end}) )?(?:q|t) ?(?<quarter>[1-4])(?: (?<year>20\\p{N}{2}))?`, ({ groups }, made) =>
    endOfQuarter(made, Number(groups?.quarter), groups?.year),
  ),
  reading(
    '(?<quarter>[1-4])(?: ?(?:st|nd|rd|th|er|e|ème))? (?:quarter|quartals?|trimestre)(?: (?<year>20\\p{N}{2}))?',
    ({ groups }, made) => endOfQuarter(made, Number(groups?.quarter), groups?.year),
  ),
  // 5 May, 5th of May 2027, 1er mai, 5 Mai
  reading(
    `(?<day>\\p{N}{1,2}) ?(?:(?:st|nd|rd|th|er) )?(?:of )?(?<month>${MONTH})(?: (?<year>20\\p{N}{2}))?`,
    ({ groups }, made) => dayOf(made, groups?.year, MONTHS[groups?.month ?? ''], Number(groups?.day)),
  ),
  // May 5, May 5th 2027
  reading(
    `(?<month>${MONTH}) (?:the )?(?<day>\\p{N}{1,2})(?: ?(?:st|nd|rd|th))?(?: (?<year>20\\p{N}{2}))?`,
    ({ groups }, made) => dayOf(made, groups?.year, MONTHS[groups?.month ?? ''], Number(groups?.day)),
  ),
  // end of May, Ende Mai, fin mai, by May
  reading(
    `(?:${end}|by|until|in|bis|d ici|en) (?<month>${MONTH})(?! \\p{N})(?: (?<year>20\\p{N}{2}))?`,
    ({ groups }, made) => endOfMonth(made, MONTHS[groups?.month ?? ''] ?? 0, groups?.year),
  ),
  reading('(?<year>20\\p{N}{2})-(?<month>\\p{N}{1,2})-(?<day>\\p{N}{1,2})', ({ groups }, made) =>
    dayOf(made, groups?.year, Number(groups?.month), Number(groups?.day)),
  ),
  reading(
    '(?<day>\\p{N}{1,2})\\.(?<month>\\p{N}{1,2})(?:\\.(?<year>(?:20)?\\p{N}{2}))?',
    ({ groups }, made) => dayOf(made, groups?.year, Number(groups?.month), Number(groups?.day)),
  ),
  reading('(?<one>\\p{N}{1,2})/(?<other>\\p{N}{1,2})(?:/(?<year>(?:20)?\\p{N}{2}))?', ({ groups }, made) =>
    slashed(made, Number(groups?.one), Number(groups?.other), groups?.year),
  ),
  // by the 15th, bis zum 15., le 15
  reading(
    `(?:(?:by|until|before|on) the (?<en>\\p{N}{1,2}) ?(?:st|nd|rd|th)|(?:zum|am) (?<de>\\p{N}{1,2})|(?:d ici|avant|pour) le (?<fr>\\p{N}{1,2}))(?! (?:of|uhr|h|heures|${MONTH}))`,
    ({ groups }, made) => nextWithDay(made, Number(groups?.en ?? groups?.de ?? groups?.fr)),
  ),
]
