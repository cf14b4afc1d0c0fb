import { UpstreamError } from '../../errors.ts'
import { type FieldMap, type FieldSpec, type FieldType, MODULES, type Module } from '../../model/field.ts'
import type { CrmField, CrmReader } from '../crm.ts'

/** Module → our name of a picklist field → the values the CRM allows. */
export type Choices = Partial<Record<Module, Record<string, string[]>>>

export type CheckedFields = {
  /** The map with what the CRM does not have switched off. */
  fields: FieldMap
  choices: Choices
  /** One sentence per field that is missing, of another type, or not ours to write. */
  problems: string[]
}

/** Zoho's data types that can hold ours. */
const HOLDS: Record<FieldType, readonly string[]> = {
  text: ['text', 'textarea', 'email', 'phone', 'website', 'picklist', 'autonumber', 'formula'],
  choice: ['picklist', 'text', 'formula'],
  date: ['date', 'formula'],
  datetime: ['datetime', 'formula'],
  number: ['integer', 'bigint', 'double', 'percent', 'decimal', 'formula'],
  money: ['currency', 'double', 'integer', 'bigint', 'decimal', 'formula', 'rollup_summary'],
  lookup: ['lookup', 'ownerlookup', 'userlookup', 'multi_module_lookup'],
}

/**
 * Compares our fields with the CRM's own description of its modules, one call per module.
 *
 * @throws UpstreamError when the CRM cannot be asked; a module it does not have is a problem, not an error.
 */
export async function checkFields(crm: CrmReader, fields: FieldMap): Promise<CheckedFields> {
  const checked = structuredClone(fields) as Record<Module, Record<string, FieldSpec>>
  const choices: Choices = {}
  const problems: string[] = []
  for (const module of MODULES) {
    const described = await describe(crm, module)
    if (described === null) {
      problems.push(`${module}: Zoho does not describe this module to us, so its fields are unchecked`)
      continue
    }
    const known = new Map(described.map((field) => [field.api, field]))
    const moduleChoices: Record<string, string[]> = {}
    for (const [name, spec] of Object.entries(checked[module])) {
      // `$se_module` and its like are parts of every record, not fields that Zoho lists.
      if (spec.api === null || spec.api.startsWith('$')) continue
      const field = known.get(spec.api)
      const verdict = judge(spec, field)
      if (verdict) problems.push(`${module}.${name}: ${verdict.problem}`)
      if (verdict?.off) spec.api = null
      if (verdict?.readOnly) delete spec.writable
      if (spec.api !== null && field?.choices) moduleChoices[name] = field.choices
    }
    choices[module] = moduleChoices
  }
  return { fields: checked as FieldMap, choices, problems }
}

type Verdict = { problem: string; off?: true; readOnly?: true }

function judge(spec: FieldSpec, field: CrmField | undefined): Verdict | null {
  if (!field)
    return { off: true, problem: `Zoho has no field ${spec.api}, or hides it from us: switched off` }
  // Zoho's own fields are what they are in every organisation; only mapped ones can be of a wrong type.
  if (spec.custom && !HOLDS[spec.type].includes(field.type)) {
    return { off: true, problem: `${spec.api} is a ${field.type} in Zoho, not a ${spec.type}: switched off` }
  }
  if (spec.writable && field.readOnly)
    return { readOnly: true, problem: `${spec.api} may not be written in Zoho` }
  return null
}

/** Null when this organisation, or our profile in it, does not have the module. */
async function describe(crm: CrmReader, module: Module): Promise<CrmField[] | null> {
  try {
    return await crm.fields(module)
  } catch (error) {
    if (error instanceof UpstreamError && isMissingModule(error)) return null
    throw error
  }
}

const MISSING_MODULE = new Set([
  'INVALID_MODULE',
  'NO_PERMISSION',
  'NOT_SUPPORTED_FEATURE',
  'OAUTH_SCOPE_MISMATCH',
])

/** The CRM does not have this module, or does not show it to us: no failure that passes. */
export function isMissingModule(error: UpstreamError): boolean {
  return error.code !== null && MISSING_MODULE.has(error.code)
}
