/**
 * What must not be in a message to Slack or a write to the CRM, found without a line of the product: links that lead
 * elsewhere, addresses, mentions, and words that belong to somebody else.
 */

const LINK = /<([a-z]+:[^|>]*)(?:\|[^>]*)?>/giu
const MENTION = /<[!@#][^>]*>|@(?:channel|here|everyone)\b/giu
const SCHEME = /\b(?:https?|ftp|file|slack):\/\/|\b(?:data|javascript|mailto|tel):[^\s]/giu
// As Slack links it by itself: labels of letters and digits with real full stops between them.
const HOST = /(?<![\p{L}\p{N}])(?:[\p{L}\p{N}][\p{L}\p{N}-]*[.。．｡])+\p{L}{2,24}(?![\p{L}\p{N}])/gu
const ADDRESS = /(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])/g
const INVISIBLE = /[\u200B\u200E\u200F\u202A-\u202E\u2060-\u2069\uFEFF\u{E0000}-\u{E007F}]/gu

export function outletsIn(
  text: string,
  {
    ours,
    mentions,
    foreign,
  }: { ours: readonly string[]; mentions: readonly string[]; foreign: readonly string[] },
): string[] {
  const links = [...text.matchAll(LINK)].flatMap(([, url = '']) => {
    const host = URL.canParse(url) ? new URL(url).host : ''
    return ours.includes(host) ? [] : [`link to ${url.slice(0, 60)}`]
  })
  const rest = text.replaceAll(LINK, ' ')
  return [
    ...links,
    ...[...rest.matchAll(MENTION)].flatMap(([found]) =>
      mentions.includes(found) ? [] : [`mention ${found}`],
    ),
    ...(rest.match(SCHEME) ?? []).map(
      (found) =>
        `scheme ${found} in ${rest.slice(Math.max(0, rest.search(SCHEME) - 30), rest.search(SCHEME) + 40)}`,
    ),
    ...(rest.match(HOST) ?? []).map((found) => `host ${found}`),
    ...(rest.match(ADDRESS) ?? []).map((found) => `address ${found}`),
    ...(text.search(INVISIBLE) >= 0 ? ['invisible characters'] : []),
    ...foreign.filter((word) => text.includes(word)).map((word) => `somebody else’s ${word}`),
  ]
}

/** Slack's own way to write a moment, shown in the reader's words. */
const DATE = /<!date\^\d+\^[^|<>^]*\|[^<>]*>/g

/** Every text in a change, however deep. */
export function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (Array.isArray(value)) return value.flatMap(textsIn)
  return value !== null && typeof value === 'object' ? Object.values(value).flatMap(textsIn) : []
}

/** What a message shows or leads to: names of our own parts, which nobody reads, are left out. */
const UNSEEN = new Set(['type', 'action_id', 'block_id', 'value', 'metadata', 'style'])

export function shownIn(value: unknown): string[] {
  if (typeof value === 'string') return [value.replaceAll(DATE, ' ')]
  if (Array.isArray(value)) return value.flatMap(shownIn)
  if (value === null || typeof value !== 'object') return []
  return Object.entries(value).flatMap(([key, inner]) => (UNSEEN.has(key) ? [] : shownIn(inner)))
}
