import type { KnownBlock, ModalView } from '@slack/types'
import type { Evidence } from '../model/signal.ts'
import { context, divider, header, section } from '../slack/blocks.ts'
import { calendarDay, daysFrom } from '../slack/dates.ts'
import { modal } from '../slack/inputs.ts'
import { LIMITS } from '../slack/limits.ts'
import { bullets, count, link, type Mrkdwn, mrkdwn, oneLine, truncate } from '../slack/mrkdwn.ts'
import type { CardFacts } from './card.ts'
import { encodeRef } from './card-ref.ts'
import { asClause, carriedText, RECORD_WORDS } from './change-words.ts'

const MAX_REASONS = 20
const MAX_RECORDS = 20

/** Every reason with every record it rests on, and the whole text that would be written. */
export function evidenceView(facts: CardFacts): ModalView {
  const { recommendation, approval, account, change, fields } = facts
  const text = carriedText(change, fields)?.text ?? recommendation.draft?.body ?? null
  return modal({
    title: 'Evidence',
    callback: 'approval.evidence',
    metadata: encodeRef({ approvalId: approval.id, version: approval.version }),
    close: 'Close',
    blocks: [
      header(`${account.name} – ${asClause(recommendation.title)}`),
      ...recommendation.rationale.slice(0, MAX_REASONS).map(({ text, evidence }) => {
        const records = evidence.slice(0, MAX_RECORDS).map((each) => record(each, facts))
        const rest = evidence.length - records.length
        return section(
          mrkdwn`*${truncate(oneLine(text), 500)}*\n${bullets(rest > 0 ? [...records, `and ${count(rest, 'more record')}`] : records)}`,
        )
      }),
      divider(),
      context([confidence(facts)]),
      ...(text === null ? [] : wholeText(text)),
    ],
  })
}

function record({ module, recordId, label, at, field }: Evidence, facts: CardFacts): Mrkdwn {
  const { recordUrl, approval, owner } = facts
  const source = link(recordUrl(module, recordId), truncate(oneLine(label), 100))
  const age = at === null ? null : daysFrom(at, approval.openedAt, owner.zone)
  const when = at && age ? `${calendarDay(at, approval.openedAt, owner.zone)} (${age})` : 'no date on record'
  const where = field ? `, ${field.replaceAll('_', ' ')}` : ''
  return mrkdwn`${source} – ${RECORD_WORDS[module]}${where}, ${when} · id ${recordId}`
}

function confidence({ recommendation }: CardFacts): Mrkdwn {
  const { level, reason, factors } = recommendation.confidence
  const parts = [
    `evidence ${grade(factors.evidence)}`,
    `facts ${factors.recency >= 0.6 ? 'fresh' : factors.recency >= 0.3 ? 'ageing' : 'old'}`,
    `pattern ${grade(factors.pattern)}`,
    `record of such suggestions ${grade(factors.history)}`,
  ]
  return mrkdwn`*${level} confidence*: ${reason}. Made of: ${parts.join(', ')}.`
}

function grade(share: number): string {
  if (share >= 0.7) return 'strong'
  return share >= 0.4 ? 'fair' : 'thin'
}

/** In as many blocks as it takes; a code point is at most two units. */
function wholeText(text: string): KnownBlock[] {
  const pieces = text.match(new RegExp(`[\\s\\S]{1,${LIMITS.sectionText / 2}}`, 'gu')) ?? []
  return [divider(), section(mrkdwn`*The whole text*`), ...pieces.slice(0, 20).map((piece) => section(piece))]
}
