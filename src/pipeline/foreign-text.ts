import { visible } from '../recommendations/text.ts'

/**
 * What a model wrote, without anything that leads elsewhere or calls somebody: links, addresses, numbers to call,
 * mentions, images and markup. It has seen none of ours, so whatever it writes of the sort came from a stranger.
 */

const REMOVED = '[removed]'
// Both sides of what is looked for are bounded, so that a long text takes no longer than its length.
const SCHEME =
  /\b[a-z][a-z0-9+.-]{1,20}:\/{2}[^\s<>"']{0,2000}|\b(?:mailto|javascript|data|tel|slack|file):[^\s<>"']{1,2000}/giu
const MARKUP = /!?\[([^\]\n]{0,300})\]\([^)\n]{0,2000}\)/gu
const SLACK_MARKUP = /<[!@#][^>\n]{0,200}>|<\/?[a-z][^>\n]{0,300}>/giu
const EMAIL = /[\p{L}\p{N}._%+-]{1,64}@[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){1,5}/gu
const PHONE = /(?<![\p{L}\p{N}])\+?\(?\d{1,4}\)?(?:[ ./-]?\(?\d{2,4}\)?){2,5}(?![\p{L}\p{N}])/gu
const HOST =
  /(?<![\p{L}\p{N}@.-])(?:[\p{L}\p{N}][\p{L}\p{N}-]{0,62}[.。．｡]){1,6}\p{L}{2,24}(?:[:/?#][^\s<>"']{0,2000})?(?![\p{L}\p{N}])/gu
const ADDRESS = /(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?(?:\/[^\s<>"']{0,2000})?/gu
const CALL = /@(?=channel|here|everyone|[\p{L}\p{N}_])/giu
const PHONE_DIGITS = 9

export function withoutForeign(text: string): string {
  return visible(text)
    .replaceAll(MARKUP, (_, label: string) => label)
    .replaceAll(SLACK_MARKUP, REMOVED)
    .replaceAll(SCHEME, REMOVED)
    .replaceAll(EMAIL, REMOVED)
    .replaceAll(ADDRESS, REMOVED)
    .replaceAll(HOST, (host) => (isSentenceEnd(host) ? host.replace('.', '. ') : REMOVED))
    .replaceAll(PHONE, (found) => (isPhone(found) ? REMOVED : found))
    .replaceAll(CALL, '')
    .replaceAll(/[<>`]/g, '')
}

/** What the rules quote from the CRM may hold the same; their own words do not, so it is made harmless and stays readable. */
export function inertText(text: string): string {
  return visible(text)
    .replaceAll(MARKUP, (_, label: string) => label)
    .replaceAll(SCHEME, REMOVED)
    .replaceAll(ADDRESS, (address) => address.replaceAll('.', '․'))
    .replaceAll(HOST, (host) => host.replaceAll(/[.。．｡]/g, '․'))
    .replaceAll(/<[!@#]/g, '')
    .replaceAll(CALL, '')
}

/** `week.Please`: a blank was forgotten. */
function isSentenceEnd(host: string): boolean {
  return /^[\p{L}\p{N}-]+\.\p{Lu}\p{Ll}*$/u.test(host)
}

/** Dates and amounts are shorter, or have other separators. */
function isPhone(found: string): boolean {
  const digits = found.replaceAll(/\D/g, '')
  return digits.length >= PHONE_DIGITS && !/^\d{4}-\d{2}-\d{2}/.test(found)
}

/** Every text in a form, however deep. */
export function everyText<Form>(form: Form, change: (text: string) => string): Form {
  const walk = (value: unknown): unknown => {
    if (typeof value === 'string') return change(value)
    if (Array.isArray(value)) return value.map(walk)
    if (value === null || typeof value !== 'object') return value
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, walk(inner)]))
  }
  return walk(form) as Form
}
