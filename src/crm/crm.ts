import type { CrmChange, Fields } from '../model/change.ts'
import type { Module } from '../model/field.ts'

/**
 * The CRM in our words, split by power: whoever holds a `CrmReader` can change nothing. Only `execution/` is
 * ever given a `CrmWriter`.
 */

/** A record as the CRM holds it: API names, lookups as `{ id, name }`, instants as ISO 8601 with offset. */
export type CrmRecord = { id: string } & Record<string, unknown>

export type CrmUser = {
  id: string
  name: string
  email: string
  active: boolean
  isAdmin: boolean
  managerId: string | null
  zone: string | null
}

/** One field as the CRM describes it. `choices` is null unless it is a picklist. */
export type CrmField = { api: string; type: string; readOnly: boolean; choices: string[] | null }

/** A place in the order (Modified_Time, id). */
export type Cursor = { modifiedAt: Date; id: string }

export type Watch = {
  channelId: string
  token: string
  expiresAt: Date
  notifyUrl: string
  modules: Module[]
}

/** Every method throws `UpstreamError` when the CRM did not answer, or refused. */
export type CrmReader = {
  users(): Promise<CrmUser[]>
  fields(module: Module): Promise<CrmField[]>
  /** All records of a module, or those after the cursor, in pages ordered by (Modified_Time, id). */
  records(module: Module, after: Cursor | null): AsyncIterable<CrmRecord[]>
  /** Ids deleted since then. */
  deleted(module: Module, since: Date): Promise<string[]>
  /** Null when it does not exist or is in the bin. */
  record(module: Module, id: string): Promise<CrmRecord | null>
  /** These records as they are now, in any order; those that do not exist are left out. */
  recordsById(module: Module, ids: readonly string[]): Promise<CrmRecord[]>
  /** Records of a module that belong to one account, newest first, at most 200. */
  ofAccount(module: Exclude<Module, 'Accounts'>, accountId: string, dealIds: string[]): Promise<CrmRecord[]>
  /** Registers one notification channel for these modules, and answers when it really ends. */
  watch(watch: Watch): Promise<{ expiresAt: Date }>
}

/** Something that our writing connection did to a record, as the CRM itself remembers it. */
export type CrmTrace = {
  did: 'created' | 'updated' | 'removed'
  module: Module
  recordId: string
  /** Null when the CRM no longer says. */
  name: string | null
  at: Date
  /** API names of what an update changed. */
  fields: string[]
  /** What those became, in words for a person; absent when the CRM does not say. */
  values: Record<string, string | null>
  /** What a created record is attached to. */
  parentId: string | null
  /** The operation whose mark a created record carries. */
  operationId: string | null
}

/** What the CRM remembers of us, whatever we remember ourselves. Throws `UpstreamError` like a `CrmReader`. */
export type CrmTraces = {
  /** Oldest first. */
  since(at: Date): Promise<CrmTrace[]>
}

/** What a conditional write came to. `moved`: the precondition held it back and nothing was written. */
export type WriteOutcome =
  | { kind: 'written'; recordId: string; modifiedAt: string | null }
  | { kind: 'moved' }
  | { kind: 'refused'; code: string; message: string }

/**
 * Called when nothing is left to wait for, right before each request that may take effect leaves; what it throws keeps
 * that request back.
 */
export type BeforeSending = () => Promise<void>

export type CrmWriter = {
  /** The live record over the write connection; null when it is gone. */
  read(module: Module, id: string): Promise<CrmRecord | null>
  /**
   * Writes exactly `change.fields` (`update`), provided the record was not modified since `unmodifiedSince`.
   *
   * @throws UpstreamError with `sent: true` when the request may have taken effect.
   */
  update(
    change: Extract<CrmChange, { action: 'update' }>,
    unmodifiedSince: string,
    beforeSending: BeforeSending,
  ): Promise<WriteOutcome>
  /** Creates one record carrying our operation id; a repetition does not create a second. */
  create(
    change: Extract<CrmChange, { action: 'create' }>,
    operationId: string,
    beforeSending: BeforeSending,
  ): Promise<WriteOutcome>
  /** The record an earlier attempt of this operation made, if any. */
  findCreated(
    change: Extract<CrmChange, { action: 'create' }>,
    operationId: string,
  ): Promise<{ record: CrmRecord; fields: Fields } | null>
  /** Removes a record we made, provided it was not modified since. */
  remove(
    change: Extract<CrmChange, { action: 'remove' }>,
    beforeSending: BeforeSending,
  ): Promise<WriteOutcome>
  /** The fields of a record that a change touches, in the form a change holds them. */
  fieldsOf(record: CrmRecord, names: readonly string[]): Fields
}
