import {
  appendFileSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  truncateSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import type { CrmData, HistoryEntry, ModuleName, ZohoRecord } from '../data/crm-data.ts'
import { MODULE_NAMES } from '../data/crm-data.ts'
import type { Person } from '../people.ts'

/** A request to change records, as received, and what it was told. */
export type WriteEntry = {
  /** ISO 8601. */
  at: string
  method: string
  path: string
  headers: Record<string, unknown>
  body: unknown
  /** Null when no answer was sent at all. */
  status: number | null
  answer: unknown
  /** The fault that struck this request, if any. `lost_answer`: what `answer` says was applied, but nobody heard. */
  fault: string | null
}

export type Removal = {
  module: ModuleName
  id: string
  name: string | null
  at: string
  by: { id: string; name: string } | null
}

export type Channel = {
  id: string
  notifyUrl: string
  token: string | null
  /** `<Module>.<create|edit|delete|all>` */
  events: string[]
  expiry: string
  notifyOnRelatedAction: boolean
  returnAffectedFieldValues: boolean
}

export type AccessToken = {
  token: string
  connection: 'read' | 'write'
  issuedAt: string
  expiresAt: string
}

/** Everything that can happen to the local Zoho. The state is what these add up to. */
export type Change =
  | { kind: 'person'; person: Person }
  | { kind: 'record'; module: ModuleName; record: ZohoRecord }
  | { kind: 'removal'; removal: Removal }
  | { kind: 'history'; entry: HistoryEntry }
  | { kind: 'write'; write: WriteEntry }
  | { kind: 'channel'; channel: Channel }
  | { kind: 'channel-removal'; id: string }
  | { kind: 'token'; token: AccessToken }

/**
 * Keeps changes in files of `dir`: a snapshot of the company the local Zoho began with, and a journal of what
 * happened since, one line per commit. A commit is on file before its caller is answered, so a killed process
 * loses nothing; a line cut short by the kill was never answered for and is dropped.
 */
export type Journal = {
  /** What was on file when it was opened, oldest first. */
  replay(apply: (change: Change) => void): void
  append(changes: readonly Change[]): void
}

export function memoryJournal(company: CrmData): Journal {
  return {
    replay(apply) {
      for (const change of companyChanges(company)) apply(change)
    },
    append() {},
  }
}

/** @param company makes the first company; not called when `dir` already holds one. */
export function fileJournal(dir: string, company: () => CrmData): Journal {
  const snapshot = join(dir, 'zoho-snapshot.jsonl')
  const journal = join(dir, 'zoho-journal.jsonl')
  mkdirSync(dir, { recursive: true })
  if (!existsSync(snapshot)) writeSnapshot(snapshot, company())

  return {
    replay(apply) {
      for (const line of wholeLines(snapshot)) apply(JSON.parse(line) as Change)
      if (!existsSync(journal)) return
      dropTornLine(journal)
      for (const line of wholeLines(journal)) {
        for (const change of JSON.parse(line) as Change[]) apply(change)
      }
    },
    append(changes) {
      appendFileSync(journal, `${JSON.stringify(changes)}\n`)
    },
  }
}

function* companyChanges(company: CrmData): Generator<Change> {
  for (const person of company.people) yield { kind: 'person', person }
  for (const module of MODULE_NAMES) {
    for (const record of company.records[module]) yield { kind: 'record', module, record }
  }
  for (const entry of company.history) yield { kind: 'history', entry }
}

/** Written aside and renamed, so that a snapshot under its own name is always whole. */
function writeSnapshot(path: string, company: CrmData) {
  const unfinished = `${path}.part`
  const file = openSync(unfinished, 'w')
  try {
    let chunk = ''
    for (const change of companyChanges(company)) {
      chunk += `${JSON.stringify(change)}\n`
      if (chunk.length > 1_000_000) {
        writeSync(file, chunk)
        chunk = ''
      }
    }
    writeSync(file, chunk)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(unfinished, path)
}

function* wholeLines(path: string): Generator<string> {
  const text = readFileSync(path, 'utf8')
  let start = 0
  for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
    yield text.slice(start, end)
    start = end + 1
  }
}

function dropTornLine(path: string) {
  const bytes = readFileSync(path)
  const whole = bytes.lastIndexOf('\n') + 1
  if (whole < bytes.length) truncateSync(path, whole)
}
