import {
  anything,
  boolean,
  type Field,
  fields,
  integer,
  list,
  matching,
  object,
  oneOf,
  optional,
  type Rule,
  report,
  required,
  string,
  text,
} from './block-rules.ts'

/** Every interactive element and composition object, with Slack's published limits. */

export const imageElement = fields({
  image_url: optional(string(3000)),
  slack_file: optional(object),
  alt_text: required(string(2000, 0)),
})

const confirm = fields({
  title: required(text(100, 'plain_text')),
  text: required(text(300, 'any')),
  confirm: required(text(30, 'plain_text')),
  deny: required(text(30, 'plain_text')),
  style: optional(oneOf('primary', 'danger')),
})

const option = (kind: 'plain_text' | 'any', extra: Record<string, Field> = {}) =>
  fields({
    text: required(text(75, kind)),
    value: required(string(150)),
    description: optional(text(75, kind)),
    ...extra,
  })

const groups = list(
  fields({
    label: required(text(75, 'plain_text')),
    options: required(list(option('plain_text'), { max: 100 })),
  }),
  { max: 100 },
)

const action = { action_id: optional(string(255)) }
const confirmed = { ...action, confirm: optional(confirm) }
const focusable = { ...confirmed, focus_on_load: optional(boolean) }
const menu = { ...focusable, placeholder: optional(text(150, 'plain_text')) }
const typing = {
  ...action,
  focus_on_load: optional(boolean),
  placeholder: optional(text(150, 'plain_text')),
  dispatch_action_config: optional(object),
}
const ids = list(string(255), { min: 0, max: 100 })
const date = matching(/^\d{4}-\d{2}-\d{2}$/, 'a date like 2026-01-31')
const time = matching(/^\d{2}:\d{2}$/, 'a time like 09:30')
const several = { max_selected_items: optional(integer(1, 100)) }

const staticOptions: Record<string, Field> = {
  options: optional(list(option('plain_text'), { max: 100 })),
  option_groups: optional(groups),
}

/** `options` or `option_groups`, one of the two. */
function withOptions(rule: Rule): Rule {
  return (value, check) => {
    rule(value, check)
    const { options, option_groups } = value as { options?: unknown; option_groups?: unknown }
    if ((options === undefined) === (option_groups === undefined)) {
      report(check, 'must provide either options or option_groups')
    }
  }
}

const feedback = fields({
  text: required(text(75, 'plain_text')),
  value: required(string(2000)),
  accessibility_label: optional(string(75)),
})

const choices = { options: required(list(option('any'), { max: 10 })) }

export const elements: Record<string, Rule> = {
  button: fields({
    ...confirmed,
    text: required(text(75, 'plain_text')),
    value: optional(string(2000, 0)),
    url: optional(string(3000)),
    style: optional(oneOf('primary', 'danger')),
    accessibility_label: optional(string(75)),
  }),
  overflow: fields({
    ...confirmed,
    options: required(list(option('plain_text', { url: optional(string(3000)) }), { max: 5 })),
  }),
  static_select: withOptions(fields({ ...menu, ...staticOptions, initial_option: optional(object) })),
  multi_static_select: withOptions(
    fields({ ...menu, ...several, ...staticOptions, initial_options: optional(list(object, { max: 100 })) }),
  ),
  external_select: fields({
    ...menu,
    initial_option: optional(object),
    min_query_length: optional(integer(0, 100)),
  }),
  users_select: fields({ ...menu, initial_user: optional(string(255)) }),
  multi_users_select: fields({ ...menu, ...several, initial_users: optional(ids) }),
  conversations_select: fields({
    ...menu,
    initial_conversation: optional(string(255)),
    default_to_current_conversation: optional(boolean),
    response_url_enabled: optional(boolean),
    filter: optional(object),
  }),
  multi_conversations_select: fields({
    ...menu,
    ...several,
    initial_conversations: optional(ids),
    default_to_current_conversation: optional(boolean),
    filter: optional(object),
  }),
  channels_select: fields({
    ...menu,
    initial_channel: optional(string(255)),
    response_url_enabled: optional(boolean),
  }),
  multi_channels_select: fields({ ...menu, ...several, initial_channels: optional(ids) }),
  datepicker: fields({ ...menu, initial_date: optional(date) }),
  timepicker: fields({ ...menu, initial_time: optional(time), timezone: optional(string(255)) }),
  datetimepicker: fields({ ...focusable, initial_date_time: optional(integer(0, 9_999_999_999)) }),
  checkboxes: fields({ ...focusable, ...choices, initial_options: optional(list(object, { max: 10 })) }),
  radio_buttons: fields({ ...focusable, ...choices, initial_option: optional(object) }),
  plain_text_input: fields({
    ...typing,
    initial_value: optional(string(3000, 0)),
    multiline: optional(boolean),
    min_length: optional(integer(0, 3000)),
    max_length: optional(integer(1, 3000)),
  }),
  number_input: fields({
    ...typing,
    is_decimal_allowed: required(boolean),
    initial_value: optional(string(3000, 0)),
    min_value: optional(string(100)),
    max_value: optional(string(100)),
  }),
  email_text_input: fields({ ...typing, initial_value: optional(string(3000, 0)) }),
  url_text_input: fields({ ...typing, initial_value: optional(string(3000, 0)) }),
  rich_text_input: fields({
    ...typing,
    initial_value: optional(object),
    max_lines: optional(integer(1, 100)),
  }),
  feedback_buttons: fields({
    ...action,
    positive_button: required(feedback),
    negative_button: required(feedback),
  }),
  icon_button: fields({
    ...confirmed,
    icon: required(string(255)),
    text: required(text(75, 'plain_text')),
    value: optional(string(2000, 0)),
    accessibility_label: optional(string(75)),
    visible_to_user_ids: optional(ids),
  }),
  workflow_button: fields({
    ...action,
    text: required(text(75, 'plain_text')),
    workflow: required(anything),
  }),
  image: imageElement,
}
