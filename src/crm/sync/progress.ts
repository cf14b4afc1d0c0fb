import type { FieldMap } from '../../model/field.ts'
import type { Db } from '../../store/db.ts'
import type { Merged } from '../../store/mirror-writes.ts'
import type { CrmReader } from '../crm.ts'
import type { Choices } from './fields-check.ts'

/** What every sync is given. */
export type SyncTools = {
  db: Db
  crm: CrmReader
  fields: FieldMap
  choices: Choices
  now: Date
}

/** What a sync did, in figures and in the accounts that are no longer as they were. */
export type SyncResult = {
  seen: number
  changed: number
  deleted: number
  accountIds: string[]
  /** Sentences: what could not be understood, or was left out. The first 20, and how many more. */
  problems: string[]
}

export type Progress = ReturnType<typeof createProgress>

const MOST_PROBLEMS = 20

export function createProgress() {
  const accountIds = new Set<string>()
  const problems: string[] = []
  let seen = 0
  let changed = 0
  let deleted = 0
  let problemCount = 0

  function took(ids: Iterable<string>) {
    for (const id of ids) accountIds.add(id)
  }

  return {
    problem(sentence: string) {
      problemCount += 1
      if (problems.length < MOST_PROBLEMS) problems.push(sentence)
    },
    saw(count: number, merged: Merged) {
      seen += count
      changed += merged.changed
      took(merged.accountIds)
    },
    lost(gone: { deleted: number; accountIds: Iterable<string> }) {
      deleted += gone.deleted
      took(gone.accountIds)
    },
    result(): SyncResult {
      const more = problemCount - problems.length
      return {
        seen,
        changed,
        deleted,
        accountIds: [...accountIds],
        problems: more > 0 ? [...problems, `… and ${more} more`] : [...problems],
      }
    },
  }
}
