import { DateTime } from 'luxon'
import type { Mrkdwn } from './mrkdwn.ts'

/** Times and dates as people read them. */

// Of Slack's own formats this one alone names the weekday and leaves out a year that is this year's.
const DATE_FORMATS = {
  time: { slack: '{time}', luxon: 'HH:mm' },
  dayTime: { slack: '{day_divider_pretty} at {time}', luxon: "ccc d LLL 'at' HH:mm" },
} as const
export type DateFormat = keyof typeof DATE_FORMATS

/** An instant as each reader's own Slack shows it; where Slack cannot, as it reads in `zone`. */
export function date(instant: Date, format: DateFormat, zone: string): Mrkdwn {
  const { slack } = DATE_FORMATS[format]
  return {
    mrkdwn: `<!date^${Math.floor(instant.getTime() / 1000)}^${slack}|${moment(instant, format, zone)}>`,
  }
}

/** The same for places that take plain text only, e.g. `Fri 20 Nov at 09:14`. */
export function moment(instant: Date, format: DateFormat, zone: string): string {
  return inZone(instant, zone).toFormat(DATE_FORMATS[format].luxon)
}

/** `Fri 20 Nov`. */
export function weekday(instant: Date, zone: string): string {
  return inZone(instant, zone).toFormat('ccc d LLL')
}

/** `YYYY-MM-DD` in that zone. */
export function localDate(instant: Date, zone: string): string {
  return inZone(instant, zone).toFormat('yyyy-MM-dd')
}

/** A zone we do not know counts as UTC: a wrong setting must not cost the message. */
function inZone(instant: Date, zone: string): DateTime {
  const local = DateTime.fromJSDate(instant, { zone })
  return (local.isValid ? local : DateTime.fromJSDate(instant, { zone: 'utc' })).setLocale('en')
}

/** A date or an instant, ISO 8601, as a calendar day: `23 Nov`, with the year when it is not this year's. */
export function calendarDay(iso: string, now: Date, zone: string): string {
  const day = dayOf(iso, zone)
  if (day === null) return iso
  return day.toFormat(day.year === inZone(now, zone).year ? 'd LLL' : 'd LLL yyyy')
}

/** `23 Nov (in 3 days)`; null when it is no date. */
export function dayAndDistance(iso: string, now: Date, zone: string): string | null {
  const distance = daysFrom(iso, now, zone)
  return distance === null ? null : `${calendarDay(iso, now, zone)} (${distance})`
}

/** `today`, `yesterday`, `19 days ago`, `in 3 days`: whole calendar days; null when it is no date. */
export function daysFrom(iso: string, now: Date, zone: string): string | null {
  const day = dayOf(iso, zone)
  if (day === null) return null
  const today = DateTime.fromISO(localDate(now, zone), { zone: 'utc' })
  const days = Math.round(day.diff(today, 'days').days)
  if (Math.abs(days) <= 1)
    return { '-1': 'yesterday', '0': 'today', '1': 'tomorrow' }[String(days)] ?? 'today'
  return days < 0 ? `${-days} days ago` : `in ${days} days`
}

/** `20 s`, `45 min`, `72 h`: the largest unit that does not round a length of time away. */
export function duration(ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1000))
  if (seconds < 60) return `${seconds} s`
  return seconds < 3_600 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3_600)} h`
}

/** `Los Angeles time`, `UTC`: a zone as people call it. */
export function zoneInWords(zone: string): string {
  const place = zone.split('/').at(-1) ?? zone
  return place === zone ? zone : `${place.replaceAll('_', ' ')} time`
}

/** `just now`, `12 min ago`, `3 h ago`, `2 days ago`. */
export function elapsed(since: Date, now: Date): string {
  const minutes = Math.max(0, Math.floor((now.getTime() - since.getTime()) / 60_000))
  if (minutes < 1) return 'just now'
  if (minutes < 60) return `${minutes} min ago`
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h ago`
  return `${Math.floor(minutes / 1440)} days ago`
}

// A bare date is the same day everywhere; an instant is the day it is in the reader's zone.
function dayOf(iso: string, zone: string): DateTime | null {
  const isBareDate = /^\d{4}-\d{2}-\d{2}$/.test(iso)
  const parsed = DateTime.fromISO(iso, { zone: 'utc', setZone: false, locale: 'en' })
  if (!parsed.isValid) return null
  const day = isBareDate ? iso : localDate(parsed.toJSDate(), zone)
  return DateTime.fromISO(day, { zone: 'utc', locale: 'en' })
}
