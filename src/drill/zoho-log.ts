import { z } from 'zod'
import { type CrmChange, Fields, movedFields } from '../model/change.ts'

/** The local Zoho's own log of what it was made to do: the truth that everything else is held against. */
export type Effect = {
  at: number
  did: 'created' | 'updated' | 'removed'
  module: string
  recordId: string
  /** What was sent. */
  fields: Record<string, unknown>
}

const Entry = z.object({
  at: z.string(),
  method: z.enum(['POST', 'PUT', 'DELETE']),
  path: z.string(),
  body: z.unknown(),
  answer: z.unknown(),
})
const Applied = z.object({
  data: z.tuple([z.looseObject({ code: z.literal('SUCCESS'), details: z.looseObject({ id: z.string() }) })]),
})
const Sent = z.object({ data: z.tuple([z.record(z.string(), z.unknown())]) })
const DID = { POST: 'created', PUT: 'updated', DELETE: 'removed' } as const

export async function effectsIn(sandboxUrl: string): Promise<Effect[]> {
  const writes = z.array(Entry).parse(await (await fetch(`${sandboxUrl}/control/zoho/writes`)).json())
  return writes.flatMap(({ at, method, path, body, answer }) => {
    const applied = Applied.safeParse(answer).data
    const module = /\/crm\/v8\/(\w+)/.exec(path)?.[1]
    if (!applied || !module) return []
    const [{ details }] = applied.data
    const fields = Sent.safeParse(body).data?.data[0] ?? {}
    return [{ at: Date.parse(at), did: DID[method], module, recordId: details.id, fields }]
  })
}

/** Whether this operation is what the effect is of. */
export function isOf(
  { did, recordId, fields }: Effect,
  operation: { id: string; change: CrmChange },
): boolean {
  const { id, change } = operation
  switch (change.action) {
    case 'create':
      return did === 'created' && JSON.stringify(fields).includes(id)
    case 'remove':
      return did === 'removed' && recordId === change.recordId
    case 'update': {
      const sent = Fields.safeParse(fields).data
      return (
        did === 'updated' &&
        recordId === change.recordId &&
        sent !== undefined &&
        movedFields(change.fields, sent).length === 0
      )
    }
  }
}
