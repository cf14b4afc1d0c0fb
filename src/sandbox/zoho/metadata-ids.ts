import type { ModuleName } from '../data/crm-data.ts'
import { SCHEMA } from './schema.ts'

/** Ids of modules and fields; the same in every run. */

export function moduleId(module: ModuleName): string {
  return `5725767000000000${String(Object.keys(SCHEMA).indexOf(module) + 1).padStart(3, '0')}`
}

export function fieldId(module: ModuleName, api: string): string {
  const at = SCHEMA[module].findIndex((field) => field.api === api) + 1
  return `${moduleId(module).slice(0, -6)}${moduleId(module).slice(-3)}${String(at).padStart(3, '0')}`
}
