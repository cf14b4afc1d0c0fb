import type { ModuleName } from '../data/crm-data.ts'
import type { ApiTools } from './api-call.ts'
import { projectAll } from './projection.ts'
import type { Actor } from './record-changes.ts'
import type { Input } from './record-values.ts'
import { updateOne } from './record-writes.ts'
import { lookupId, type ZohoState } from './state.ts'

/**
 * Changes a record as a person would on Zoho's own page: stamped with their name, told to those who watch, and
 * no entry in the log of API writes.
 *
 * @param edit `by`: the CRM user who edits; the owner when absent. `permit: 'all'`: also fields Zoho keeps itself
 * @throws ApiError when a value does not fit its field
 */
export function editAsPerson(
  tools: ApiTools,
  edit: { module: ModuleName; id: string; fields: Input; by?: string | undefined; permit?: 'all' },
): Record<string, unknown> {
  const { state } = tools
  const { module, id, fields, by, permit } = edit
  const { record, event } = updateOne(
    module,
    { ...fields, id },
    {
      index: 0,
      unmodifiedSince: null,
      actor: personAt(state, module, id, by),
      tools,
      ...(permit ? { permit } : {}),
    },
  )
  state.commit()
  tools.notifier.publish([event])
  return projectAll(module, record, state)
}

/** The person named, else the record's owner, else the manager. */
export function personAt(state: ZohoState, module: ModuleName, id: string, by?: string): Actor {
  const owner = lookupId(state.get(module, id)?.Owner)
  const person =
    state.personOf(by ?? owner ?? '') ?? state.people.find((each) => each.role === 'manager') ?? null
  return { by: { id: person?.crmId ?? '0', name: person?.name ?? 'Someone' }, source: 'crm_ui' }
}
