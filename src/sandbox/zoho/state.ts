import type { HistoryEntry, ModuleName, ZohoRecord } from '../data/crm-data.ts'
import { FIRST_NEW_ID, MODULE_NAMES } from '../data/crm-data.ts'
import type { Person } from '../people.ts'
import type { AccessToken, Change, Channel, Journal, Removal, WriteEntry } from './journal.ts'
import { NAME_FIELD, SCHEMA } from './schema.ts'

export type ZohoState = ReturnType<typeof createState>

/**
 * The local Zoho's memory: records with the indexes that reading them needs. Changes are applied at once and
 * journaled together at `commit`, which everyone who changes something calls before answering.
 */
export function createState(journal: Journal) {
  const tables = new Map<ModuleName, Map<string, ZohoRecord>>(MODULE_NAMES.map((name) => [name, new Map()]))
  const versions = new Map<ModuleName, number>()
  const people: Person[] = []
  const removals: Removal[] = []
  const history = new Map<string, HistoryEntry[]>()
  const writes: WriteEntry[] = []
  const channels = new Map<string, Channel>()
  const tokens = new Map<string, AccessToken>()
  const children = new Map<string, Set<string>>()
  const uniques = new Map<string, string>()
  let lastId = FIRST_NEW_ID
  let uncommitted: Change[] = []

  journal.replay(take)

  function table(module: ModuleName): Map<string, ZohoRecord> {
    return tables.get(module) ?? new Map()
  }

  function take(change: Change) {
    switch (change.kind) {
      case 'person':
        people.push(change.person)
        break
      case 'record':
        putRecord(change.module, change.record)
        break
      case 'removal':
        removeRecord(change.removal)
        break
      case 'history': {
        noteId(change.entry.id)
        const entries = history.get(change.entry.recordId)
        if (entries) entries.push(change.entry)
        else history.set(change.entry.recordId, [change.entry])
        break
      }
      case 'write':
        writes.push(change.write)
        break
      case 'channel':
        channels.set(change.channel.id, change.channel)
        break
      case 'channel-removal':
        channels.delete(change.id)
        break
      case 'token':
        tokens.set(change.token.token, change.token)
        break
    }
  }

  function noteId(id: string) {
    const number = BigInt(id)
    if (number > lastId) lastId = number
  }

  function putRecord(module: ModuleName, record: ZohoRecord) {
    const before = table(module).get(record.id)
    if (before) unindex(module, before)
    table(module).set(record.id, record)
    for (const key of childKeys(module, record)) {
      const ids = children.get(key)
      if (ids) ids.add(record.id)
      else children.set(key, new Set([record.id]))
    }
    for (const key of uniqueKeys(module, record)) uniques.set(key, record.id)
    noteId(record.id)
    touch(module)
  }

  function removeRecord(removal: Removal) {
    const record = table(removal.module).get(removal.id)
    if (!record) return
    unindex(removal.module, record)
    table(removal.module).delete(removal.id)
    removals.push(removal)
    touch(removal.module)
  }

  function unindex(module: ModuleName, record: ZohoRecord) {
    for (const key of childKeys(module, record)) children.get(key)?.delete(record.id)
    for (const key of uniqueKeys(module, record)) uniques.delete(key)
  }

  function touch(module: ModuleName) {
    versions.set(module, (versions.get(module) ?? 0) + 1)
  }

  return {
    people: people as readonly Person[],
    removals: removals as readonly Removal[],
    writes: writes as readonly WriteEntry[],
    channels: channels as ReadonlyMap<string, Channel>,
    tokens: tokens as ReadonlyMap<string, AccessToken>,

    get: (module: ModuleName, id: string) => table(module).get(id),
    all: (module: ModuleName): Iterable<ZohoRecord> => table(module).values(),
    count: (module: ModuleName) => table(module).size,
    /** Grows with every change of the module: what was computed under another version is out of date. */
    version: (module: ModuleName) => versions.get(module) ?? 0,
    /** Records of `module` whose lookup `field` leads to `id`, oldest first. */
    childrenOf(module: ModuleName, field: string, id: string): ZohoRecord[] {
      const ids = [...(children.get(`${module}.${field}.${id}`) ?? [])].sort()
      return ids.flatMap((child) => table(module).get(child) ?? [])
    },
    findUnique: (module: ModuleName, field: string, value: string) =>
      uniques.get(uniqueKey(module, field, value)),
    historyOf: (recordId: string): readonly HistoryEntry[] => history.get(recordId) ?? [],
    /** What a record is called; null when it does not exist (any more). */
    nameOf(module: ModuleName, id: string): string | null {
      const record = table(module).get(id)
      return record ? nameOf(module, record) : null
    },
    moduleOf: (id: string) => MODULE_NAMES.find((module) => table(module).has(id)) ?? null,
    personOf: (crmId: string) => people.find((person) => person.crmId === crmId) ?? null,

    nextId(): string {
      lastId += 1n
      return String(lastId)
    },
    apply(change: Change) {
      take(change)
      uncommitted.push(change)
    },
    commit() {
      if (uncommitted.length === 0) return
      const changes = uncommitted
      uncommitted = []
      journal.append(changes)
    },
  }
}

export function nameOf(module: ModuleName, record: ZohoRecord): string | null {
  const name = record[NAME_FIELD[module]]
  return typeof name === 'string' ? name : null
}

/** The record a lookup value leads to; null when it is empty. */
export function lookupId(value: ZohoRecord[string]): string | null {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? value.id : null
}

function childKeys(module: ModuleName, record: ZohoRecord): string[] {
  return SCHEMA[module].flatMap((field) => {
    if (field.type !== 'lookup') return []
    const id = lookupId(record[field.api])
    return id === null ? [] : [`${module}.${field.api}.${id}`]
  })
}

// Zoho's unique text fields do not tell upper case from lower case.
function uniqueKey(module: ModuleName, field: string, value: string): string {
  return `${module}.${field}.${value.toLowerCase()}`
}

function uniqueKeys(module: ModuleName, record: ZohoRecord): string[] {
  return SCHEMA[module].flatMap((field) => {
    const value = record[field.api]
    return field.unique && typeof value === 'string' ? [uniqueKey(module, field.api, value)] : []
  })
}
