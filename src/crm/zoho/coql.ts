/**
 * Zoho's query language, built from values. Field names are checked and every value is quoted, so no text of a
 * record, a person or a configuration can become part of the query.
 * @see https://help.zoho.com/portal/en/community/topic/kaizen-171-faqs-on-coql-api
 */
export type Condition = { text: string }

const COLUMN = /^\$?[A-Za-z]\w*$/
const MOST_VALUES = 50
/** Rows Zoho gives to one query. */
export const COQL_LIMIT = 2000

/** A quote inside a quoted value is doubled. */
export function quoted(value: string): string {
  return `'${value.replaceAll("'", "''")}'`
}

function column(name: string): string {
  if (!COLUMN.test(name)) throw new RangeError(`${JSON.stringify(name)} is no field name`)
  return name
}

export const compare = (name: string, operator: '=' | '>' | '>=', value: string): Condition => ({
  text: `${column(name)} ${operator} ${quoted(value)}`,
})

/** @throws RangeError beyond 50 values, which Zoho refuses. */
export function oneOf(name: string, values: readonly string[]): Condition {
  if (values.length === 0 || values.length > MOST_VALUES)
    throw new RangeError(`${values.length} values in one list`)
  return { text: `${column(name)} in (${values.map(quoted).join(', ')})` }
}

export const notEmpty = (name: string): Condition => ({ text: `${column(name)} is not null` })

// Zoho wants brackets around every pair.
export const both = (a: Condition, b: Condition): Condition => ({ text: `(${a.text} and ${b.text})` })
export const either = (a: Condition, b: Condition): Condition => ({ text: `(${a.text} or ${b.text})` })

export function selectQuery(query: {
  fields: readonly string[]
  module: string
  where: Condition
  orderBy: readonly { field: string; descending?: boolean }[]
  limit: number
}): string {
  const order = query.orderBy.map(
    ({ field, descending }) => `${column(field)} ${descending ? 'desc' : 'asc'}`,
  )
  return [
    `select ${query.fields.map(column).join(', ')}`,
    `from ${column(query.module)}`,
    `where ${query.where.text}`,
    ...(order.length > 0 ? [`order by ${order.join(', ')}`] : []),
    `limit ${query.limit}`,
  ].join(' ')
}
