import type { KnownBlock } from '@slack/types'
import type { DeadLetter } from '../model/dead-letter.ts'
import { actions, button, context, divider, header, plainMessage, section, summary } from '../slack/blocks.ts'
import { date } from '../slack/dates.ts'
import type { Message } from '../slack/message.ts'
import { count, joined, type Mrkdwn, mrkdwn, oneLine, truncateWords } from '../slack/mrkdwn.ts'

/** What admins are told of dead letters. */
export type LettersView = {
  counts: Record<DeadLetter['kind'], number>
  /** The newest of them. */
  letters: readonly DeadLetter[]
  zone: string
  now: Date
}

const WORDS: Record<DeadLetter['kind'], [one: string, many: string]> = {
  write: ['approved change', 'approved changes'],
  message: ['message', 'messages'],
  job: ['background job', 'background jobs'],
  webhook: ['notice from Zoho', 'notices from Zoho'],
}

export function renderDeadLetters({ counts, letters, zone }: LettersView): Message {
  const total = Object.values(counts).reduce((sum, n) => sum + n, 0)
  if (total === 0)
    return plainMessage('Nothing is left that needs an admin: all of it was done or discarded.')
  const kinds = (Object.keys(WORDS) as DeadLetter['kind'][]).flatMap((kind) =>
    counts[kind] > 0 ? [count(counts[kind], ...WORDS[kind])] : [],
  )
  const rest = total - letters.length
  return {
    text: summary(
      `${count(total, 'thing')} could not be done and ${total === 1 ? 'needs' : 'need'} an admin.`,
    ),
    blocks: [
      header(`${count(total, 'thing')} could not be done`),
      section(
        mrkdwn`Waiting for an admin: ${kinds.join(', ')}. Each stays until it comes through or is discarded.`,
      ),
      ...letters.flatMap((letter) => [divider(), ...letterBlocks(letter, zone)]),
      ...(rest > 0
        ? [context([`${rest} older. \`sergas dlq list\` on the command line lists all of them.`])]
        : []),
    ],
  }
}

function letterBlocks(letter: DeadLetter, zone: string): KnownBlock[] {
  const { id, account, what, since, error } = letter
  const name = truncateWords(oneLine(account ? `${account} – ${what}` : what), 150)
  const why = truncateWords(oneLine(error), 300)
  return [
    section(
      joined(
        [
          mrkdwn`*${name}*`,
          mrkdwn`${STATE[letter.kind](letter)}: ${why}`,
          mrkdwn`since ${date(since, 'dayTime', zone)}`,
        ],
        '\n',
      ),
    ),
    actions(
      [
        button({
          text: letter.state === 'unanswered' ? 'Ask Zoho now' : 'Try again',
          action: 'dead_letter.retry',
          value: id,
          label: `Try again: ${name}`,
        }),
        ...(letter.state === 'unanswered' ? [] : [discard(id, name)]),
      ],
      id,
    ),
  ]
}

const STATE: Record<DeadLetter['kind'], (letter: DeadLetter) => string> = {
  write: ({ state }) =>
    state === 'unanswered' ? 'It is not known whether it was written' : 'Approved and not written',
  message: () => 'Not sent',
  job: () => 'Failed',
  webhook: () => 'Not followed up',
}

function discard(id: string, name: string) {
  return button({
    text: 'Discard',
    action: 'dead_letter.discard',
    value: id,
    style: 'danger',
    label: `Discard: ${name}`,
    confirm: {
      title: 'Discard it?',
      text: 'It stays undone and is no longer counted. That is kept in the audit trail.',
      confirm: 'Discard',
    },
  })
}

export function renderLettersMoved(): Message {
  return plainMessage('A newer message of mine lists what needs an admin now.')
}

/** What a press came to, for whoever pressed. */
export const LETTER_WORDS: Record<'retried' | 'discarded' | 'gone' | 'unanswered', string | Mrkdwn> = {
  retried: 'It is being tried again, within seconds. If it fails again, it comes back here.',
  discarded: 'Discarded. It stays undone, and that is kept in the audit trail.',
  gone: 'This was tried again, done or discarded meanwhile. Your press changed nothing.',
  unanswered:
    'It is not known yet whether this took effect, so it cannot be given up. Zoho is asked until it answers.',
}
