import { and, eq, isNull } from 'drizzle-orm'
import { type Fields, FieldValue } from '../model/change.ts'
import type { Db } from './db.ts'
import { accounts, deals } from './schema.ts'

/**
 * What the mirror last saw in these fields of a record, by API name; null when the record is gone. A field the CRM
 * did not give, or gave in a form no change holds, is null.
 */
export async function mirroredFields(
  db: Db,
  module: 'Accounts' | 'Deals',
  recordId: string,
  names: readonly string[],
): Promise<Fields | null> {
  const table = module === 'Accounts' ? accounts : deals
  const [row] = await db
    .select({ raw: table.raw })
    .from(table)
    .where(and(eq(table.id, recordId), isNull(table.deletedAt)))
  if (!row) return null
  return Object.fromEntries(names.map((name) => [name, fieldValue(row.raw[name])]))
}

function fieldValue(value: unknown): FieldValue {
  if (typeof value === 'object' && value !== null && 'id' in value) return { id: String(value.id) }
  const parsed = FieldValue.safeParse(value)
  return parsed.success ? parsed.data : null
}
