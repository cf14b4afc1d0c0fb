/** The words of memory: what kinds of things it holds, and where each may come from. */

/** A module of the CRM, a row of our own, or a message that a person told the bot to keep. */
export type MemorySource =
  | 'Accounts'
  | 'Contacts'
  | 'Deals'
  | 'Tasks'
  | 'Events'
  | 'Calls'
  | 'Notes'
  | 'approvals'
  | 'operations'
  | 'slack'

export const MEMORY_KINDS = [
  'meeting',
  'call',
  'email',
  'task',
  'note',
  'change',
  'deal',
  'decision',
  'outcome',
  'told',
] as const
/** `told`: added by a person. `outcome`: what became of an approved write. */
export type MemoryKind = (typeof MEMORY_KINDS)[number]

/** `trait`: something that accounts have in common, such as an industry. */
export type EntityKind = 'account' | 'contact' | 'deal' | 'person' | 'product' | 'competitor' | 'trait'

export type RelationKind = 'works_at' | 'belongs_to' | 'owns' | 'contact_of' | 'mentions' | 'has'

/** Names of an entity, as in `contact:4876876000000555001`. */
export const entityId = (kind: EntityKind, key: string): string => `${kind}:${key}`

/** A product or competitor that this company wants to have recognised in texts. */
export type Vocabulary = { products: readonly string[]; competitors: readonly string[] }

export const DAY_MS = 86_400_000
