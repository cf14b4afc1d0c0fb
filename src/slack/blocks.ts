import type {
  ActionsBlock,
  ActionsBlockElement,
  Button,
  Checkboxes,
  ContextBlock,
  DividerBlock,
  HeaderBlock,
  MrkdwnElement,
  Overflow,
  PlainTextElement,
  PlainTextOption,
  SectionBlock,
  StaticSelect,
  TableBlock,
  Timepicker,
} from '@slack/types'
import { LIMITS } from './limits.ts'
import type { Message } from './message.ts'
import {
  inert,
  type Mrkdwn,
  mrkdwn,
  oneLine,
  type Text,
  truncate,
  truncateMrkdwn,
  visible,
  wholeWords,
} from './mrkdwn.ts'

/**
 * Blocks that Slack takes whatever the words are: every builder cuts to Slack's limits. A `string` becomes plain
 * text, `Mrkdwn` becomes markup.
 */

// Slack refuses empty texts; a dash says "nothing here" and is read as such.
const NOTHING = '–'

export function plain(text: string, max: number): PlainTextElement {
  const shown = truncate(inert(text).trim() || NOTHING, max)
  return { type: 'plain_text', text: shown, emoji: false }
}

function marked(text: Mrkdwn, max: number): MrkdwnElement {
  // verbatim: Slack adds no links or mentions of its own to what looks like one.
  return { type: 'mrkdwn', text: truncateMrkdwn(text, max).trim() || NOTHING, verbatim: true }
}

function textObject(text: Text, max: number): PlainTextElement | MrkdwnElement {
  return typeof text === 'string' ? plain(text, max) : marked(text, max)
}

/**
 * The top-level `text`: one sentence of at most 80 characters, escaped because Slack reads markup in it. Callers
 * write short ones; names from the CRM may still be longer, and are then left off at a word.
 */
export function summary(text: string): string {
  return spoken(mrkdwn`${oneLine(text)}`)
}

function spoken(text: Mrkdwn): string {
  const short = truncateMrkdwn(text, LIMITS.messageText)
  return short === text.mrkdwn ? short : wholeWords(short)
}

export function header(text: string, blockId?: string): HeaderBlock {
  return { type: 'header', ...id(blockId), text: plain(oneLine(text), LIMITS.header) }
}

type Accessory = Button | Overflow | StaticSelect | Timepicker | Checkboxes

export function section(text: Text, more: { accessory?: Accessory; blockId?: string } = {}): SectionBlock {
  return {
    type: 'section',
    ...id(more.blockId),
    text: textObject(text, LIMITS.sectionText),
    ...(more.accessory && { accessory: more.accessory }),
  }
}

/** Label above value, two columns, at most ten. */
export function fieldsSection(
  fields: readonly { label: string; value: Text }[],
  blockId?: string,
): SectionBlock {
  return {
    type: 'section',
    ...id(blockId),
    fields: fields
      .slice(0, LIMITS.sectionFields)
      .map(({ label, value }) => marked(mrkdwn`*${oneLine(label)}*\n${value}`, LIMITS.fieldText)),
  }
}

export function context(texts: readonly Text[], blockId?: string): ContextBlock {
  return {
    type: 'context',
    ...id(blockId),
    elements: texts.slice(0, LIMITS.contextElements).map((text) => textObject(text, LIMITS.contextText)),
  }
}

export function divider(): DividerBlock {
  return { type: 'divider' }
}

export function actions(elements: ActionsBlockElement[], blockId?: string): ActionsBlock {
  return { type: 'actions', ...id(blockId), elements: elements.slice(0, LIMITS.actionsElements) }
}

export type ButtonSpec = {
  text: string
  action: string
  /** Ids and versions only: never what is to be done. */
  value: string
  style?: 'primary' | 'danger'
  /** What a screen reader says: the verb and its object. */
  label?: string
  confirm?: { title: string; text: Text; confirm: string }
}

export function button({ text, action, value, style, label, confirm }: ButtonSpec): Button {
  if (value.length > LIMITS.buttonValue)
    throw new RangeError(`Button ${action} cannot carry ${value.length} characters`)
  const spoken = truncate(oneLine(label ?? ''), LIMITS.accessibilityLabel)
  return {
    type: 'button',
    action_id: action,
    text: plain(text, LIMITS.buttonText),
    value,
    ...(style && { style }),
    ...(spoken && { accessibility_label: spoken }),
    ...(confirm && {
      confirm: {
        title: plain(confirm.title, LIMITS.confirmTitle),
        text: textObject(confirm.text, LIMITS.confirmText),
        confirm: plain(confirm.confirm, LIMITS.confirmButton),
        deny: plain('Cancel', LIMITS.confirmButton),
      },
    }),
  }
}

/** A button that opens a page. `action` is sent too, and only has to be acknowledged. */
export function linkButton(text: string, action: string, url: string, label?: string): Button {
  const { value: _, ...shown } = button({ text, action, value: '', ...(label && { label }) })
  return { ...shown, url }
}

export type Choice = { text: string; value: string }

/** A choice whose value Slack cannot carry is left out rather than cut: a cut value would be another one. */
export function options(choices: readonly Choice[]): PlainTextOption[] {
  return choices
    .filter(({ value }) => value.length > 0 && value.length <= LIMITS.optionValue)
    .map(({ text, value }) => ({ text: plain(oneLine(text), LIMITS.optionText), value }))
}

export function overflow(action: string, choices: readonly Choice[]): Overflow {
  return { type: 'overflow', action_id: action, options: options(choices).slice(0, LIMITS.overflowOptions) }
}

/** Plain cells, first row the headings. Rows that no longer fit are left out: say so beside the table. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): TableBlock {
  let room: number = LIMITS.tableText
  const cells = [headings, ...rows].slice(0, LIMITS.tableRows).map((row) =>
    row.slice(0, LIMITS.tableColumns).map((text) => ({
      type: 'raw_text' as const,
      text: truncate(inert(oneLine(text)) || NOTHING, 120),
    })),
  )
  const fitting = cells.filter((row) => {
    room -= row.reduce((sum, cell) => sum + cell.text.length, 0)
    return room >= 0
  })
  return { type: 'table', rows: fitting }
}

function id(blockId: string | undefined): { block_id?: string } {
  return blockId === undefined ? {} : { block_id: truncate(visible(blockId), LIMITS.id) }
}

/** A message of one paragraph, for short answers; read aloud are as many of its sentences as fit. */
export function plainMessage(text: Text): Message {
  const paragraph = mrkdwn`${text}`
  return { text: spoken(firstSentences(paragraph)), blocks: [section(text)] }
}

/** Without links and dates, whose markup says nothing aloud. */
function firstSentences({ mrkdwn: text }: Mrkdwn): Mrkdwn {
  const words = text.replaceAll(/<[^<>|]*\|([^<>]*)>/g, '$1').replaceAll(/\s+/g, ' ')
  const sentences = words.match(/.+?(?:[.!?](?=\s|$)|$)/gu) ?? [words]
  let kept = ''
  for (const sentence of sentences) {
    if (kept !== '' && kept.length + sentence.length > LIMITS.messageText) break
    kept += sentence
  }
  return { mrkdwn: kept }
}
