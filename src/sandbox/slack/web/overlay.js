import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { html } from './html.js'

const focusable = 'button:not([disabled]), input, select, textarea, a[href], [tabindex="0"]'

/** Keeps the keyboard inside while open, closes on Esc, and gives the focus back to where it was. */
export function Dialog({ label, className, onClose, children }) {
  const box = useRef(null)
  useEffect(() => {
    const before = document.activeElement
    const first =
      box.current.querySelector('[data-autofocus], input, textarea, select') ??
      box.current.querySelector(focusable)
    first?.focus()
    return () => before?.focus?.()
  }, [])
  useEffect(() => {
    // On the document, because the focus may be nowhere in particular; only the dialog on top closes.
    const onEscape = (event) => {
      const top = [...document.querySelectorAll('.dialog')].at(-1)
      if (event.key === 'Escape' && top === box.current) onClose()
    }
    document.addEventListener('keydown', onEscape)
    return () => document.removeEventListener('keydown', onEscape)
  }, [onClose])
  const onKeyDown = (event) => {
    if (event.key !== 'Tab') return
    const stops = [...box.current.querySelectorAll(focusable)]
    const edge = event.shiftKey ? stops[0] : stops.at(-1)
    if (document.activeElement === edge) {
      event.preventDefault()
      ;(event.shiftKey ? stops.at(-1) : stops[0]).focus()
    }
  }
  return html`<div class="backdrop" onKeyDown=${onKeyDown}>
    <div class=${`dialog ${className ?? ''}`} role="dialog" aria-modal="true" aria-label=${label} ref=${box}>${children}</div>
  </div>`
}

/** A menu under its button, or above it where there is no room; closes on Esc, on a choice and on a click elsewhere. */
export function Menu({ items, onChoose, onClose, label }) {
  const box = useRef(null)
  const [side, setSide] = useState('')
  useLayoutEffect(() => {
    const { bottom, right } = box.current.getBoundingClientRect()
    const room = box.current.closest('.messages, .home, .dialog')?.getBoundingClientRect()
    const above = bottom > (room?.bottom ?? innerHeight) && 'above'
    const toLeft = right > (room?.right ?? innerWidth) && 'right'
    setSide([above, toLeft].filter(Boolean).join(' '))
  }, [])
  useEffect(() => {
    box.current.querySelector('[role^="menuitem"]')?.focus()
    const outside = (event) => {
      if (!box.current?.parentElement.contains(event.target)) onClose()
    }
    document.addEventListener('mousedown', outside)
    return () => document.removeEventListener('mousedown', outside)
  }, [])
  const onKeyDown = (event) => {
    const entries = [...box.current.querySelectorAll('[role^="menuitem"]')]
    const at = entries.indexOf(document.activeElement)
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step) {
      event.preventDefault()
      entries[(at + step + entries.length) % entries.length]?.focus()
    }
    if (event.key === 'Escape') {
      event.stopPropagation()
      onClose()
    }
  }
  return html`<div class=${`menu ${side}`} role="menu" aria-label=${label} ref=${box} onKeyDown=${onKeyDown}>
    ${items.map(
      (item) => html`<button
        type="button"
        role="menuitem"
        class=${item.selected ? 'selected' : ''}
        data-value=${item.value}
        onClick=${() => {
          onClose()
          onChoose(item)
        }}
      >
        <span class="label">${item.label}</span>
        ${item.description && html`<span class="description">${item.description}</span>`}
      </button>`,
    )}
  </div>`
}

/** The question Slack asks before a press that carries a `confirm`. */
export function ConfirmDialog({ confirm, text, onAnswer }) {
  return html`<${Dialog} label=${confirm.title.text} className="confirm" onClose=${() => onAnswer(false)}>
    <header><h1>${confirm.title.text}</h1></header>
    <div class="body">${text}</div>
    <footer>
      <button type="button" class="button" onClick=${() => onAnswer(false)}>${confirm.deny.text}</button>
      <button
        type="button"
        data-autofocus
        data-testid="confirm"
        class=${`button ${confirm.style === 'danger' ? 'danger' : 'primary'}`}
        onClick=${() => onAnswer(true)}
      >
        ${confirm.confirm.text}
      </button>
    </footer>
  </${Dialog}>`
}
