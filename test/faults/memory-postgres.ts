import { randomUUID } from 'node:crypto'
import { is, SQL } from 'drizzle-orm'
import { getTableConfig, type PgColumn, PgDialect, PgTable } from 'drizzle-orm/pg-core'
import type postgres from 'postgres'
import * as schema from '../../src/store/schema.ts'
import {
  type Expression,
  type Insert,
  namedColumns,
  type Row,
  readSql,
  runSelect,
  type Scope,
  type Statement,
  type Update,
  type Value,
} from './sql-reader.ts'

/**
 * The product's tables in memory behind the same driver as Postgres, so that the product's own statements run a
 * thousand times a second. It keeps defaults, types, unique keys and transactions; for locks and foreign keys there
 * is the real one.
 */
export type MemoryPostgres = { client: postgres.Sql; rows: (table: string) => readonly Row[] }

type Table = {
  name: string
  columns: Column[]
  /** Columns that are unique together, where the condition holds. */
  unique: { columns: string[]; where: Expression | null }[]
  serial: number
}

type Column = {
  name: string
  type: 'time' | 'json' | 'plain'
  required: boolean
  /** Null for one that has none. */
  byDefault: ((scope: Scope, table: Table) => Value) | null
}

const dialect = new PgDialect()
const statements = new Map<string, Statement>()

function statementOf(text: string): Statement {
  const known = statements.get(text)
  if (known) return known
  const read = readSql(text)
  statements.set(text, read)
  return read
}

const TABLES = Object.values(schema)
  .filter((each) => is(each, PgTable))
  .map((each) => tableOf(each as PgTable))

function tableOf(table: PgTable): Table {
  const config = getTableConfig(table)
  const alone = config.columns.filter((column) => column.primary || column.isUnique)
  return {
    name: config.name,
    columns: config.columns.map(columnOf),
    unique: [
      ...alone.map(({ name }) => ({ columns: [name], where: null })),
      ...[...config.primaryKeys, ...config.uniqueConstraints].map(({ columns }) => ({
        columns: columns.map(({ name }) => name),
        where: null,
      })),
      ...config.indexes
        .filter((each) => each.config.unique)
        .map(({ config: { columns, where } }) => ({
          columns: columns.map((column) => ('name' in column ? String(column.name) : '')),
          where: where ? conditionOf(config.name, where) : null,
        })),
    ],
    serial: 0,
  }
}

function columnOf(column: PgColumn): Column {
  const sqlType = column.getSQLType()
  const isSerial = /^(big)?serial$/i.test(sqlType) || column.generatedIdentity !== undefined
  const value = column.default
  return {
    name: column.name,
    type: sqlType.startsWith('timestamp') ? 'time' : sqlType.startsWith('json') ? 'json' : 'plain',
    required: column.notNull,
    byDefault: isSerial
      ? (_, table) => {
          table.serial += 1
          return table.serial
        }
      : value === undefined
        ? null
        : // The only one that is not a plain value is the time.
          is(value, SQL)
          ? ({ now }) => now
          : () => value,
  }
}

function conditionOf(table: string, where: SQL): Expression {
  const read = readSql(`select 1 from ${table} where ${dialect.sqlToQuery(where).sql}`)
  if (read.kind !== 'select' || !read.where) throw new Error(`The condition of an index of ${table}`)
  return read.where
}

/** @param now the database's clock */
export function memoryPostgres(now: () => number): MemoryPostgres {
  const tables = new Map(TABLES.map((table) => [table.name, { ...table }]))
  // What the migrations put there: one row that is always there to ask for the time.
  const kept = new Map<string, readonly Row[]>([['audit_head', [{ id: 1 }]]])
  let before: Map<string, readonly Row[]> | null = null

  const rowsOf = (name: string) => kept.get(name) ?? []
  const scopeOf = (parameters: readonly Value[]): Scope => ({
    parameters,
    now: now(),
    rows: {},
    table: rowsOf,
    newId: randomUUID,
  })
  const schemaOf = (name: string): Table => {
    const table = tables.get(name)
    if (!table) throw new Error(`There is no table ${name}`)
    return table
  }
  function store(name: string, rows: readonly Row[]): void {
    if (before && !before.has(name)) before.set(name, rowsOf(name))
    kept.set(name, rows)
  }

  function run(text: string, parameters: readonly Value[]): Row[] {
    const statement = statementOf(text)
    const scope = scopeOf(parameters)
    if (statement.kind === 'select') return runSelect(statement, scope)
    return statement.kind === 'insert' ? insert(statement, scope) : update(statement, scope)
  }

  function insert({ into, columns, values, onConflict, returning }: Insert, scope: Scope): Row[] {
    const table = schemaOf(into)
    const given: Row[] = Array.isArray(values)
      ? values.map((row) =>
          Object.fromEntries(
            columns.flatMap((name, index) => {
              const value = row[index]
              return value ? [[name, value(scope)]] : []
            }),
          ),
        )
      : runSelect(values, scope).map((row) => {
          const found = Object.values(row)
          return Object.fromEntries(columns.map((name, index) => [name, found[index]]))
        })
    const results: Row[] = []
    for (const each of given) {
      const row = complete(table, each, scope)
      const twin = clash(table, row, scope)
      if (!twin) store(into, [...rowsOf(into), row])
      else if (onConflict === null) throw violation(into)
      else if (onConflict !== 'nothing') {
        const changed = assigned(onConflict, { ...scope, rows: { [into]: twin, excluded: row } }, twin)
        store(
          into,
          rowsOf(into).map((old) => (old === twin ? changed : old)),
        )
      }
      if (!twin) results.push(namedColumns(returning, { ...scope, rows: { [into]: row } }))
    }
    return results
  }

  function update({ table: name, set, where, returning }: Update, scope: Scope): Row[] {
    const results: Row[] = []
    let changed = false
    const rows = rowsOf(name).map((old) => {
      const seen = { ...scope, rows: { [name]: old } }
      if (where && where(seen) !== true) return old
      const row = assigned(set, seen, old)
      results.push(namedColumns(returning, { ...scope, rows: { [name]: row } }))
      changed = true
      return row
    })
    if (changed) store(name, rows)
    return results
  }

  function clash(table: Table, row: Row, scope: Scope): Row | undefined {
    const holds = (where: Expression | null, each: Row) =>
      !where || where({ ...scope, rows: { [table.name]: each } }) === true
    return rowsOf(table.name).find((other) =>
      table.unique.some(
        ({ columns, where }) =>
          columns.every((name) => row[name] !== null && row[name] === other[name]) &&
          holds(where, row) &&
          holds(where, other),
      ),
    )
  }

  /** As postgres-js hands it out: rows by name, or by place after `.values()`. */
  function query(text: string, parameters: readonly Value[] = []) {
    const answer = new Promise<Row[]>((resolve) => resolve(run(text, parameters)))
    return Object.assign(answer, { values: () => answer.then((rows) => rows.map(placed)) })
  }

  async function begin(work: (client: unknown) => Promise<unknown>): Promise<unknown> {
    if (before) throw new Error('A second transaction at once is for a real Postgres')
    before = new Map()
    try {
      const result = await work({ options, unsafe: query })
      before = null
      return result
    } catch (error) {
      for (const [name, rows] of before ?? []) kept.set(name, rows)
      before = null
      throw error
    }
  }

  const options = { parsers: {}, serializers: {} }
  // What drizzle asks of a client, and no more.
  const client = { options, unsafe: query, begin } as unknown as postgres.Sql
  return { client, rows: rowsOf }
}

function assigned(set: Update['set'], scope: Scope, old: Row): Row {
  const row = { ...old }
  for (const { column, value } of set) row[column] = stored(TYPES.get(column) ?? 'plain', value(scope))
  return row
}

/** The columns of any table that hold a time, which drizzle takes as a date. */
const TYPES = new Map(TABLES.flatMap(({ columns }) => columns.map(({ name, type }) => [name, type] as const)))

const placed = (row: Row): Value[] =>
  Object.entries(row).map(([name, value]) =>
    typeof value === 'number' && TYPES.get(name.split(':')[0] ?? '') === 'time' ? new Date(value) : value,
  )

function complete(table: Table, given: Row, scope: Scope): Row {
  const row: Row = {}
  for (const { name, type, required, byDefault } of table.columns) {
    const value = given[name]
    row[name] = value === undefined ? (byDefault?.(scope, table) ?? null) : stored(type, value)
    if (required && row[name] === null) throw new Error(`${table.name}.${name} is not to be null`)
  }
  return row
}

/** Times as milliseconds, JSON as what it says: what the driver and the comparisons take. */
function stored(type: Column['type'], value: Value): Value {
  if (typeof value !== 'string' || type === 'plain') return value
  return type === 'time' ? Date.parse(value) : JSON.parse(value)
}

const violation = (table: string) => Object.assign(new Error(`duplicate key in ${table}`), { code: '23505' })
