import { type SQL, sql } from 'drizzle-orm'
import type { Direction } from '../model/account.ts'
import { accounts, activities } from './schema.ts'

/**
 * What sync laid beside the CRM's own fields in `raw`, under our names: read with the account, never searched for, so
 * it has no column.
 */

/** JSON cannot hold what is no number here: sync wrote it. */
export const usageOfRaw: SQL<number | null> = sql`(${accounts.raw}->>'$usage')::float8`

/** False while no field is mapped: then there is nothing to be empty. */
export const hasUsage: SQL<boolean> = sql`${accounts.raw} ? '$usage'`

export const outcomeOfRaw: SQL<string | null> = sql`${activities.raw}->>'$outcome'`

export const directionOfRaw: SQL<Direction | null> = sql`${activities.raw}->>'$direction'`
