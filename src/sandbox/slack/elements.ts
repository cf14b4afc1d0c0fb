import { randomBytes } from 'node:crypto'
import { type Block, isObject, type Json, type StateValues } from './objects.ts'

/** An element a person can use, and the block it stands in. */
export type Placed = { blockId: string; element: Json & { type: string; action_id: string } }

/** Fills in the ids Slack makes up when a bot leaves them out. Expects valid blocks. */
export function withIds(blocks: unknown): Block[] {
  if (!Array.isArray(blocks)) return []
  return blocks.filter(isObject).map((block) => ({
    ...(named(block) as Json),
    type: String(block.type),
    block_id: typeof block.block_id === 'string' ? block.block_id : shortId(),
  }))
}

function named(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(named)
  if (!isObject(value)) return value
  const inner = Object.fromEntries(Object.entries(value).map(([key, each]) => [key, named(each)]))
  if (Array.isArray(inner.child_blocks)) inner.child_blocks = withIds(inner.child_blocks)
  const needsId = typeof value.type === 'string' && value.type in stateOf && value.action_id === undefined
  return needsId ? { ...inner, action_id: shortId() } : inner
}

function shortId(): string {
  return randomBytes(4).toString('base64url')
}

/** Every element a person can press, choose from or type into, in reading order. */
export function elementsIn(blocks: Block[]): Placed[] {
  return blocks.flatMap((block): Placed[] => {
    if (Array.isArray(block.child_blocks)) return elementsIn(block.child_blocks as Block[])
    const cards = block.type === 'carousel' && Array.isArray(block.elements) ? block.elements : [block]
    const candidates = [
      ...(Array.isArray(block.elements) ? block.elements : []),
      ...cards.flatMap((card) => (isObject(card) && Array.isArray(card.actions) ? card.actions : [])),
      block.accessory,
      block.element,
    ]
    return candidates
      .filter((each): each is Placed['element'] => isObject(each) && String(each.type) in stateOf)
      .map((element) => ({ blockId: block.block_id, element }))
  })
}

/** What a person chose: one value, or several for a multi-select or checkboxes. */
export type Choice = string | number | string[] | null

/** Whether this element can take that choice. A button needs none, but a value that is given must be its own. */
export function accepts({ element }: Placed, choice: Choice | undefined): boolean {
  const given = choice === undefined || choice === '' ? null : choice
  if (plainButtons.has(element.type)) return given === null || element.value === given
  if (element.type === 'feedback_buttons') return feedbackValues(element).includes(String(given))
  if (element.type === 'overflow' && given === null) return false
  const options = optionsOf(element)
  return (
    options.length === 0 || listed(given).every((value) => options.some((option) => option.value === value))
  )
}

const plainButtons = new Set(['button', 'icon_button', 'workflow_button'])

export function optionsOf(element: Json): Json[] {
  const groups = Array.isArray(element.option_groups) ? element.option_groups.filter(isObject) : []
  return [element, ...groups].flatMap((each) =>
    Array.isArray(each.options) ? each.options.filter(isObject) : [],
  )
}

function feedbackValues(element: Json): string[] {
  return [element.positive_button, element.negative_button]
    .filter(isObject)
    .map((button) => String(button.value))
}

function listed(choice: Choice): (string | number)[] {
  return Array.isArray(choice) ? choice : choice === null || choice === '' ? [] : [choice]
}

/** How each element's choice appears in an action and in `state.values`. */
const stateOf: Record<string, (element: Json, choice: Choice) => Json> = {
  button: (element) => (element.value === undefined ? {} : { value: element.value }),
  icon_button: (element) => (element.value === undefined ? {} : { value: element.value }),
  workflow_button: () => ({}),
  feedback_buttons: (_, choice) => ({ value: choice }),
  overflow: (element, choice) => ({ selected_option: chosen(element, choice)[0] ?? null }),
  static_select: (element, choice) => ({ selected_option: chosen(element, choice)[0] ?? null }),
  external_select: (element, choice) => ({ selected_option: chosen(element, choice)[0] ?? null }),
  radio_buttons: (element, choice) => ({ selected_option: chosen(element, choice)[0] ?? null }),
  multi_static_select: (element, choice) => ({ selected_options: chosen(element, choice) }),
  checkboxes: (element, choice) => ({ selected_options: chosen(element, choice) }),
  users_select: (_, choice) => ({ selected_user: choice }),
  multi_users_select: (_, choice) => ({ selected_users: listed(choice) }),
  channels_select: (_, choice) => ({ selected_channel: choice }),
  multi_channels_select: (_, choice) => ({ selected_channels: listed(choice) }),
  conversations_select: (_, choice) => ({ selected_conversation: choice }),
  multi_conversations_select: (_, choice) => ({ selected_conversations: listed(choice) }),
  datepicker: (_, choice) => ({ selected_date: choice }),
  timepicker: (_, choice) => ({ selected_time: choice }),
  datetimepicker: (_, choice) => ({ selected_date_time: choice === null ? null : Number(choice) }),
  plain_text_input: (_, choice) => ({ value: choice }),
  number_input: (_, choice) => ({ value: choice === null ? null : String(choice) }),
  email_text_input: (_, choice) => ({ value: choice }),
  url_text_input: (_, choice) => ({ value: choice }),
  rich_text_input: (_, choice) => ({ rich_text_value: choice }),
}

function chosen(element: Json, choice: Choice): Json[] {
  return listed(choice).flatMap((value) => optionsOf(element).filter((option) => option.value === value))
}

/** The choice as the element's part of an action or of `state.values`. */
export function choiceOf(element: Placed['element'], choice: Choice): Json {
  return stateOf[element.type]!(element, choice)
}

/** What stands in an element before anybody touches it. */
export function initialChoice(element: Json): Choice {
  const option = isObject(element.initial_option) ? element.initial_option.value : undefined
  const options = Array.isArray(element.initial_options)
    ? element.initial_options.filter(isObject).map((each) => each.value)
    : undefined
  const plain =
    element.initial_value ??
    element.initial_date ??
    element.initial_time ??
    element.initial_date_time ??
    element.initial_user ??
    element.initial_users ??
    element.initial_channel ??
    element.initial_channels ??
    element.initial_conversation ??
    element.initial_conversations
  return (option ?? options ?? plain ?? null) as Choice
}

const stateless = new Set([...plainButtons, 'feedback_buttons', 'overflow'])

/**
 * `state.values` of a message or view: the given choices over the initial ones. A choice is named by its
 * action id, or by `block id/action id` where an action id stands in several blocks.
 */
export function stateValues(blocks: Block[], choices: Record<string, Choice>): StateValues {
  const values: StateValues = {}
  for (const { blockId, element } of elementsIn(blocks)) {
    if (stateless.has(element.type)) continue
    const key = [`${blockId}/${element.action_id}`, element.action_id].find((each) => each in choices)
    const choice = key === undefined ? initialChoice(element) : choices[key]!
    values[blockId] = {
      ...values[blockId],
      [element.action_id]: { type: element.type, ...choiceOf(element, choice === '' ? null : choice) },
    }
  }
  return values
}

/** The given choices that no element there offers, by the name they were given under. */
export function strayChoices(blocks: Block[], choices: Record<string, Choice>): string[] {
  const placed = elementsIn(blocks)
  return Object.entries(choices)
    .filter(([key, choice]) => {
      const named = placed.filter(({ blockId, element }) =>
        [element.action_id, `${blockId}/${element.action_id}`].includes(key),
      )
      return !named.some((each) => stateless.has(each.element.type) || accepts(each, choice))
    })
    .map(([key]) => key)
}
