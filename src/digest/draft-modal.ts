import type { ModalView } from '@slack/types'
import type { DraftText } from '../model/review.ts'
import { context, divider, section } from '../slack/blocks.ts'
import { modal } from '../slack/inputs.ts'
import { LIMITS } from '../slack/limits.ts'
import { mrkdwn } from '../slack/mrkdwn.ts'

/** An e-mail to copy. Nobody but the person sends it. */
export function draftModal({ subject, body }: DraftText): ModalView {
  return modal({
    title: 'Draft e-mail',
    callback: 'brief.draft',
    metadata: '',
    close: 'Close',
    blocks: [
      section(mrkdwn`*Subject:* ${subject}`),
      divider(),
      ...pieces(body).map((piece) => section(piece)),
      divider(),
      context(['I never send e-mail. Copy it, change it, and send it yourself.']),
    ],
  })
}

/** A text may be longer than one section holds; paragraphs stay whole where they fit. */
function pieces(body: string): string[] {
  const parts: string[] = []
  for (const paragraph of body.split('\n\n')) {
    const last = parts.at(-1)
    const joined = last === undefined ? paragraph : `${last}\n\n${paragraph}`
    if (last !== undefined && joined.length <= LIMITS.sectionText) parts[parts.length - 1] = joined
    else parts.push(paragraph)
  }
  return parts
}
