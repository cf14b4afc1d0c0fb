import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { parse } from 'csv-parse/sync'

/** A column of a table: how its text becomes a value, and whether it may be empty. */
export type ColumnKind = 'id' | 'text' | 'date' | 'time' | 'number'
type Column = { kind: ColumnKind; needed: boolean }
type Columns = Record<string, Column>
type ValueOf<C extends Column> =
  | (C['kind'] extends 'number' ? number : string)
  | (C['needed'] extends true ? never : null)

/** A checked row. Empty is null; `row` counts as a spreadsheet does, with the header as row 1. */
export type Row<C extends Columns> = { row: number } & { [name in keyof C]: ValueOf<C[name]> }
export type Table<C extends Columns> = {
  file: string
  rows: Row<C>[]
  /** Every key of the file, of left-out rows too: what refers to those is not a problem of its own. */
  keys: ReadonlySet<string>
}

export const needed = <K extends ColumnKind>(kind: K) => ({ kind, needed: true }) as const
export const optional = <K extends ColumnKind>(kind: K) => ({ kind, needed: false }) as const

/** Everything wrong with a folder of files, each as a person would point at it. */
export type Problems = ReturnType<typeof createProblems>

const MOST_SHOWN = 20

export function createProblems() {
  const sentences: string[] = []
  let count = 0
  return {
    add(file: string, row: number, column: string, reason: string) {
      count += 1
      if (sentences.length < MOST_SHOWN) sentences.push(`${file}, row ${row}, column ${column}: ${reason}`)
    },
    /** The first twenty, and how many more there are. */
    list(): string[] {
      return count > MOST_SHOWN ? [...sentences, `… and ${count - MOST_SHOWN} more`] : [...sentences]
    },
  }
}

/**
 * Reads `<folder>/<name>.csv`, or `.csv.gz`, and checks each value against its column. Rows with a problem are
 * left out; the caller refuses the whole folder when there is any.
 *
 * @param key the column whose values may not repeat
 */
export function readTable<C extends Columns>(
  folder: string,
  name: string,
  { columns, key, problems }: { columns: C; key: keyof C & string; problems: Problems },
): Table<C> {
  const file = [`${name}.csv`, `${name}.csv.gz`].find((candidate) => existsSync(join(folder, candidate)))
  if (file === undefined) {
    problems.add(`${name}.csv`, 1, '(all)', `there is no such file, nor ${name}.csv.gz, in ${folder}`)
    return { file: `${name}.csv`, rows: [], keys: new Set() }
  }
  const grid = readGrid(join(folder, file), file, problems)
  const [header = [], ...body] = grid
  const places = new Map(Object.keys(columns).map((column) => [column, header.indexOf(column)]))
  for (const [column, place] of places) {
    if (place === -1) problems.add(file, 1, column, 'the column is missing')
  }
  if ([...places.values()].includes(-1)) return { file, rows: [], keys: new Set() }

  const seen = new Map<string, number>()
  const rows: Row<C>[] = []
  for (const [index, cells] of body.entries()) {
    const row = index + 2
    const values: Record<string, string | number | null> = { row }
    let sound = true
    for (const [column, { kind, needed: mustHave }] of Object.entries(columns)) {
      const text = (cells[places.get(column) ?? -1] ?? '').trim()
      const value = text === '' ? null : readCell(kind, text)
      const reason = value === undefined ? `${JSON.stringify(text)} is ${FORM[kind]}` : null
      const complaint = reason ?? (value === null && mustHave ? 'a value is missing' : null)
      if (complaint !== null) {
        problems.add(file, row, column, complaint)
        sound = false
      } else values[column] = value ?? null
    }
    const id = String(values[key])
    const first = seen.get(id)
    if (first !== undefined) {
      problems.add(file, row, key, `${id} is already in row ${first}`)
      sound = false
    }
    seen.set(id, row)
    // Each column was read by its own kind just above, which is what the row's type says.
    if (sound) rows.push(values as Row<C>)
  }
  return { file, rows, keys: new Set(seen.keys()) }
}

function readGrid(path: string, file: string, problems: Problems): string[][] {
  try {
    const bytes = readFileSync(path)
    return parse(path.endsWith('.gz') ? gunzipSync(bytes) : bytes, { bom: true, skip_empty_lines: true })
  } catch (error) {
    const line = error instanceof Error && 'lines' in error ? Number(error.lines) : 1
    problems.add(file, line, '(all)', error instanceof Error ? error.message : String(error))
    return []
  }
}

const FORM: Record<ColumnKind, string> = {
  id: 'not an id',
  text: 'not a text',
  date: 'not a date (YYYY-MM-DD)',
  time: 'not a time (YYYY-MM-DDThh:mm:ss)',
  number: 'not a number',
}

/** Undefined when the text is no value of that kind. */
function readCell(kind: ColumnKind, text: string): string | number | undefined {
  if (kind === 'number') return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : undefined
  if (kind === 'time')
    return /^\d{4}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d:[0-5]\d$/.test(text) ? text : undefined
  if (kind !== 'date') return text
  const date = new Date(`${text}T00:00:00Z`)
  const real = /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(date.getTime())
  return real && date.toISOString().startsWith(text) ? text : undefined
}
