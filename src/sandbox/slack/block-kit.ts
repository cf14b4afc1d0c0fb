import { elements, imageElement } from './block-elements.ts'
import {
  anything,
  boolean,
  type Check,
  fields,
  integer,
  list,
  object,
  oneOf,
  optional,
  pick,
  type Rule,
  report,
  required,
  type Surface,
  string,
  text,
  typed,
  unique,
} from './block-rules.ts'
import { isObject, SlackError } from './objects.ts'

/** Every block with Slack's published limits, and the surfaces on which Slack takes it. */

const pickers = ['datepicker', 'timepicker', 'datetimepicker', 'checkboxes', 'radio_buttons']
const selects = [
  'static_select',
  'external_select',
  'users_select',
  'conversations_select',
  'channels_select',
]
const multiSelects = [
  'multi_static_select',
  'multi_users_select',
  'multi_conversations_select',
  'multi_channels_select',
]
const buttons = ['button', 'workflow_button', 'overflow']
const inputs = ['plain_text_input', 'number_input', 'email_text_input', 'url_text_input', 'rich_text_input']

const inActions = typed(
  pick(elements, ...buttons, ...pickers, ...selects, ...multiSelects, 'rich_text_input'),
)
const inSection = typed(pick(elements, ...buttons, ...pickers, ...selects, ...multiSelects, 'image'))
const inInput = typed(pick(elements, ...inputs, ...pickers, ...selects, ...multiSelects))
const inContextActions = typed(pick(elements, 'feedback_buttons', 'icon_button'))

const contextText = text(3000, 'any')
const richText = fields({ elements: required(list(object, { max: 1000 })) })
const cell = typed({
  raw_text: fields({ text: required(string(3000)) }),
  raw_number: fields({ text: required(string(3000)), value: required(anything) }),
  rich_text: richText,
})

const card = fields({
  hero_image: optional(imageElement),
  icon: optional(imageElement),
  slack_icon: optional(object),
  title: optional(text(150, 'mrkdwn')),
  subtitle: optional(text(150, 'mrkdwn')),
  body: optional(text(200, 'mrkdwn')),
  subtext: optional(text(200, 'mrkdwn')),
  actions: optional(list(typed(pick(elements, 'button')), { max: 3 })),
})

const section = fields({
  text: optional(text(3000, 'any')),
  fields: optional(list(text(2000, 'any'), { max: 10 })),
  accessory: optional(inSection),
  expand: optional(boolean),
})

const blocks: Record<string, { rule: Rule; surfaces?: Surface[] }> = {
  header: { rule: fields({ text: required(text(150, 'plain_text')), level: optional(integer(1, 6)) }) },
  section: {
    rule: (value, check) => {
      section(value, check)
      if (isObject(value) && !value.text && !value.fields)
        report(check, 'missing required field: text or fields')
    },
  },
  context: {
    rule: fields({
      elements: required(
        list(
          (value, check) =>
            (isObject(value) && value.type === 'image' ? imageElement : contextText)(value, check),
          {
            max: 10,
          },
        ),
      ),
    }),
  },
  divider: { rule: fields({}) },
  actions: {
    rule: (value, check) => {
      fields({ elements: required(list(inActions, { max: 25 })) })(value, check)
      if (isObject(value)) unique(value.elements, 'action_id', { ...check, at: `${check.at}/elements` })
    },
  },
  image: {
    rule: fields({
      image_url: optional(string(3000)),
      slack_file: optional(object),
      alt_text: required(string(2000)),
      title: optional(text(2000, 'plain_text')),
    }),
  },
  input: {
    rule: fields({
      label: required(text(2000, 'plain_text')),
      hint: optional(text(2000, 'plain_text')),
      optional: optional(boolean),
      dispatch_action: optional(boolean),
      element: required(inInput),
    }),
  },
  rich_text: { rule: richText },
  video: { rule: anything },
  file: { rule: anything },
  markdown: { rule: fields({ text: required(string(12_000)) }), surfaces: ['message'] },
  table: {
    rule: fields({
      rows: required(list(list(cell, { max: 20 }), { max: 100 })),
      column_settings: optional(list(anything, { max: 20 })),
    }),
    surfaces: ['message'],
  },
  data_table: {
    rule: fields({
      rows: required(list(list(cell, { max: 20 }), { max: 101 })),
      caption: required(string(150)),
      page_size: optional(integer(1, 100)),
      row_header_column_index: optional(integer(0, 19)),
    }),
  },
  context_actions: {
    rule: fields({ elements: required(list(inContextActions, { max: 5 })) }),
    surfaces: ['message'],
  },
  card: { rule: card, surfaces: ['message'] },
  carousel: { rule: fields({ elements: required(list(card, { max: 10 })) }), surfaces: ['message'] },
  container: {
    rule: (value, check) => {
      fields({
        title: optional(text(150, 'plain_text')),
        rich_text_title: optional(object),
        subtitle: optional(text(150, 'any')),
        child_blocks: required(list(inContainer, { max: 10 })),
        width: optional(oneOf('narrow', 'standard', 'wide', 'full')),
        icon: optional(imageElement),
        is_collapsible: optional(boolean),
        default_collapsed: optional(boolean),
        has_header_divider: optional(boolean),
      })(value, check)
      if (isObject(value) && !value.title && !value.rich_text_title)
        report(check, 'missing required field: title')
    },
  },
  alert: {
    rule: fields({
      text: required(text(200, 'any')),
      level: optional(oneOf('default', 'info', 'warning', 'error', 'success')),
    }),
    surfaces: ['modal'],
  },
  data_visualization: { rule: anything, surfaces: ['message'] },
  plan: { rule: anything, surfaces: ['message'] },
  task_card: { rule: anything, surfaces: ['message'] },
}

const childTypes = 'actions context divider file header image input rich_text section table video'.split(' ')

const inContainer: Rule = (value, check) =>
  typed(Object.fromEntries(childTypes.map((type) => [type, blocks[type]!.rule])))(value, check)

const block: Rule = (value, check) => {
  if (!isObject(value)) return report(check, 'must be an object')
  const known = typeof value.type === 'string' ? blocks[value.type] : undefined
  if (!known || (known.surfaces && !known.surfaces.includes(check.surface))) {
    return report(check, `unsupported type: ${String(value.type)}`, `${check.at}/type`)
  }
  if (value.block_id !== undefined) string(255)(value.block_id, { ...check, at: `${check.at}/block_id` })
  known.rule(value, check)
}

/** What Slack would refuse about these blocks, one sentence with a JSON pointer each; empty when they are fine. */
export function blockProblems(value: unknown, surface: Surface, at = '/blocks'): string[] {
  const check: Check = { surface, at, problems: [] }
  list(block, { min: 0, max: surface === 'message' ? 50 : 100 })(value, check)
  if (!Array.isArray(value)) return check.problems
  unique(value, 'block_id', check)
  const ofType = (type: string) => value.filter((each) => isObject(each) && each.type === type)
  if (ofType('data_visualization').length > 2)
    report(check, 'no more than 2 data_visualization blocks allowed')
  if (textLength(ofType('table')) > 10_000)
    report(check, 'tables must be less than 10001 characters together')
  return check.problems
}

/** Characters in every `text` below this value. */
function textLength(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + textLength(item), 0)
  if (!isObject(value)) return 0
  const own = typeof value.text === 'string' ? value.text.length : 0
  return own + textLength(Object.values(value).filter((inner) => typeof inner === 'object'))
}

/** @throws SlackError `invalid_blocks` naming every block and rule */
export function requireValidBlocks(value: unknown, surface: Surface) {
  const problems = blockProblems(value, surface)
  if (problems.length > 0) throw invalid('invalid_blocks', problems)
}

/** Slack's shape of a refusal that explains itself. */
export function invalid(code: string, problems: string[]): SlackError {
  return new SlackError(code, {
    errors: problems,
    response_metadata: { messages: problems.map((problem) => `[ERROR] ${problem}`) },
  })
}
