import type { FieldMap, Module } from '../../model/field.ts'

/** Zoho's limit for one read. */
const MOST_FIELDS = 50

/** The API names to ask for: always named, so that a record is never more than what we use. */
export function fieldNames(fields: FieldMap, module: Module): string[] {
  const names = Object.values(fields[module]).flatMap((spec: { api: string | null }) => spec.api ?? [])
  // Zoho cuts a longer list without a word.
  if (names.length > MOST_FIELDS)
    throw new RangeError(`${module} uses ${names.length} fields, Zoho gives ${MOST_FIELDS}`)
  return [...new Set(names)]
}

/** The API name of a field that may be unmapped. */
export function apiName(fields: FieldMap, module: Module, name: string): string | null {
  const specs: Readonly<Record<string, { api: string | null }>> = fields[module]
  return specs[name]?.api ?? null
}
