import { z } from 'zod'

/**
 * One field of a CRM record, read as what it should be. What is empty is null; what is there and cannot be
 * understood is null too, and is told to `problem`. Nothing is guessed, least of all "now".
 */
export type Problem = (sentence: string) => void
export type FieldReader = {
  text(name: string): string | null
  number(name: string): number | null
  /** A calendar day, `YYYY-MM-DD`. */
  date(name: string): string | null
  instant(name: string): Date | null
  lookup(name: string): { id: string; module: string | null } | null
}

const Lookup = z.object({
  id: z.string(),
  module: z.object({ api_name: z.string() }).nullish().catch(null),
})
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/

/**
 * @param apis our name of a field → its API name, null while unmapped
 * @param subject the record in words, for problems
 */
export function fieldReader(
  record: Record<string, unknown>,
  {
    apis,
    subject,
    problem,
  }: {
    apis: Readonly<Record<string, { api: string | null }>>
    subject: string
    problem: Problem
  },
): FieldReader {
  function value(name: string): unknown {
    const api = apis[name]?.api
    const found = api ? record[api] : null
    return found === undefined || found === '' ? null : found
  }

  function unreadable(name: string, why: string): null {
    problem(`${subject}: ${apis[name]?.api ?? name} ${why}`)
    return null
  }

  return {
    text(name) {
      const found = value(name)
      if (found === null) return null
      if (typeof found === 'string') return found
      if (typeof found === 'number' || typeof found === 'boolean') return String(found)
      return unreadable(name, 'is no text')
    },
    number(name) {
      const found = value(name)
      if (found === null) return null
      const number = typeof found === 'string' ? Number(found) : found
      if (typeof number === 'number' && Number.isFinite(number)) return number
      return unreadable(name, 'is no number')
    },
    date(name) {
      const found = value(name)
      if (found === null) return null
      const day = typeof found === 'string' ? found.slice(0, 10) : ''
      return isDay(day) ? day : unreadable(name, 'is no date')
    },
    instant(name) {
      const found = value(name)
      if (found === null) return null
      if (typeof found !== 'string') return unreadable(name, 'is no time')
      const instant = new Date(found)
      if (Number.isNaN(instant.getTime())) return unreadable(name, 'is no time')
      return INSTANT.test(found) ? instant : unreadable(name, 'has no time zone, so its moment is unknown')
    },
    lookup(name) {
      const found = value(name)
      if (found === null) return null
      const lookup = Lookup.safeParse(found)
      if (!lookup.success) return unreadable(name, 'leads to no record')
      return { id: lookup.data.id, module: lookup.data.module?.api_name ?? null }
    },
  }
}

function isDay(text: string): boolean {
  const day = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text)
}
