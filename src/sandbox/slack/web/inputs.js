import { useState } from 'preact/hooks'
import { html } from './html.js'
import { Menu } from './overlay.js'
import { usePress } from './press.js'
import { TextObject, withEmoji } from './text.js'

/** What every input shares: its choice so far and what a change does. */
function useChoice({ element, blockId, surface, asInput }) {
  const { press, dialog, warning, state } = usePress({ element, blockId, surface })
  const choice = surface.choiceOf(blockId, element)
  const change = (value) => {
    surface.choose(blockId, element, value)
    if (!asInput) press(value)
  }
  return { choice, change, dialog, warning, state }
}

function optionItems(element, surface) {
  if (/users_select$/.test(element.type)) {
    return surface.people.map(({ id, name }) => ({ value: id, label: name }))
  }
  if (/(channels|conversations)_select$/.test(element.type)) {
    return surface.channels
      .filter((each) => !each.is_im)
      .map(({ id, name }) => ({ value: id, label: `# ${name}` }))
  }
  const groups = element.option_groups ?? [{ options: element.options ?? [] }]
  return groups.flatMap((group) =>
    group.options.map((option) => ({
      value: option.value,
      label: withEmoji(option.text.text),
      group: group.label?.text,
    })),
  )
}

export function Select(props) {
  const { element, surface, labelId } = props
  const { choice, change, dialog, warning, state } = useChoice(props)
  const items = optionItems(element, surface)
  const many = element.type.startsWith('multi_')
  if (many)
    return html`<${MultiSelect} ...${props} items=${items} choice=${choice ?? []} change=${change} warning=${warning} />`
  const groups = [...new Set(items.map((item) => item.group))]
  const options = (group) =>
    items
      .filter((item) => item.group === group)
      .map(
        (item) => html`<option value=${item.value} selected=${item.value === choice}>${item.label}</option>`,
      )
  return html`<span class="pressable">
    <select
      class="select"
      data-action-id=${element.action_id}
      aria-labelledby=${labelId}
      aria-label=${labelId ? undefined : (element.placeholder?.text ?? 'Choose an option')}
      disabled=${state === 'busy'}
      onChange=${(event) => change(event.target.value === '' ? null : event.target.value)}
    >
      <option value="" selected=${choice === null || choice === undefined}>
        ${element.placeholder?.text ?? 'Choose an option'}
      </option>
      ${groups.map((group) => (group ? html`<optgroup label=${group}>${options(group)}</optgroup>` : options(group)))}
    </select>
    ${warning}${dialog}
  </span>`
}

function MultiSelect({ element, items, choice, change, warning, labelId }) {
  const [open, setOpen] = useState(false)
  const chosen = items.filter((item) => choice.includes(item.value))
  const rest = items.filter((item) => !choice.includes(item.value))
  return html`<span class="pressable menu-anchor wide">
    <span class="multi" data-action-id=${element.action_id} role="group" aria-labelledby=${labelId}>
      ${chosen.map(
        (item) => html`<span class="chip">
          ${item.label}
          <button type="button" aria-label=${`Remove ${item.label}`} onClick=${() => change(choice.filter((value) => value !== item.value))}>×</button>
        </span>`,
      )}
      <button type="button" class="add" aria-haspopup="menu" aria-expanded=${open} onClick=${() => setOpen(!open)}>
        ${chosen.length === 0 ? (element.placeholder?.text ?? 'Choose options') : '+'}
      </button>
    </span>
    ${
      open &&
      html`<${Menu}
        label="Options"
        items=${rest}
        onClose=${() => setOpen(false)}
        onChoose=${(item) => change([...choice, item.value])}
      />`
    }
    ${warning}
  </span>`
}

export function Choices(props) {
  const { element, surface, blockId } = props
  const { choice, change, dialog, warning } = useChoice(props)
  const several = element.type === 'checkboxes'
  const isOn = (value) => (several ? (choice ?? []).includes(value) : choice === value)
  const toggle = (value) => {
    if (!several) return change(value)
    change(isOn(value) ? choice.filter((each) => each !== value) : [...(choice ?? []), value])
  }
  return html`<div class="choices" data-action-id=${element.action_id} role=${several ? 'group' : 'radiogroup'} aria-labelledby=${props.labelId}>
    ${element.options.map(
      (option) => html`<label>
        <input
          type=${several ? 'checkbox' : 'radio'}
          name=${`${blockId}.${element.action_id}`}
          value=${option.value}
          checked=${isOn(option.value)}
          onChange=${() => toggle(option.value)}
        />
        <span>
          <${TextObject} value=${option.text} reader=${surface.reader} />
          ${option.description && html`<span class="description"><${TextObject} value=${option.description} reader=${surface.reader} /></span>`}
        </span>
      </label>`,
    )}
    ${warning}${dialog}
  </div>`
}

export function Picker(props) {
  const { element, type, labelId } = props
  const { choice, change, dialog, warning } = useChoice(props)
  return html`<span class="pressable">
    <input
      class="text"
      type=${type}
      data-action-id=${element.action_id}
      aria-labelledby=${labelId}
      aria-label=${labelId ? undefined : (element.placeholder?.text ?? (type === 'date' ? 'Select a date' : 'Select a time'))}
      value=${choice ?? ''}
      onChange=${(event) => change(event.target.value || null)}
    />
    ${warning}${dialog}
  </span>`
}

/** Slack keeps the instant in seconds; the browser's field holds local time. */
export function DateTimePicker(props) {
  const { element, labelId } = props
  const { choice, change, dialog, warning } = useChoice(props)
  const local = choice ? new Date(choice * 1000 - new Date(choice * 1000).getTimezoneOffset() * 60_000) : null
  return html`<span class="pressable">
    <input
      class="text"
      type="datetime-local"
      data-action-id=${element.action_id}
      aria-labelledby=${labelId}
      value=${local ? local.toISOString().slice(0, 16) : ''}
      onChange=${(event) => change(event.target.value ? Math.floor(new Date(event.target.value) / 1000) : null)}
    />
    ${warning}${dialog}
  </span>`
}

const inputTypes = { email_text_input: 'email', url_text_input: 'url', number_input: 'text' }

export function TextInput(props) {
  const { element, blockId, surface, labelId, describedBy } = props
  const { choice, warning } = useChoice(props)
  const shared = {
    class: 'text',
    'data-action-id': element.action_id,
    'aria-labelledby': labelId,
    'aria-describedby': describedBy,
    placeholder: element.placeholder?.text ?? '',
    value: choice ?? '',
    maxLength: element.max_length,
    onInput: (event) =>
      surface.choose(blockId, element, event.target.value === '' ? null : event.target.value),
  }
  if (element.multiline || element.type === 'rich_text_input')
    return html`<textarea rows="4" ...${shared}></textarea>${warning}`
  return html`<input
    type=${inputTypes[element.type] ?? 'text'}
    inputmode=${element.type === 'number_input' ? 'decimal' : undefined}
    ...${shared}
  />${warning}`
}
