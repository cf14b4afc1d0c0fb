import { useEffect, useRef, useState } from 'preact/hooks'
import { html } from './html.js'

/** `/account Acme` → the command and its text; null for anything else. */
function asCommand(text) {
  const match = /^(\/[a-z][\w-]*)(?:\s+([\s\S]*))?$/i.exec(text.trim())
  return match && { command: match[1], text: (match[2] ?? '').trim() }
}

/**
 * Where a person types. Enter sends, Shift+Enter breaks the line; a text that begins with `/` is a command,
 * with what the app registered to choose from.
 */
export function Composer({ label, placeholder, commands, onSay, onCommand, testId }) {
  const [text, setText] = useState('')
  const [chosen, setChosen] = useState(0)
  const [closed, setClosed] = useState(false)
  const box = useRef(null)

  useEffect(() => {
    const area = box.current
    area.style.height = 'auto'
    area.style.height = `${Math.min(area.scrollHeight, 200)}px`
  }, [text])

  const hints =
    /^\/\S*$/.test(text) && !closed
      ? commands.filter(({ command }) => command.startsWith(text.toLowerCase()))
      : []
  const complete = (hint) => {
    setText(`${hint.command} `)
    box.current.focus()
  }
  const send = () => {
    const command = asCommand(text)
    if (text.trim() === '') return
    setText('')
    if (command) onCommand(command)
    else onSay(text.trim())
  }
  const onKeyDown = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (hints.length > 0 && step) {
      event.preventDefault()
      setChosen((chosen + step + hints.length) % hints.length)
    } else if (
      hints.length > 0 &&
      (event.key === 'Tab' || (event.key === 'Enter' && hints[chosen]?.command !== text))
    ) {
      event.preventDefault()
      complete(hints[Math.min(chosen, hints.length - 1)])
    } else if (hints.length > 0 && event.key === 'Escape') {
      event.stopPropagation()
      setClosed(true)
    } else if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
      event.preventDefault()
      send()
    }
  }

  return html`<div class="composer-area">
    ${
      hints.length > 0 &&
      html`<div class="hints" role="listbox" id=${`${testId}-hints`} aria-label="Commands">
        <p class="hints-title">Commands of this app</p>
        ${hints.map(
          (hint, index) => html`<button
            type="button"
            role="option"
            aria-selected=${index === chosen}
            class=${index === chosen ? 'hint chosen' : 'hint'}
            data-command=${hint.command}
            onMouseDown=${(event) => event.preventDefault()}
            onClick=${() => complete(hint)}
          >
            <b>${hint.command}</b> <span class="usage">${hint.hint}</span>
            <span class="description">${hint.description}</span>
          </button>`,
        )}
      </div>`
    }
    <div class="composer">
      <textarea
        ref=${box}
        rows="1"
        data-testid=${testId}
        aria-label=${label}
        aria-controls=${hints.length > 0 ? `${testId}-hints` : undefined}
        placeholder=${placeholder}
        value=${text}
        onInput=${(event) => {
          setText(event.target.value)
          setChosen(0)
          setClosed(false)
        }}
        onKeyDown=${onKeyDown}
      ></textarea>
      <div class="composer-foot">
        <span class="keys"><b>Enter</b> to send · <b>Shift + Enter</b> for a new line</span>
        <button type="button" class=${text.trim() ? 'send ready' : 'send'} disabled=${!text.trim()} aria-label="Send now" onClick=${send}>
          <svg viewBox="0 0 20 20" width="16" height="16" aria-hidden="true"><path d="M2 3l16 7-16 7 3-7-3-7zm3.6 6h6.4v2H5.6l-1.7 3.9L15 10 3.900 5.100z" fill="currentColor" /></svg>
        </button>
      </div>
    </div>
  </div>`
}
