import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { InvalidInputError } from '../errors.ts'
import { csvRows } from './csv-rows.ts'

/**
 * One table of a folder, row by row, with the columns that are asked for. The first thing that cannot be read ends
 * it: figures from half a table would mislead.
 */
export type Columns = { id: string; needed: readonly string[]; optional?: readonly string[] }
export type TableRow = {
  /** The cell, trimmed; empty where the column is optional and missing. */
  text(column: string): string
  /** Null when it is empty. @throws InvalidInputError for what is no day */
  day(column: string): string | null
  problem(column: string, reason: string): InvalidInputError
}

/** @throws InvalidInputError when there is no such folder */
export function assertFolder(folder: string): void {
  const isFolder = statSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? false
  if (!isFolder) throw new InvalidInputError(`There is no folder ${folder}`)
}

/** The file's name, as `<name>.csv` or gzipped; null when the folder has neither. */
export function tableFile(folder: string, name: string): string | null {
  return [`${name}.csv`, `${name}.csv.gz`].find((file) => existsSync(join(folder, file))) ?? null
}

/** @throws InvalidInputError with file, row, column and reason */
export async function* tableRows(
  folder: string,
  file: string,
  { id, needed, optional = [] }: Columns,
): AsyncGenerator<TableRow> {
  const rows = csvRows(join(folder, file), file)
  const header = await rows.next()
  if (header.done) throw new InvalidInputError(`${file} is empty`)
  const names = header.value.cells.map((cell) => cell.trim())
  const places = new Map([...needed, ...optional].map((column) => [column, names.indexOf(column)]))
  const missing = needed.filter((column) => places.get(column) === -1)
  if (missing.length > 0)
    throw new InvalidInputError(
      `${file} lacks the column${missing.length > 1 ? 's' : ''} ${missing.join(', ')}`,
    )
  const seen = new Map<string, number>()
  for await (const { row, cells } of rows) {
    const text = (column: string) => (cells[places.get(column) ?? -1] ?? '').trim()
    const problem = (column: string, reason: string) =>
      new InvalidInputError(`${file}, row ${row}, column ${column}: ${reason}`)
    const key = text(id)
    if (key === '') throw problem(id, 'a value is missing')
    const first = seen.get(key)
    if (first !== undefined) throw problem(id, `${JSON.stringify(key)} is already in row ${first}`)
    seen.set(key, row)
    yield { text, problem, day: (column) => dayIn(text(column), (reason) => problem(column, reason)) }
  }
}

const DAY = /^(\d{4}-\d\d-\d\d)([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/

function dayIn(text: string, problem: (reason: string) => InvalidInputError): string | null {
  if (text === '') return null
  const day = DAY.exec(text)?.[1]
  if (day === undefined || !isDay(day)) throw problem(`${JSON.stringify(text)} is not a date (YYYY-MM-DD)`)
  return day
}

export function isDay(text: string): boolean {
  const day = new Date(`${text}T00:00:00Z`)
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text)
}
