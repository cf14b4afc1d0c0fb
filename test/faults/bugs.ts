import type { CrmWriter } from '../../src/crm/crm.ts'
import { currentActor } from './actors.ts'
import type { MemoryCrm } from './memory-crm.ts'
import type { Variant, World } from './world.ts'

/** The product with one bug each: scripts that find nothing wrong with these would prove nothing of it. */
export const BUGS: Record<string, Variant> = {
  'the deadline is not looked at': {
    rewrite: (text) =>
      text.replace(` and "approvals"."expires_at" > clock_timestamp() + interval '2 milliseconds'`, ''),
  },
  'one person counts as two': {
    rewrite: (text) => text.replace('"required_deciders" = $2', '"required_deciders" = 1'),
  },
  'an outcome is recorded without the lease': {
    rewrite: (text) =>
      text.endsWith('returning "id"') ? text.replace(/"operations"\."lease" = (\$\d+)/, '$1 = $1') : text,
  },
  'the first request’s precondition is forgotten': {
    rewrite: (text) => text.replace('coalesce("operations"."sent_if_unmodified_since", $2)', 'null'),
  },
  'writes are not conditional': { crm: unconditional },
  'values are compared with what they were': {
    crm: ({ writer }, world) => ({
      ...writer,
      async read(module, id) {
        const record = await writer.read(module, id)
        const before = changeOf(world)?.before
        return record && { ...record, ...before }
      },
    }),
  },
  'a creation is repeated without looking for the first': {
    crm: ({ writer }) => ({
      ...writer,
      findCreated: async () => null,
      create: (change, operationId, beforeSending) =>
        writer.create(change, `${operationId}, once more ${Math.random()}`, beforeSending),
    }),
  },
  'what is written is not what was approved': {
    crm: ({ writer }) => ({
      ...writer,
      update: (change, since, beforeSending) =>
        writer.update({ ...change, fields: { ...change.fields, Stage: 'Lost' } }, since, beforeSending),
    }),
  },
}

function unconditional({ writer }: MemoryCrm): CrmWriter {
  return {
    ...writer,
    update: (change, _, beforeSending) => writer.update(change, '2999-01-01T00:00:00+00:00', beforeSending),
  }
}

/** The change of the card that was shown last; most worlds have one. */
function changeOf({ proposals }: World) {
  const change = currentActor() && proposals.at(-1)?.versions.at(-1)
  return change?.action === 'update' ? change : null
}
