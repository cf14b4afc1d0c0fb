import type { KnownBlock } from '@slack/types'
import { type CardState, cardState } from '../model/approval.ts'
import { type CrmChange, type Fields, targetId } from '../model/change.ts'
import type { FieldMap, Module } from '../model/field.ts'
import { actions, context, header, section, summary } from '../slack/blocks.ts'
import { LIMITS } from '../slack/limits.ts'
import type { Message } from '../slack/message.ts'
import { oneLine, type Person, truncate, truncateWords } from '../slack/mrkdwn.ts'
import type { approvals, operations, recommendations } from '../store/schema.ts'
import { decisions, nextSteps } from './card-buttons.ts'
import { isPaused, isReassigned, isSuppressed, outcomeLine, vocabulary, wasHeldBack } from './card-outcome.ts'
import { cautions, difference, draft, particulars, why } from './card-proposal.ts'
import { cardBlockId } from './card-ref.ts'
import { asClause, editsInWords } from './change-words.ts'

/** Everything a card says is in here: the same facts make the same card. */
export type CardFacts = {
  approval: typeof approvals.$inferSelect
  recommendation: typeof recommendations.$inferSelect
  /** The change of the approval's current version, and of the first one shown. */
  change: CrmChange
  firstChange: CrmChange
  operation: typeof operations.$inferSelect | null
  /** The operation that takes this one back, and who asked for it. */
  undoOperation: typeof operations.$inferSelect | null
  undoneBy: Person | null
  /** Who was asked. */
  owner: Person & { zone: string }
  decidedBy: Person | null
  /** Who was asked instead, once the card was reassigned. */
  reassignedTo?: Person | null
  /** Who approved so far, in order. */
  deciders: Person[]
  account: { id: string; name: string }
  fields: FieldMap
  /** Names of CRM users and contacts the change points at, by id. */
  names: Readonly<Record<string, string>>
  /** What the touched fields hold now, once they are known to have moved. */
  found: Fields | null
  /** Permalink of the card that took this one's place. */
  replacedBy: string | null
  /** Until when it can be undone; null where that cannot be promised. */
  undoUntil: Date | null
  snoozedUntil: Date | null
  /** The page of a record in the CRM; null where it has none. */
  recordUrl: (module: Module, id: string) => string | null
  now: Date
}

export function stateOf({ approval, operation, undoOperation }: CardFacts): CardState {
  return cardState(approval.state, operation?.state ?? null, undoOperation?.state ?? null)
}

/** One message for the whole life of an approval: posted once, then edited in place, never deleted. */
export function renderCard(facts: CardFacts): Message {
  const state = stateOf(facts)
  const { approval, change } = facts
  const blocks = state === 'pending' ? pending(facts) : settled(state, facts)
  return {
    text: summary(sentence(state, facts)),
    // A new id with every version and state, as Slack asks of an edited message.
    blocks: blocks.map((block, index) => ({
      ...block,
      block_id: cardBlockId({ approvalId: approval.id, version: approval.version }, `${state}:${index}`),
    })),
    metadata: {
      event_type: 'sergas_card',
      event_payload: {
        approval_id: approval.id,
        version: approval.version,
        state,
        module: change.module,
        record_id: targetId(change),
        fields: Object.keys(change.action === 'remove' ? change.before : change.fields),
      },
    },
  }
}

function pending(facts: CardFacts): KnownBlock[] {
  return [
    header(title(facts)),
    ...difference(facts, 'pending'),
    ...draft(facts, 'pending'),
    ...why(facts),
    context(particulars(facts)),
    context(cautions(facts)),
    actions(decisions(facts)),
  ]
}

function settled(state: CardState, facts: CardFacts): KnownBlock[] {
  const buttons = nextSteps(state, facts)
  return [
    header(title(facts)),
    section(outcomeLine(state, facts)),
    ...difference(facts, state),
    ...draft(facts, state),
    ...(buttons.length > 0 ? [actions(buttons)] : []),
  ]
}

function title(facts: CardFacts): string {
  const edited = editsInWords(facts.firstChange, facts.change, vocabulary(facts)) !== null
  return `${truncate(oneLine(facts.account.name), 60)} – ${asClause(facts.recommendation.title)}${edited ? ' (edited)' : ''}`
}

const STATE_WORDS: Record<CardState, string> = {
  pending: 'your decision, please',
  processing: 'approved, writing to Zoho',
  done: 'approved and written to Zoho',
  failed: 'not written, nothing changed',
  unknown: 'Zoho did not answer, checking',
  rejected: 'rejected, nothing written',
  stale: 'the CRM changed, not written',
  expired: 'expired, nothing written',
  superseded: 'replaced by a newer one',
  withdrawn: 'taken back, nothing written',
  undone: 'undone in Zoho',
}

/** Account and outcome first, the state never cut off: the title gives way. */
function sentence(state: CardState, facts: CardFacts): string {
  const before = `${truncateWords(oneLine(facts.account.name), 24)}: `
  const after = ` – ${stateWords(state, facts)}.`
  const room = LIMITS.messageText - before.length - after.length
  return `${before}${truncateWords(asClause(facts.recommendation.title), room)}${after}`
}

function stateWords(state: CardState, facts: CardFacts): string {
  if (state === 'stale' && wasHeldBack(facts)) return 'not written'
  if (state === 'withdrawn' && isReassigned(facts)) return 'reassigned'
  if (state === 'withdrawn' && isSuppressed(facts)) return 'not to be suggested again'
  if (state === 'withdrawn' && isPaused(facts)) return 'taken back during a pause'
  if (state === 'withdrawn' && facts.snoozedUntil) return 'snoozed, nothing written'
  if (state === 'done' && editsInWords(facts.firstChange, facts.change, vocabulary(facts)) !== null) {
    return 'approved with edits, written to Zoho'
  }
  if (state === 'processing' && facts.undoOperation) return 'being undone in Zoho'
  return STATE_WORDS[state]
}
