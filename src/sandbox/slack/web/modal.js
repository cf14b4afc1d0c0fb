import { useState } from 'preact/hooks'
import { Blocks } from './blocks.js'
import { client } from './client.js'
import { html } from './html.js'
import { Icon } from './icons.js'
import { Dialog } from './overlay.js'
import { useSurface } from './surfaces.js'

/** The modal on top, with the errors of its last submission beside the inputs they belong to. */
export function Modal({ app, view }) {
  const { me } = app.state
  const [state, setState] = useState({ busy: false, errors: {}, problem: null })
  const surface = useSurface({
    blocks: view.blocks,
    app,
    press: (pressed) => client.press({ ...pressed, view_id: view.id }),
  })
  const close = () => client.close({ user: me, view_id: view.id })
  const submit = async (event) => {
    event.preventDefault()
    if (state.busy) return
    setState({ busy: true, errors: {}, problem: null })
    const answer = await client.submit({ user: me, view_id: view.id, values: surface.choices })
    const errors = answer.errors ?? {}
    const explained = Object.keys(errors).length > 0
    const problem = !answer.ok && !explained ? 'We had some trouble connecting. Try again?' : null
    setState({ busy: false, errors, problem })
  }
  const onKeyDown = (event) => {
    if (event.key === 'Enter' && (event.metaKey || event.ctrlKey) && view.submit) submit(event)
  }
  return html`<${Dialog} label=${view.title.text} className="modal" onClose=${close}>
    <form data-testid="modal" data-view-id=${view.id} onSubmit=${submit} onKeyDown=${onKeyDown} noValidate>
      <header>
        <h1>${view.title.text}</h1>
        <button type="button" class="icon" aria-label="Close" onClick=${close}><${Icon} name="close" /></button>
      </header>
      <div class="body">
        ${state.problem && html`<p class="problem" role="alert">${state.problem}</p>`}
        <${Blocks} blocks=${view.blocks} surface=${surface} errors=${state.errors} />
      </div>
      <footer>
        <button type="button" class="button" data-testid="modal-close" onClick=${close}>${view.close?.text ?? 'Cancel'}</button>
        ${
          view.submit &&
          html`<button type="submit" class="button primary" data-testid="modal-submit" aria-busy=${state.busy} aria-disabled=${state.busy}>
            ${state.busy && html`<span class="spinner" aria-hidden="true"></span>`}
            <span class=${state.busy ? 'covered' : ''}>${view.submit.text}</span>
          </button>`
        }
      </footer>
    </form>
  </${Dialog}>`
}
