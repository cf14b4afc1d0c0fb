import { createHash } from 'node:crypto'
import { z } from 'zod'

/**
 * One CRM write, as data. The card, the stored row, the button and the request are all made from this value;
 * its hash is what a person approves. It refuses nothing itself: compliance and the schema do.
 */

/** A lookup is `{ id }`, with a name only so that a person can read it. */
export const FieldValue = z.union([
  z.string(),
  z.number(),
  z.boolean(),
  z.null(),
  z.strictObject({ id: z.string(), name: z.string().optional() }),
])
export type FieldValue = z.infer<typeof FieldValue>

/** Zoho API name → value. */
export const Fields = z.record(z.string(), FieldValue)
export type Fields = z.infer<typeof Fields>

const Id = z.string().regex(/^\d{5,25}$/)

export const CrmChange = z.discriminatedUnion('action', [
  z.strictObject({
    action: z.literal('update'),
    module: z.enum(['Accounts', 'Deals']),
    recordId: Id,
    recordName: z.string(),
    fields: Fields,
    /** The touched fields as they were when this was proposed. */
    before: Fields,
  }),
  z.strictObject({
    action: z.literal('create'),
    module: z.enum(['Tasks', 'Events', 'Notes']),
    parent: z.strictObject({ module: z.enum(['Accounts', 'Deals']), id: Id, name: z.string() }),
    fields: Fields,
  }),
  z.strictObject({
    action: z.literal('remove'),
    module: z.enum(['Tasks', 'Events', 'Notes']),
    recordId: Id,
    recordName: z.string(),
    /** The operation that created it: only what we made is ever removed. */
    createdBy: z.string(),
    /** The record's time right after we made it: whatever happened to it later is a person's. */
    unmodifiedSince: z.string(),
    before: Fields,
  }),
])
export type CrmChange = z.infer<typeof CrmChange>

export type FieldDifference = { field: string; from: FieldValue; to: FieldValue }

/** What a person sees: one line per touched field. A creation has no `from`. */
export function differences(change: CrmChange): FieldDifference[] {
  if (change.action === 'remove') {
    return Object.entries(change.before).map(([field, from]) => ({ field, from, to: null }))
  }
  const before = change.action === 'update' ? change.before : {}
  return Object.entries(change.fields).map(([field, to]) => ({ field, from: before[field] ?? null, to }))
}

/** The existing record a change touches; null for a creation. */
export function targetId(change: CrmChange): string | null {
  return change.action === 'create' ? null : change.recordId
}

const ISO_INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/

/** Equality as the CRM sees it: lookups by id, instants by moment, empty text is no value. */
export function sameValue(a: FieldValue | undefined, b: FieldValue | undefined): boolean {
  const left = plain(a)
  const right = plain(b)
  if (
    typeof left === 'string' &&
    typeof right === 'string' &&
    ISO_INSTANT.test(left) &&
    ISO_INSTANT.test(right)
  ) {
    return Date.parse(left) === Date.parse(right)
  }
  return left === right
}

function plain(value: FieldValue | undefined): string | number | boolean | null {
  if (value === undefined || value === null || value === '') return null
  return typeof value === 'object' ? value.id : value
}

/** The names of the fields of `expected` that `actual` does not hold. */
export function movedFields(expected: Fields, actual: Fields): string[] {
  return Object.keys(expected).filter((name) => !sameValue(expected[name], actual[name]))
}

/**
 * RFC 8785 for the JSON we make: keys sorted by UTF-16 code unit, ECMAScript numbers, no white space.
 *
 * @throws TypeError on a value JSON cannot hold, such as NaN.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`)
    return `{${members.join(',')}}`
  }
  if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError(`${value} is not JSON`)
  const json = JSON.stringify(value)
  if (json === undefined) throw new TypeError(`${typeof value} is not JSON`)
  return json
}

/** SHA-256, hex, of the canonical JSON. */
export function changeHash(change: CrmChange): string {
  return createHash('sha256').update(canonicalJson(change)).digest('hex')
}
