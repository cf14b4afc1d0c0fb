import { useState } from 'preact/hooks'
import { html } from './html.js'
import { Icon } from './icons.js'
import { Choices, DateTimePicker, Picker, Select, TextInput } from './inputs.js'
import { Menu } from './overlay.js'
import { usePress } from './press.js'
import { withEmoji } from './text.js'

/**
 * Interactive elements. `surface` (see `surfaces.js`) is the message, modal or App Home they stand in. In an
 * input block (`asInput`) a choice only waits for the submit; elsewhere it is sent at once.
 */
export function Element(props) {
  const { element } = props
  switch (element.type) {
    case 'button':
    case 'icon_button':
    case 'workflow_button':
      return html`<${Button} ...${props} />`
    case 'overflow':
      return html`<${Overflow} ...${props} />`
    case 'feedback_buttons':
      return html`<${FeedbackButtons} ...${props} />`
    case 'checkboxes':
    case 'radio_buttons':
      return html`<${Choices} ...${props} />`
    case 'datepicker':
      return html`<${Picker} ...${props} type="date" />`
    case 'timepicker':
      return html`<${Picker} ...${props} type="time" />`
    case 'datetimepicker':
      return html`<${DateTimePicker} ...${props} />`
    case 'plain_text_input':
    case 'rich_text_input':
    case 'email_text_input':
    case 'url_text_input':
    case 'number_input':
      return html`<${TextInput} ...${props} />`
    case 'image':
      return html`<img class="accessory-image" src=${element.image_url} alt=${element.alt_text} />`
    default:
      return html`<${Select} ...${props} />`
  }
}

function Button({ element, blockId, surface }) {
  const { state, press, dialog, warning } = usePress({ element, blockId, surface })
  const label = withEmoji(element.text.text)
  const onClick = () => {
    if (element.url && /^https?:\/\//i.test(element.url)) window.open(element.url, '_blank', 'noreferrer')
    press(undefined)
  }
  return html`<span class="pressable">
    <button
      type="button"
      class=${`button ${element.style ?? ''}`}
      data-action-id=${element.action_id}
      data-value=${element.value}
      aria-label=${element.accessibility_label ?? label}
      aria-busy=${state === 'busy'}
      aria-disabled=${state === 'busy'}
      onClick=${onClick}
    >
      ${state === 'busy' && html`<span class="spinner" aria-hidden="true"></span>`}
      <span class=${state === 'busy' ? 'covered' : ''}>${label}</span>
    </button>
    ${warning}${dialog}
  </span>`
}

function Overflow({ element, blockId, surface }) {
  const [open, setOpen] = useState(false)
  const { state, press, dialog, warning } = usePress({ element, blockId, surface })
  return html`<span class="pressable menu-anchor">
    <button
      type="button"
      class="button overflow"
      data-action-id=${element.action_id}
      aria-label="More actions"
      aria-haspopup="menu"
      aria-expanded=${open}
      aria-busy=${state === 'busy'}
      aria-disabled=${state === 'busy'}
      onClick=${() => setOpen(!open)}
    >
      ${state === 'busy' ? html`<span class="spinner" aria-hidden="true"></span>` : '⋯'}
    </button>
    ${
      open &&
      html`<${Menu}
        label="More actions"
        items=${element.options.map((option) => ({ value: option.value, label: withEmoji(option.text.text), description: option.description?.text }))}
        onClose=${() => setOpen(false)}
        onChoose=${(item) => press(item.value)}
      />`
    }
    ${warning}${dialog}
  </span>`
}

function FeedbackButtons({ element, blockId, surface }) {
  const [given, setGiven] = useState(null)
  const { press, warning } = usePress({ element, blockId, surface })
  const button = ({ text, value, accessibility_label }, icon) => html`<button
    type="button"
    class=${`feedback ${given === value ? 'given' : ''}`}
    data-action-id=${element.action_id}
    data-value=${value}
    aria-label=${accessibility_label ?? text.text}
    aria-pressed=${given === value}
    title=${text.text}
    onClick=${() => {
      setGiven(value)
      press(value)
    }}
  ><${Icon} name=${icon} size=${16} /></button>`
  return html`<span class="pressable">${button(element.positive_button, 'thumbsUp')}${button(element.negative_button, 'thumbsDown')}${warning}</span>`
}
