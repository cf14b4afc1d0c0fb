import type { ModuleName, ZohoRecord, ZohoValue } from '../data/crm-data.ts'
import { ApiError } from './api-error.ts'
import { type Criterion, type Literal, parseCoql, type Query } from './coql-parser.ts'
import { fieldValue, targetOf } from './projection.ts'
import { type DataType, fieldOf, isModuleName } from './schema.ts'
import { lookupId, type ZohoState } from './state.ts'

type Row = { [column: string]: ZohoValue }
type Column = {
  type: DataType | 'id'
  read: (record: ZohoRecord) => ZohoValue
}
type Key = string | number | boolean | null

export type QueryResult = { rows: Row[]; more: boolean; credits: number }

/** Runs one COQL query. Credits: 1 for up to 200 rows asked for, 2 for up to 1000, else 3. */
export type RunQuery = (text: string) => QueryResult

/** @throws ApiError when the query is not understood, or names what does not exist. */
export function createCoql(state: ZohoState): RunQuery {
  /** Walking a big module page by page repeats its order; kept until the module changes. */
  const orders = new Map<string, { version: number; records: ZohoRecord[] }>()

  function ordered(module: ModuleName, orderBy: Query['orderBy']): ZohoRecord[] {
    const cacheKey = JSON.stringify([module, orderBy])
    const version = state.version(module)
    const known = orders.get(cacheKey)
    if (known?.version === version) return known.records

    const by = orderBy.length > 0 ? orderBy : [{ column: 'id', descending: true }]
    const columns = by.map((each) => columnOf(state, module, each.column))
    const keyed = [...state.all(module)].map((record) => ({
      record,
      keys: columns.map((column) => sortable(column.type, column.read(record))),
    }))
    keyed.sort((a, b) => {
      for (const [index, each] of by.entries()) {
        const order = compareKeys(a.keys[index] ?? null, b.keys[index] ?? null)
        if (order !== 0) return each.descending ? -order : order
      }
      return compareKeys(a.record.id, b.record.id)
    })
    const records = keyed.map((each) => each.record)
    // A handful of orders is in use at a time; any one query text must not make this grow for ever.
    if (orders.size > 50) orders.clear()
    orders.set(cacheKey, { version, records })
    return records
  }

  return (text) => {
    const query = parseCoql(text)
    const { module } = query
    if (!isModuleName(module)) {
      throw new ApiError(400, 'INVALID_QUERY', 'the module name given seems to be invalid', { module })
    }
    const columns = query.select.map((name) => [name, columnOf(state, module, name)] as const)
    const matches = compile(state, module, query.where)

    const rows: Row[] = []
    let seen = 0
    let more = false
    for (const record of ordered(module, query.orderBy)) {
      if (!matches(record)) continue
      seen += 1
      if (seen <= query.offset) continue
      if (rows.length === query.limit) {
        more = true
        break
      }
      const row: Row = {}
      for (const [name, column] of columns) row[name] = column.read(record)
      row.id = record.id
      rows.push(row)
    }
    return { rows, more, credits: query.limit <= 200 ? 1 : query.limit <= 1000 ? 2 : 3 }
  }
}

/** The same criteria, asked of one record. */
export function criterionMatcher(state: ZohoState) {
  return (module: ModuleName, criterion: Criterion) => compile(state, module, criterion)
}

/** `Field`, `Lookup.Field` or `Lookup->Module.Field` of a module. */
function columnOf(state: ZohoState, module: ModuleName, name: string): Column {
  if (name === 'id') return { type: 'id', read: (record) => record.id }
  const direct = fieldOf(module, name)
  if (direct) {
    return { type: direct.type, read: (record) => fieldValue(module, record, { api: name, state }) }
  }

  const path = /^([\w$]+)(?:->(\w+))?\.([\w$]+)$/.exec(name)
  const [, via, told, last] = path ?? []
  const lookup = via === undefined ? undefined : fieldOf(module, via)
  if (via === undefined || last === undefined || !lookup) throw unknownColumn(name)
  if (last === 'id' && (lookup.type === 'lookup' || lookup.type === 'ownerlookup')) {
    return { type: 'id', read: (record) => lookupId(record[via]) }
  }
  const target = told ?? lookup.target
  if (lookup.type !== 'lookup' || target === undefined || !isModuleName(target)) throw unknownColumn(name)
  const far = columnOf(state, target, last)
  return {
    type: far.type,
    read(record) {
      const id = lookupId(record[via])
      if (id === null || targetOf(module, record, via) !== target) return null
      const found = state.get(target, id)
      return found ? far.read(found) : null
    },
  }
}

function unknownColumn(name: string): ApiError {
  return new ApiError(400, 'INVALID_QUERY', 'column given seems to be invalid', { column_name: name })
}

function compile(
  state: ZohoState,
  module: ModuleName,
  criterion: Criterion,
): (record: ZohoRecord) => boolean {
  if (criterion.is === 'and' || criterion.is === 'or') {
    const left = compile(state, module, criterion.left)
    const right = compile(state, module, criterion.right)
    return criterion.is === 'and'
      ? (record) => left(record) && right(record)
      : (record) => left(record) || right(record)
  }
  const column = columnOf(state, module, criterion.column)
  if (column.type === 'textarea') {
    throw new ApiError(400, 'INVALID_QUERY', 'column given seems to be invalid in where clause', {
      column_name: criterion.column,
      clause: 'where',
    })
  }
  const key = (record: ZohoRecord) => sortable(column.type, column.read(record))
  const wanted = (literal: Literal) => wantedKey(column.type, literal, criterion.column)

  switch (criterion.is) {
    case 'null':
      return (record) => (key(record) === null) !== criterion.not
    case 'like': {
      const pattern = likePattern(criterion.pattern)
      return (record) => {
        const value = key(record)
        return typeof value === 'string' && pattern.test(value) !== criterion.not
      }
    }
    case 'in': {
      const values = new Set(criterion.values.map(wanted))
      return (record) => {
        const value = key(record)
        return value !== null && values.has(value) !== criterion.not
      }
    }
    case 'between': {
      const low = wanted(criterion.low)
      const high = wanted(criterion.high)
      return (record) => {
        const value = key(record)
        if (value === null) return false
        return (compareKeys(value, low) >= 0 && compareKeys(value, high) <= 0) !== criterion.not
      }
    }
    case 'compare': {
      const value = wanted(criterion.value)
      const holds = HOLDS[criterion.operator]
      // As in SQL, an empty field is neither equal to a value nor different from it.
      return (record) => {
        const have = key(record)
        return have !== null && holds(compareKeys(have, value))
      }
    }
  }
}

const HOLDS = {
  '=': (order: number) => order === 0,
  '!=': (order: number) => order !== 0,
  '>': (order: number) => order > 0,
  '>=': (order: number) => order >= 0,
  '<': (order: number) => order < 0,
  '<=': (order: number) => order <= 0,
}

/** A value in the form it is compared in: an instant in ms, a lookup as its id, a text without case. */
function sortable(type: DataType | 'id', value: ZohoValue): Key {
  if (value === null) return null
  if (typeof value === 'object') return Array.isArray(value) ? JSON.stringify(value) : value.id
  if (typeof value !== 'string') return value
  if (type === 'datetime') return Date.parse(value)
  return type === 'id' || type === 'date' ? value : value.toLowerCase()
}

function wantedKey(type: DataType | 'id', literal: Literal, column: string): Key {
  const invalid = () =>
    new ApiError(400, 'INVALID_QUERY', 'value given seems to be invalid for the column', {
      column_name: column,
    })
  if (type === 'datetime') {
    const instant = typeof literal === 'string' ? Date.parse(literal) : Number.NaN
    if (Number.isNaN(instant) || !/T.*(?:Z|[+-]\d\d:\d\d)$/.test(String(literal))) throw invalid()
    return instant
  }
  if (type === 'integer' || type === 'double' || type === 'currency') {
    const value = Number(literal)
    if (Number.isNaN(value)) throw invalid()
    return value
  }
  if (type === 'boolean') {
    if (typeof literal !== 'boolean') throw invalid()
    return literal
  }
  return type === 'id' || type === 'date' || type === 'lookup' || type === 'ownerlookup'
    ? String(literal)
    : String(literal).toLowerCase()
}

/** `%` stands for anything, every other character for itself. */
function likePattern(pattern: string): RegExp {
  const parts = pattern
    .toLowerCase()
    .split('%')
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`, 's')
}

function compareKeys(a: Key, b: Key): number {
  if (a === b) return 0
  if (a === null) return -1
  if (b === null) return 1
  return a < b ? -1 : 1
}
