import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * What must survive a kill, one JSON value per line, on disk before the call is answered. A kill can only
 * tear the last line; whatever it said was never answered, so it is dropped. Any other unreadable line means
 * the file was damaged, and starting on half a history would be worse than not starting.
 *
 * @throws Error naming the line when the file is damaged
 */
export function openJournal<Change>(dir: string | null) {
  if (dir === null) return { changes: [] as Change[], append: () => {}, rewrite: () => {} }
  mkdirSync(dir, { recursive: true })
  const file = join(dir, 'slack.jsonl')
  return {
    changes: existsSync(file) ? parseLines<Change>(readFileSync(file, 'utf8'), file) : [],
    append(change: Change) {
      appendFileSync(file, `${JSON.stringify(change)}\n`)
    },
    /** Replaces the whole history with these changes, in one step. */
    rewrite(changes: Change[]) {
      const next = `${file}.next`
      writeFileSync(next, changes.map((change) => `${JSON.stringify(change)}\n`).join(''))
      renameSync(next, file)
    },
  }
}

function parseLines<Change>(text: string, file: string): Change[] {
  // What follows the last newline is either nothing or the torn line.
  const lines = text.split('\n').slice(0, -1)
  return lines.map((line, index) => {
    try {
      return JSON.parse(line) as Change
    } catch (cause) {
      throw new Error(`${file}, line ${index + 1}, is not JSON: delete the folder to start afresh`, { cause })
    }
  })
}
