import type { ModalView } from '@slack/types'
import { actions, linkButton, section } from '../slack/blocks.ts'
import { modal } from '../slack/inputs.ts'

/** One sentence where no message can be shown, such as in App Home, with a way to what it speaks of. */
export function noticeModal(text: string, url: string | null): ModalView {
  const link = url ? [actions([linkButton('Open the card', 'notice.open', url)])] : []
  return modal({
    title: 'Account manager',
    callback: 'notice',
    metadata: '',
    close: 'Close',
    blocks: [section(text), ...link],
  })
}
