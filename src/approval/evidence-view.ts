import type { KnownBlock, ModalView } from '@slack/types'
import { context, divider, header, section } from '../slack/blocks.ts'
import { citation } from '../slack/citation.ts'
import { modal } from '../slack/inputs.ts'
import { LIMITS } from '../slack/limits.ts'
import { bullets, count, type Mrkdwn, mrkdwn, oneLine, truncateWords } from '../slack/mrkdwn.ts'
import type { CardFacts } from './card.ts'
import { encodeRef } from './card-ref.ts'
import { asClause, carriedText } from './change-words.ts'

const MAX_REASONS = 20
const MAX_RECORDS = 20

/** Every reason with every record it rests on, and the whole text that would be written. */
export function evidenceView(facts: CardFacts): ModalView {
  const { recommendation, approval, account, change, fields } = facts
  const text = carriedText(change, fields)?.text ?? recommendation.draft?.body ?? null
  const reader = { recordUrl: facts.recordUrl, zone: facts.owner.zone, now: approval.openedAt }
  return modal({
    title: 'Evidence',
    callback: 'approval.evidence',
    metadata: encodeRef({ approvalId: approval.id, version: approval.version }),
    close: 'Close',
    blocks: [
      header(`${account.name} – ${asClause(recommendation.title)}`),
      ...recommendation.rationale.slice(0, MAX_REASONS).map(({ text, evidence }) => {
        const records = evidence.slice(0, MAX_RECORDS).map((each) => citation(each, reader))
        const rest = evidence.length - records.length
        return section(
          mrkdwn`*${truncateWords(oneLine(text), 500)}*\n${bullets(rest > 0 ? [...records, `and ${count(rest, 'more record')}`] : records)}`,
        )
      }),
      divider(),
      context([confidence(facts)]),
      ...(text === null ? [] : wholeText(text)),
    ],
  })
}

function confidence({ recommendation }: CardFacts): Mrkdwn {
  const { level, reason, factors } = recommendation.confidence
  const parts = [
    `the records behind it are ${grade(factors.evidence, ['strong', 'fair', 'few'])}`,
    `the facts are ${grade(factors.recency, ['fresh', 'ageing', 'old'])}`,
    `the pattern is ${grade(factors.pattern, ['clear', 'fair', 'faint'])}`,
  ]
  return mrkdwn`*${LEVELS[level]}*: ${reason}. Why: ${parts.join(', ')}.`
}

const LEVELS = { high: 'High confidence', medium: 'Medium confidence', low: 'Low confidence' } as const

function grade(share: number, [good, middling, poor]: [string, string, string]): string {
  if (share >= 0.7) return good
  return share >= 0.4 ? middling : poor
}

/** In as many blocks as it takes; a code point is at most two units. */
function wholeText(text: string): KnownBlock[] {
  const pieces = text.match(new RegExp(`[\\s\\S]{1,${LIMITS.sectionText / 2}}`, 'gu')) ?? []
  return [divider(), section(mrkdwn`*The whole text*`), ...pieces.slice(0, 20).map((piece) => section(piece))]
}
