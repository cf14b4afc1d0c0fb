import { type Span, spansOf } from './finding.ts'
import { looksRandom } from './random-looking.ts'

/**
 * Keys, tokens and passwords: by the form their makers gave them, by the place they stand in a URL, or by the word
 * before them. Every pattern is bounded, or consumes what it looked at.
 */
const FORMS = [
  String.raw`xox[a-z](?:\.xox[a-z])?-[\w-]{10,}`,
  String.raw`xapp-\d-[\w-]{10,}`,
  '(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}(?![A-Z0-9])',
  'gh[pousr]_[A-Za-z0-9]{30,}',
  String.raw`github_pat_\w{22,}`,
  String.raw`glpat-[\w-]{20,}`,
  '(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{10,}',
  'whsec_[A-Za-z0-9+/=]{16,}',
  'sk-(?:ant-|proj-|svcacct-)?[A-Za-z0-9_-]{20,}',
  String.raw`AIza[\w-]{35}`,
  String.raw`ya29\.[\w-]{20,}`,
  String.raw`GOCSPX-[\w-]{20,}`,
  'npm_[A-Za-z0-9]{36}',
  String.raw`pat-[a-z]{2}\d-[0-9a-f]{8}-[0-9a-f-]{27}`,
  // Zoho: access and refresh tokens, codes.
  String.raw`1000\.[0-9a-f]{32}\.[0-9a-f]{32}`,
].join('|')
const IN_FORM = new RegExp(`(?<![A-Za-z0-9])(?:${FORMS})`, 'g')
const SENDGRID_OR_JWT =
  /(?<![\w-])(?:SG\.[\w-]{16,64}\.[\w-]{16,64}|eyJ[\w-]{6,2000}\.[\w-]{6,8000}(?:\.[\w-]{0,1000})?)/g
const SLACK_WEBHOOK = /(?<=hooks\.slack\.com\/(?:services|workflows|triggers)\/)[\w/-]{20,}/g
const PEM_BEGINNING = /-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----/g
const PEM_LONGEST = 20_000
/** Without an end it was cut off: as far as it goes. */
const PEM_REST = /(?:(?:\s|\\n)+[A-Za-z0-9+/=]{16,})*/y
const IN_URL = /(?<=:\/\/)[^\s/?#"'<>@:\0]{0,256}:[^\s/?#"'<>\0]{1,256}(?=@)|(?<=:\/\/)[\w-]{20,256}(?=@)/g

const WORD =
  /(pass(?:word|wd|phrase|code|wort)|(?<![a-z])pwd|mot de passe|secret|token|(?<![a-z])(?:basic|bearer)|credential|authorization|signature|(?:api|access|private|auth|signing|encryption|account|shared|service|license)?[ _-]?key|(?<![a-z])sig)s?/gi
const PASSWORD = /^(?:pass|pwd|mot)/i
const CONNECTED =
  /["'`\]]{0,2}[ \t]{0,3}(?::|=>?|->|\b(?:is|are|was|ist|est)\b)[ \t]{0,3}(?:Bearer |Basic )?["'`(<[]{0,2}/y
const ADJACENT = /["'`]?[ \t]{1,3}["'`(<[]{0,2}/y
const VALUE = /[^\s"'`<>,;()[\]{}&\0]{6,128}/y
const REST = /[^\s"'`<>,;()[\]{}&\0]*/y

export function secrets(text: string): Span[] {
  const found = [
    ...spansOf(text, IN_FORM),
    ...spansOf(text, SENDGRID_OR_JWT),
    ...spansOf(text, SLACK_WEBHOOK),
    ...spansOf(text, IN_URL),
    ...pemKeys(text),
    ...afterWords(text),
  ]
  return joined(found)
}

function pemKeys(text: string): Span[] {
  const found: Span[] = []
  for (const { 0: beginning, index: start } of text.matchAll(PEM_BEGINNING)) {
    if (start < (found.at(-1)?.end ?? 0)) continue
    const body = start + beginning.length
    const ending = text.slice(body, body + PEM_LONGEST).search(/-----END [A-Z0-9 ]{0,30}-----/)
    const end = ending === -1 ? pastMatch(PEM_REST, text, body) : text.indexOf('-----', body + ending + 5) + 5
    found.push({ start, end })
  }
  return found
}

function afterWords(text: string): Span[] {
  const found: Span[] = []
  WORD.lastIndex = 0
  for (let word = WORD.exec(text); word; word = WORD.exec(text)) {
    const value = valueAfter(text, word[0], WORD.lastIndex)
    if (!value) continue
    found.push(value)
    WORD.lastIndex = value.end
  }
  return found
}

function valueAfter(text: string, word: string, from: number): Span | null {
  const connected = pastMatch(CONNECTED, text, from)
  const start = connected === -1 ? pastMatch(ADJACENT, text, from) : connected
  if (start === -1) return null
  const looked = pastMatch(VALUE, text, start)
  if (looked === -1) return null
  const value = text.slice(start, looked)
  const isSecret = PASSWORD.test(word) && connected !== -1 ? looksChosen(value) : looksRandom(value)
  if (!isSecret) return null
  const end = pastMatch(REST, text, looked)
  // The full stop of the sentence.
  return { start, end: text[end - 1] === '.' ? end - 1 : end }
}

/** What a person makes up for a password, and not a word of the sentence that goes on: "is expired", "reset-link". */
function looksChosen(value: string): boolean {
  const chosen = value.replace(/[.,:!?]+$/, '')
  if (chosen.length < 6 || /^https?:\/\//.test(chosen)) return false
  return /\d/.test(chosen) || /[@#$%^*+=~|\\!?]/.test(chosen) || /\p{Ll}\p{Lu}/u.test(chosen)
}

/** Where the match that begins here ends; -1 when none does. */
function pastMatch(sticky: RegExp, text: string, from: number): number {
  sticky.lastIndex = from
  return sticky.test(text) ? sticky.lastIndex : -1
}

/** Spans that touch or overlap are one secret. */
function joined(spans: readonly Span[]): Span[] {
  const all: Span[] = []
  for (const span of spans.toSorted((a, b) => a.start - b.start)) {
    const last = all.at(-1)
    if (last && span.start <= last.end) last.end = Math.max(last.end, span.end)
    else all.push({ ...span })
  }
  return all
}
