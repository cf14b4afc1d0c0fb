import type { ModalView } from '@slack/types'
import type { DraftText } from '../model/review.ts'
import { context, section } from '../slack/blocks.ts'
import { input, modal, textInput } from '../slack/inputs.ts'
import { mrkdwn } from '../slack/mrkdwn.ts'

/** A letter to copy. Nobody but the person sends it. */
export function draftModal({ subject, body }: DraftText): ModalView {
  return modal({
    title: 'Draft e-mail',
    callback: 'brief.draft',
    metadata: '',
    close: 'Close',
    blocks: [
      section(mrkdwn`*Subject:* ${subject}`),
      input({
        blockId: 'body',
        label: 'Text to copy',
        element: textInput('body', body, { multiline: true }),
      }),
      context(['I never send e-mail. Copy it, change it, and send it yourself.']),
    ],
  })
}
