import { createReadStream } from 'node:fs'
import { createGunzip } from 'node:zlib'
import { InvalidInputError } from '../errors.ts'

/**
 * Rows of a CSV file (RFC 4180; plain, or gzipped by its name), read as a stream: a file may be larger than memory.
 * The first row is the header. A row's number is that of a spreadsheet.
 */

const QUOTE = 0x22
const COMMA = 0x2c
const LF = 0x0a
const CR = 0x0d
/** Beyond this a quote was opened and never closed. */
const MOST_ROW_BYTES = 4_000_000

type Cut = { cells: string[]; next: number }

/** @throws InvalidInputError naming file and row, for what is no CSV */
export async function* csvRows(path: string, file: string): AsyncGenerator<{ row: number; cells: string[] }> {
  let rest: Buffer = Buffer.alloc(0)
  let row = 0
  for await (const chunk of bytesOf(path, file)) {
    const bytes: Buffer = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk
    let at = row === 0 && hasMark(bytes) ? 3 : 0
    for (let cut = cutRow(bytes, at, false); cut !== null; cut = cutRow(bytes, at, false)) {
      at = cut.next
      row += 1
      if (!isBlank(cut.cells)) yield { row, cells: cut.cells }
    }
    rest = bytes.subarray(at)
    if (rest.length > MOST_ROW_BYTES)
      throw new InvalidInputError(`${file}, row ${row + 1}: the row does not end; is a quote left open?`)
  }
  let at = row === 0 && hasMark(rest) ? 3 : 0
  while (at < rest.length) {
    const cut = cutRow(rest, at, true)
    if (cut === null) throw new InvalidInputError(`${file}, row ${row + 1}: a quote is never closed`)
    at = cut.next
    row += 1
    if (!isBlank(cut.cells)) yield { row, cells: cut.cells }
  }
}

async function* bytesOf(path: string, file: string): AsyncGenerator<Buffer> {
  const stream = createReadStream(path)
  const source = path.endsWith('.gz') ? stream.pipe(createGunzip()) : stream
  // A pipe does not hand on the errors of what it reads from.
  if (source !== stream) stream.on('error', (error) => source.destroy(error))
  try {
    yield* source
  } catch (error) {
    throw new InvalidInputError(
      `${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
}

/** The row that begins at `start`; null when its end is not in the bytes. */
function cutRow(bytes: Buffer, start: number, isLast: boolean): Cut | null {
  const cells: string[] = []
  for (let at = start; ; at += 1) {
    const cell = bytes[at] === QUOTE ? cutQuoted(bytes, at, isLast) : cutPlain(bytes, at)
    if (cell === null) return null
    cells.push(cell.text)
    at = cell.end
    if (bytes[at] === COMMA) continue
    if (at >= bytes.length && !isLast) return null
    return { cells, next: at + 1 }
  }
}

/** @returns where the comma or the line's end stands */
function cutPlain(bytes: Buffer, start: number): { text: string; end: number } {
  let end = start
  while (end < bytes.length && bytes[end] !== COMMA && bytes[end] !== LF) end += 1
  const until = bytes[end] !== COMMA && end > start && bytes[end - 1] === CR ? end - 1 : end
  return { text: bytes.toString('utf8', start, until), end }
}

function cutQuoted(bytes: Buffer, start: number, isLast: boolean): { text: string; end: number } | null {
  let text = ''
  for (let from = start + 1; ; ) {
    const quote = bytes.indexOf(QUOTE, from)
    if (quote === -1) return null
    // Whether the quote is doubled cannot be told before the next byte is there.
    if (quote + 1 >= bytes.length && !isLast) return null
    text += bytes.toString('utf8', from, quote)
    if (bytes[quote + 1] !== QUOTE) {
      const after = cutPlain(bytes, quote + 1)
      return { text: text + after.text, end: after.end }
    }
    text += '"'
    from = quote + 2
  }
}

function hasMark(bytes: Buffer): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
}

function isBlank(cells: readonly string[]): boolean {
  return cells.length === 1 && cells[0]?.trim() === ''
}
