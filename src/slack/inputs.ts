import type {
  Checkboxes,
  Datepicker,
  DateTimepicker,
  InputBlock,
  KnownBlock,
  ModalView,
  NumberInput,
  PlainTextInput,
  StaticSelect,
  Timepicker,
  UsersSelect,
} from '@slack/types'
import { type Choice, options, plain } from './blocks.ts'
import { LIMITS } from './limits.ts'
import { oneLine } from './mrkdwn.ts'

/** What people fill in, and the modal it stands in, within Slack's limits. */

/** More than a hundred choices are shown in groups, as Slack wants it. */
export function select(
  action: string,
  choices: readonly Choice[],
  { initial, placeholder }: { initial?: string | null; placeholder?: string } = {},
): StaticSelect {
  const all = options(choices)
  const chosen = all.find(({ value }) => value === initial)
  const pages = Array.from({ length: Math.ceil(all.length / LIMITS.selectOptions) }, (_, page) =>
    all.slice(page * LIMITS.selectOptions, (page + 1) * LIMITS.selectOptions),
  )
  return {
    type: 'static_select',
    action_id: action,
    ...(placeholder && { placeholder: plain(placeholder, LIMITS.placeholder) }),
    ...(pages.length > 1
      ? {
          option_groups: pages.slice(0, LIMITS.selectOptions).map((page) => ({
            label: plain(`${page[0]!.text.text} – ${page.at(-1)!.text.text}`, LIMITS.optionText),
            options: page,
          })),
        }
      : { options: all }),
    ...(chosen && { initial_option: chosen }),
  }
}

export function timepicker(action: string, initial: string): Timepicker {
  return {
    type: 'timepicker',
    action_id: action,
    ...(/^\d{2}:\d{2}$/.test(initial) && { initial_time: initial }),
  }
}

export function checkboxes(
  action: string,
  choices: readonly Choice[],
  initial: readonly string[],
): Checkboxes {
  const all = options(choices).slice(0, LIMITS.checkboxes)
  const chosen = all.filter(({ value }) => value !== undefined && initial.includes(value))
  return {
    type: 'checkboxes',
    action_id: action,
    options: all,
    ...(chosen.length > 0 && { initial_options: chosen }),
  }
}

export type InputElement =
  | PlainTextInput
  | NumberInput
  | Datepicker
  | DateTimepicker
  | StaticSelect
  | UsersSelect

export function input(spec: {
  blockId: string
  label: string
  element: InputElement
  hint?: string
  optional?: boolean
}): InputBlock {
  return {
    type: 'input',
    block_id: spec.blockId,
    label: plain(oneLine(spec.label), LIMITS.inputLabel),
    element: spec.element,
    ...(spec.hint && { hint: plain(spec.hint, LIMITS.inputHint) }),
    ...(spec.optional && { optional: true }),
  }
}

/** @throws RangeError when the text is longer than an input holds: cutting it would change it behind a back. */
export function textInput(action: string, initial: string, { multiline = false } = {}): PlainTextInput {
  if (initial.length > LIMITS.inputValue) throw new RangeError(`${action} is too long to edit in Slack`)
  return {
    type: 'plain_text_input',
    action_id: action,
    max_length: LIMITS.inputValue,
    ...(multiline && { multiline }),
    ...(initial && { initial_value: initial }),
  }
}

export function modal(spec: {
  title: string
  callback: string
  metadata: string
  blocks: KnownBlock[]
  submit?: string
  close?: string
}): ModalView {
  return {
    type: 'modal',
    callback_id: spec.callback,
    private_metadata: spec.metadata,
    title: plain(spec.title, LIMITS.viewTitle),
    ...(spec.submit && { submit: plain(spec.submit, LIMITS.viewTitle) }),
    close: plain(spec.close ?? 'Cancel', LIMITS.viewTitle),
    blocks: spec.blocks.slice(0, LIMITS.viewBlocks),
  }
}
