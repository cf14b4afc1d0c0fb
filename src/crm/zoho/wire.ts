import { z } from 'zod'
import { UpstreamError } from '../../errors.ts'
import type { CrmRecord, WriteOutcome } from '../crm.ts'

/** Zoho's envelopes. HTTP status is not trusted: an error may come with 200, and each item has a code of its own. */

/** One answered call; `body` is null for 204 and 304. */
export type Answer = { status: number; body: unknown }

const Refusal = z.object({
  code: z.string(),
  status: z.string().optional(),
  message: z.string().optional(),
  details: z.record(z.string(), z.unknown()).catch({}),
})
export type Refusal = z.infer<typeof Refusal>

const Row = z.looseObject({ id: z.string() })
const Info = z.object({
  more_records: z.boolean().catch(false),
  next_page_token: z.string().nullable().catch(null),
})
const Item = z.object({
  code: z.string(),
  status: z.string().catch(''),
  message: z.string().catch(''),
  details: z.record(z.string(), z.unknown()).catch({}),
})
export type Item = z.infer<typeof Item>

/** The error an answer carries, be it bare or in the first item of a list; null when it carries none. */
export function refusalOf({ status, body }: Answer): Refusal | null {
  const bare = Refusal.safeParse(body)
  if (bare.success && bare.data.code !== 'SUCCESS') return bare.data
  const [item] = items(body)
  if (item?.status === 'error') return item
  if (status < 400) return null
  return { code: `HTTP_${status}`, message: `Zoho answered ${status}`, details: {} }
}

/** @throws UpstreamError when the answer is a refusal */
export function accepted(answer: Answer, what: string): unknown {
  const refusal = refusalOf(answer)
  if (!refusal) return answer.body
  throw new UpstreamError(`Zoho refused ${what}: ${inWords(refusal)}`, {
    service: 'zoho',
    status: answer.status,
    code: refusal.code,
    sent: false,
  })
}

export type Page = { rows: CrmRecord[]; more: boolean; nextToken: string | null }

/** A list of records. No content is an empty list; a row without an id would be no record. */
export function pageOf(answer: Answer, what: string): Page {
  const body = accepted(answer, what)
  if (body === null) return { rows: [], more: false, nextToken: null }
  const { data, info } = parsed(z.object({ data: z.array(Row), info: Info.optional() }), body, what)
  return { rows: data, more: info?.more_records ?? false, nextToken: info?.next_page_token ?? null }
}

/** Reads what Zoho sent as what it should be; anything else is Zoho's failure, not ours. */
export function parsed<T>(schema: z.ZodType<T>, body: unknown, what: string): T {
  const result = schema.safeParse(body)
  if (result.success) return result.data
  throw new UpstreamError(`Zoho answered ${what} in a form we do not know`, {
    service: 'zoho',
    sent: true,
    cause: result.error,
  })
}

/** What became of a request that wrote one record. */
export function writeOutcome(answer: Answer, recordId: string | null): WriteOutcome {
  const refusal = refusalOf(answer)
  if (refusal) {
    if (refusal.code === 'ALREADY_MODIFIED' || answer.status === 412) return { kind: 'moved' }
    return { kind: 'refused', code: refusal.code, message: inWords(refusal) }
  }
  const [item] = items(answer.body)
  const id = item?.details.id ?? recordId
  if (!item || typeof id !== 'string') {
    // Not a refusal, and no receipt either: it may well have been written.
    throw new UpstreamError('Zoho accepted a write without saying what it wrote', {
      service: 'zoho',
      status: answer.status,
      sent: true,
    })
  }
  const modified = item.details.Modified_Time
  return { kind: 'written', recordId: id, modifiedAt: typeof modified === 'string' ? modified : null }
}

/** The record that already holds a value which must be unique, when that is why a write was refused. */
export function duplicateOf(answer: Answer, field: string): string | null {
  const refusal = refusalOf(answer)
  if (refusal?.code !== 'DUPLICATE_DATA' || refusal.details.api_name !== field) return null
  const holder = z.object({ id: z.string() }).safeParse(refusal.details.duplicate_record)
  return holder.success ? holder.data.id : null
}

export function items(body: unknown): Item[] {
  const list = z.union([z.object({ data: z.array(z.unknown()) }), z.object({ watch: z.array(z.unknown()) })])
  const result = list.safeParse(body)
  if (!result.success) return []
  const entries = 'data' in result.data ? result.data.data : result.data.watch
  return entries.flatMap((entry) => Item.safeParse(entry).data ?? [])
}

const SAID: Record<string, string> = {
  RECORD_LOCKED: 'the record is locked in Zoho',
  RECORD_IN_BLUEPRINT: 'a Blueprint in Zoho decides what may change in this record',
  NOT_APPROVED: 'the record waits for an approval in Zoho',
  DUPLICATE_DATA: 'another record already has this value',
  MANDATORY_NOT_FOUND: 'a field that Zoho requires is empty',
  OAUTH_SCOPE_MISMATCH: 'our connection to Zoho was not given the right to do this',
  NO_PERMISSION: 'our Zoho user has no permission to do this',
  AUTHORIZATION_FAILED: 'our Zoho user has no permission to do this',
}

/** A refusal for a person: what was wrong, and with which field. */
export function inWords({ code, message, details }: Pick<Refusal, 'code' | 'message' | 'details'>): string {
  const field = details.api_name ?? details.column_name
  const expected = details.expected_data_type
  return [
    SAID[code] ?? message ?? 'no reason given',
    ...(typeof field === 'string' ? [`field ${field}`] : []),
    ...(typeof expected === 'string' ? [`expected ${expected}`] : []),
    ...(typeof details.maximum_length === 'number' ? [`at most ${details.maximum_length} characters`] : []),
  ].join(', ')
}

/** An instant as Zoho takes it: ISO 8601 with offset, whole seconds. It refuses milliseconds. */
export function zohoInstant(instant: Date | string): string {
  const text = typeof instant === 'string' ? instant : instant.toISOString()
  return text.replace(/\.\d+/, '').replace(/Z$/, '+00:00')
}
