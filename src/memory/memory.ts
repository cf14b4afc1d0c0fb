import type { EntityKind, MemoryKind, MemorySource } from '../model/memory.ts'

/**
 * What is remembered of accounts, and how it is asked for. The port: Postgres stands behind it, another store may. Each
 * `Memory` is one person's: what they may not see is not there, and an account they may not see is one without a past.
 */
export type Memory = {
  /**
   * What fits a question best, at most `limit` (50), best first. Any text is a question; one without words finds nothing.
   *
   * @param accountId null for all accounts that may be seen
   */
  search(accountId: string | null, query: string, limit?: number): Promise<Recollection[]>
  timeline(accountId: string, asked?: TimelineAsk): Promise<Timeline>
  /** Accounts with something in common, closest first, and what that is; never without a reason in words. */
  similar(accountId: string, limit?: number): Promise<SimilarAccount[]>
  /** What is, or was, so of an entity, newest first. */
  facts(entity: { kind: EntityKind; key: string }, asked?: { at?: Date }): Promise<Fact[]>
  /** Keeps what a person told, with its audit event; once per source. Null for an account they may not see. */
  remember(note: Note): Promise<{ key: string; isNew: boolean } | null>
  /** Takes a note back, for whoever added it. */
  forget(key: string, by: string): Promise<boolean>
}

/** The memory of whoever may see these people's accounts; null: of everyone's, which is for the bot itself only. */
export type MemoryOf = (ownerIds: readonly string[] | null) => Memory

/** What keeps it true beside the questions. Each may be run at any time, twice, and ended anywhere. */
export type MemoryUpkeep = {
  /** Whether something moved that it does not hold. */
  isDue(): Promise<boolean>
  /** @returns how many accounts were looked at */
  keepUp(): Promise<number>
  /** Forgets what lies further back than the company wants to know. @returns how much */
  forgetOld(): Promise<number>
}

/** A record of the CRM, a row of our own, or a message. */
export type Source = { source: MemorySource; recordId: string }

export type Recollection = {
  key: string
  accountId: string
  accountName: string
  /** `fact`: something that was so for a time; the rest happened. */
  kind: MemoryKind | 'fact'
  /** When it happened, or since when it is so; null: since before anything is known. */
  at: Date | null
  /** Of a fact that is no longer so. */
  until: Date | null
  title: string
  /** Around the words that were asked for. */
  snippet: string
  /** Never empty; more than one where several records say the same. */
  sources: Source[]
  /** Where a person finds it, when that is not the CRM. */
  url: string | null
  /** How it was found: by its words, by a name spelled nearly so, or through somebody or something named. */
  found: ('words' | 'spelling' | 'related')[]
}

export type TimelineAsk = { from?: Date; until?: Date; kinds?: readonly MemoryKind[]; limit?: number }

export type Timeline = {
  /** Newest first. */
  entries: Recollection[]
  /** When the newest thing known of it happened, whatever was asked for; null when nothing is known. */
  newestAt: Date | null
  /** Nothing newer is known for so many days, and that is long; null while it is not. */
  staleDays: number | null
}

export type SimilarAccount = {
  accountId: string
  name: string
  /** E.g. `same industry (Energy)`, `both mention Globex`. */
  reasons: string[]
}

export type Fact = {
  statement: string
  validFrom: Date | null
  /** Null: still so. */
  validTo: Date | null
  source: Source
}

/** Something a person wants remembered. */
export type Note = {
  accountId: string
  text: string
  /** When it was said. */
  at: Date
  /** Owner id of whoever adds it. */
  by: string
  /** Who said it, in words. */
  saidBy: string | null
  /** Names the message, so that adding it twice keeps it once. */
  messageId: string
  permalink: string | null
}
