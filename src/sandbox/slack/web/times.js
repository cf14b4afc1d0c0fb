/** Times as Slack shows them, in the reader's own zone (from their profile, as Slack does). */

const part = (seconds, zone, options) =>
  new Intl.DateTimeFormat('en-US', { timeZone: zone, ...options }).format(new Date(seconds * 1000))

export const clock = (seconds, zone) => part(seconds, zone, { hour: 'numeric', minute: '2-digit' })

const dayKey = (seconds, zone) =>
  new Intl.DateTimeFormat('en-CA', { timeZone: zone, dateStyle: 'short' }).format(new Date(seconds * 1000))

function ordinal(day) {
  if (day % 100 >= 11 && day % 100 <= 13) return `${day}th`
  return `${day}${{ 1: 'st', 2: 'nd', 3: 'rd' }[day % 10] ?? 'th'}`
}

/** "Today", "Yesterday", "Tomorrow", or null. */
function nearDay(seconds, zone) {
  const now = Date.now() / 1000
  const key = dayKey(seconds, zone)
  if (key === dayKey(now, zone)) return 'Today'
  if (key === dayKey(now - 86_400, zone)) return 'Yesterday'
  if (key === dayKey(now + 86_400, zone)) return 'Tomorrow'
  return null
}

/** The line between two days of a conversation. */
export function dayLabel(seconds, zone) {
  const near = nearDay(seconds, zone)
  if (near) return near
  const day = Number(part(seconds, zone, { day: 'numeric' }))
  return `${part(seconds, zone, { weekday: 'long' })}, ${part(seconds, zone, { month: 'long' })} ${ordinal(day)}`
}

export const sameDay = (a, b, zone) => dayKey(a, zone) === dayKey(b, zone)

/** "5 minutes ago", as under a thread. */
export function ago(seconds) {
  const past = Date.now() / 1000 - seconds
  const steps = [
    [31_536_000, 'year'],
    [2_592_000, 'month'],
    [86_400, 'day'],
    [3_600, 'hour'],
    [60, 'minute'],
  ]
  for (const [size, unit] of steps) {
    const count = Math.floor(Math.abs(past) / size)
    if (count >= 1) {
      const words = `${count} ${unit}${count === 1 ? '' : 's'}`
      return past >= 0 ? `${words} ago` : `in ${words}`
    }
  }
  return past >= 0 ? 'just now' : 'in a moment'
}

/** The format tokens of `<!date^…>`; null when the format holds none that is known. */
export function formatDate(seconds, format, zone) {
  const day = Number(part(seconds, zone, { day: 'numeric' }))
  const year = part(seconds, zone, { year: 'numeric' })
  const long = () =>
    `${part(seconds, zone, { weekday: 'long' })}, ${part(seconds, zone, { month: 'long' })} ${ordinal(day)}, ${year}`
  const tokens = {
    date_num: () => dayKey(seconds, zone),
    date_slash: () => part(seconds, zone, { month: '2-digit', day: '2-digit', year: 'numeric' }),
    date: () => `${part(seconds, zone, { month: 'long' })} ${ordinal(day)}, ${year}`,
    date_short: () => part(seconds, zone, { month: 'short', day: 'numeric', year: 'numeric' }),
    date_long: long,
    day_divider_pretty: () => dayLabel(seconds, zone),
    time: () => clock(seconds, zone),
    time_secs: () => part(seconds, zone, { hour: 'numeric', minute: '2-digit', second: '2-digit' }),
    ago: () => ago(seconds),
  }
  let known = false
  const text = format.replaceAll(/\{([a-z_]+)\}/g, (token, name) => {
    const pretty = name.endsWith('_pretty')
    const make = tokens[name] ?? tokens[pretty ? name.slice(0, -'_pretty'.length) : name]
    if (!make) return token
    known = true
    const near = pretty ? nearDay(seconds, zone) : null
    return near ? near.toLowerCase() : make()
  })
  return known ? text : null
}
