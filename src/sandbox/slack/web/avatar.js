import { html } from './html.js'

const colours = ['#2c6ecb', '#b8459b', '#c2571a', '#2f855a', '#7b4fc9', '#b83232', '#0f7c8a', '#8a6d1d']

function colourOf(id) {
  let sum = 0
  for (const char of id) sum = (sum * 31 + char.charCodeAt(0)) % 997
  return colours[sum % colours.length]
}

function initials(name) {
  const words = name.split(/\s+/).filter(Boolean)
  return (words.length > 1 ? words[0][0] + words.at(-1)[0] : name.slice(0, 1)).toUpperCase()
}

/** A square with initials; the app and Slackbot have pictures of their own. */
export function Avatar({ person, size = 36 }) {
  const style = { width: `${size}px`, height: `${size}px`, fontSize: `${Math.round(size * 0.4)}px` }
  if (person.isSlackbot) return html`<span class="avatar slackbot" style=${style} aria-hidden="true">♥</span>`
  if (person.isBot) {
    return html`<span class="avatar app" style=${style} aria-hidden="true">
      <svg viewBox="0 0 24 24" width="70%" height="70%">
        <path d="M4 17l5-6 4 3 7-9" fill="none" stroke="#fff" stroke-width="2.4" stroke-linecap="round" stroke-linejoin="round" />
        <circle cx="20" cy="5" r="2.2" fill="#f2c744" />
      </svg>
    </span>`
  }
  return html`<span class="avatar" style=${{ ...style, background: colourOf(person.id) }} aria-hidden="true">
    ${initials(person.name)}
  </span>`
}
