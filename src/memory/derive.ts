import type { EntityKind, Vocabulary } from '../model/memory.ts'
import { entityId } from '../model/memory.ts'
import type { OnRecord } from '../store/memory-source.ts'
import type { EntityRow, EventRow, RelationRow, Remembered } from '../store/memory-writes.ts'
import { eventsOf } from './derive-events.ts'
import { factsOf } from './derive-facts.ts'
import { fold, legible } from './fold.ts'
import { mentionsIn } from './mentions.ts'
import { nearIdentical } from './near-identical.ts'
import { traitsOf } from './traits.ts'

/**
 * The memory of one account as a pure function of what is on record about it: the same record is the same memory, so
 * it can be made anew at any time, and what goes from the CRM goes from here.
 *
 * @param since nothing that ended before is remembered
 */
export function derive(onRecord: OnRecord, { vocabulary, since }: DeriveOptions): Remembered {
  const events = merged(eventsOf(onRecord).filter(({ at }) => at >= since))
  const graph = graphOf(onRecord, events, vocabulary)
  const facts = factsOf(onRecord).filter(({ validTo }) => !validTo || validTo >= since)
  return { events, ...graph, facts }
}

export type DeriveOptions = { vocabulary: Vocabulary; since: Date }

function merged(events: readonly EventRow[]): EventRow[] {
  const repeats = nearIdentical(events.map(({ key, at, folded }) => ({ key, at, words: folded.split(' ') })))
  return events.map((event) => ({ ...event, mergedInto: repeats.get(event.key) ?? null }))
}

function graphOf(
  onRecord: OnRecord,
  events: readonly EventRow[],
  vocabulary: Vocabulary,
): Pick<Remembered, 'entities' | 'relations'> {
  const { account, contacts, deals } = onRecord
  const accountId = account.id
  const entities = new Map<string, EntityRow>()
  const relations = new Map<string, RelationRow>()
  const entity = (kind: EntityKind, key: string, name: string, own = true) => {
    const id = entityId(kind, key)
    entities.set(id, {
      id,
      kind,
      name: legible(name, 300),
      accountId: own ? accountId : null,
      folded: fold(name),
    })
    return id
  }
  const relate = (fromId: string, kind: RelationRow['kind'], toId: string, sourceKey: string, at?: Date) =>
    relations.set(`${fromId} ${kind} ${toId} ${sourceKey}`, {
      fromId,
      kind,
      toId,
      accountId,
      sourceKey,
      at: at ?? null,
    })

  const here = entity('account', accountId, account.name)
  const self = `Accounts:${accountId}`
  if (account.ownerId)
    relate(entity('person', account.ownerId, account.ownerName ?? 'somebody', false), 'owns', here, self)
  for (const { id, name } of contacts) relate(entity('contact', id, name), 'works_at', here, `Contacts:${id}`)
  for (const { id, name, contactId } of deals) {
    const deal = entity('deal', id, name)
    relate(deal, 'belongs_to', here, `Deals:${id}`)
    if (contactId) relate(entityId('contact', contactId), 'contact_of', deal, `Deals:${id}`)
  }
  for (const { key, name, sourceKey } of traitsOf(onRecord))
    relate(here, 'has', entity('trait', key, name, false), sourceKey)
  const own = new Set([account.name, ...contacts.map(({ name }) => name)].map(fold))
  for (const { key, title, text, at, kind } of events) {
    // What the bot itself wrote says nothing new about the account.
    if (kind === 'decision' || kind === 'outcome') continue
    for (const mention of mentionsIn(`${title}\n${text}`, vocabulary, own))
      relate(here, 'mentions', entity(mention.kind, mention.key, mention.name, false), key, at)
  }
  return { entities: [...entities.values()], relations: [...relations.values()] }
}
