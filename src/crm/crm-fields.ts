import type { FieldMap, FieldSpec, Module } from '../model/field.ts'
import { MODULES } from '../model/field.ts'
import type { Db } from '../store/db.ts'
import { setSetting, setting } from '../store/settings.ts'
import type { CrmReader } from './crm.ts'
import { type Choices, checkFields } from './sync/fields-check.ts'

/**
 * The configured fields as far as this CRM has them. What a check found is kept in the store, so that every process
 * sees it, and asked again at each use.
 */
export type CrmFields = {
  map(): FieldMap
  choices(): Choices
  /** Asks the CRM anew. */
  check(crm: CrmReader): Promise<void>
  /** Takes over what another process found. */
  reload(): Promise<void>
}

export async function openCrmFields(db: Db, configured: FieldMap): Promise<CrmFields> {
  let map = configured
  let choices: Choices = {}
  const reload = async () => {
    const found = await setting(db, 'crm_fields')
    if (!found) return
    map = switchedOff(configured, found.unmapped)
    choices = choicesByName(map, found.picklists)
  }
  await reload()
  return {
    map: () => map,
    choices: () => choices,
    reload,
    async check(crm) {
      const checked = await checkFields(crm, configured)
      map = checked.fields
      choices = checked.choices
      const { problems } = checked
      const value = { unmapped: lostIn(map, configured), problems, picklists: picklistsByApi(map, choices) }
      await setSetting(db, 'crm_fields', value, 'system')
    },
  }
}

type Editable = Record<Module, Record<string, FieldSpec>>

function switchedOff(configured: FieldMap, unmapped: readonly string[]): FieldMap {
  const map = structuredClone(configured) as Editable
  for (const path of unmapped) {
    const [module = '', name = ''] = path.split('.')
    const spec = map[module as Module]?.[name]
    if (spec) spec.api = null
  }
  return map as FieldMap
}

/** What this CRM lacks of what was configured; a field nobody mapped is not missed. */
function lostIn(map: FieldMap, configured: FieldMap): string[] {
  const wanted = configured as Editable
  return MODULES.flatMap((module) =>
    Object.entries(map[module]).flatMap(([name, spec]: [string, FieldSpec]) =>
      spec.api === null && wanted[module][name]?.api != null ? `${module}.${name}` : [],
    ),
  )
}

function picklistsByApi(map: FieldMap, choices: Choices): Record<string, string[]> {
  const specs = map as Editable
  return Object.fromEntries(
    MODULES.flatMap((module) =>
      Object.entries(choices[module] ?? {}).flatMap(([name, words]) => {
        const api = specs[module][name]?.api
        return api ? [[`${module}.${api}`, words]] : []
      }),
    ),
  )
}

function choicesByName(map: FieldMap, picklists: Record<string, string[]>): Choices {
  const choices: Choices = {}
  for (const module of MODULES) {
    for (const [name, spec] of Object.entries(map[module]) as [string, FieldSpec][]) {
      const words = picklists[`${module}.${spec.api}`]
      if (words) choices[module] = { ...choices[module], [name]: words }
    }
  }
  return choices
}
