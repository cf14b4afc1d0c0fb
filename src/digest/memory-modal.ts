import type { ModalView } from '@slack/types'
import { actions, button, context, plainMessage, section } from '../slack/blocks.ts'
import { input, modal, select, textInput } from '../slack/inputs.ts'
import { LIMITS } from '../slack/limits.ts'
import type { Message } from '../slack/message.ts'
import { mrkdwn, truncate, visible } from '../slack/mrkdwn.ts'

/** "Add to account memory": which account a Slack message is to be remembered with, and what of it. */

export type MemoryModal = {
  /** What `parseMemory` gets back. */
  metadata: string
  text: string
  /** By name; those that the person may see. */
  accounts: readonly { id: string; name: string }[]
  /** The account that the message names, if it names one. */
  suggested: string | null
}

export function memoryModal({ metadata, text, accounts, suggested }: MemoryModal): ModalView {
  const words = visible(text).trim()
  const cut = truncate(words, LIMITS.inputValue)
  return modal({
    title: 'Account memory',
    callback: 'memory.add',
    metadata,
    submit: 'Remember',
    blocks: [
      section(
        'I keep this with the account and find it again when it is looked at. It is not written to Zoho. Whoever may see the account can read it; you can remove it.',
      ),
      input({
        blockId: 'account',
        label: 'Which account?',
        element: select(
          'account',
          accounts.map(({ id, name }) => ({ value: id, text: name })),
          { initial: suggested, placeholder: 'Choose an account' },
        ),
      }),
      input({
        blockId: 'text',
        label: 'What to remember',
        element: textInput('text', cut, { multiline: true }),
        ...(cut === words ? {} : { hint: 'The message is longer than I keep: its beginning is here.' }),
      }),
    ],
  })
}

/** For somebody who may see no account at all. */
export function noAccountsModal(): ModalView {
  return modal({
    title: 'Account memory',
    callback: 'memory.none',
    metadata: '',
    close: 'Close',
    blocks: [
      section('You see no account that this could be remembered with. Nothing was kept.'),
      context(['Ask an admin to link you to your Zoho user.']),
    ],
  })
}

/** What whoever added it reads, with the way to take it back. */
export function renderRemembered({
  accountName,
  key,
  isNew,
}: {
  accountName: string
  key: string
  isNew: boolean
}): Message {
  const said = plainMessage(
    isNew
      ? mrkdwn`Remembered with *${accountName}*. It is not in Zoho.`
      : mrkdwn`That message was remembered with *${accountName}* already.`,
  )
  return {
    ...said,
    blocks: [
      ...said.blocks,
      actions([
        button({
          text: 'Remove',
          action: 'memory.remove',
          value: key,
          label: `Remove this from the memory of ${accountName}`,
        }),
      ]),
    ],
  }
}
