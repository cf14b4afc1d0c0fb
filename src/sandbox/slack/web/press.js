import { useState } from 'preact/hooks'
import { html } from './html.js'
import { Icon } from './icons.js'
import { ConfirmDialog } from './overlay.js'
import { TextObject } from './text.js'

/** Runs a press: the confirm dialog first, a spinner while the bot works, a warning when it fails. */
export function usePress({ element, blockId, surface }) {
  const [state, setState] = useState('idle')
  const [asked, setAsked] = useState(null)
  const send = async (value) => {
    setState('busy')
    const answer = await surface.press(element, blockId, value)
    setState(answer.ok ? 'idle' : 'failed')
  }
  const press = (value) => {
    // Not `disabled` while busy: the keyboard's place must not be lost.
    if (state === 'busy') return
    if (element.confirm) setAsked({ value })
    else send(value)
  }
  const dialog =
    asked &&
    html`<${ConfirmDialog}
      confirm=${element.confirm}
      text=${html`<${TextObject} value=${element.confirm.text} reader=${surface.reader} />`}
      onAnswer=${(yes) => {
        setAsked(null)
        if (yes) send(asked.value)
      }}
    />`
  const warning =
    state === 'failed' &&
    html`<span class="press-warning" role="alert" title="The app did not take this. It may not have been done."><${Icon} name="warning" /></span>`
  return { state, press, dialog, warning }
}
