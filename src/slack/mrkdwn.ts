/**
 * Text on its way to Slack. A plain `string` is somebody else's words and is made harmless wherever it meets
 * Slack's markup; only this file makes `Mrkdwn`, so nothing from a CRM or a model can format, link or mention.
 */
export type Mrkdwn = { readonly mrkdwn: string }

export type Text = string | Mrkdwn

/**
 * ``mrkdwn`*Close date*: ${value}` ``: the template is markup, every interpolated string is made harmless,
 * `Mrkdwn` goes in as it is.
 */
export function mrkdwn(strings: TemplateStringsArray, ...values: (Text | number)[]): Mrkdwn {
  const parts = values.map((value, index) => {
    return `${strings[index]}${typeof value === 'object' ? value.mrkdwn : harmless(String(value))}`
  })
  return { mrkdwn: `${parts.join('')}${strings[values.length]}` }
}

export function joined(parts: readonly Text[], separator: string): Mrkdwn {
  return { mrkdwn: parts.map((part) => mrkdwn`${part}`.mrkdwn).join(separator) }
}

export function bullets(lines: readonly Text[]): Mrkdwn {
  return joined(
    lines.map((line) => mrkdwn`• ${line}`),
    '\n',
  )
}

/** `url` must be one of ours; anything but http(s) leaves the label alone. */
export function link(url: string | null, label: string): Mrkdwn {
  if (url === null || !URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) return mrkdwn`${label}`
  return {
    mrkdwn: `<${new URL(url).href.replaceAll('|', '%7C')}|${harmless(oneLine(label)).replaceAll('|', '∣')}>`,
  }
}

export type Person = { name: string; slackUserId: string | null }

/** A mention where we know the Slack user, else the name. Not for channels: those are never @-mentioned. */
export function person({ name, slackUserId }: Person): Mrkdwn {
  return slackUserId && /^[UW][A-Z0-9]{2,30}$/.test(slackUserId)
    ? { mrkdwn: `<@${slackUserId}>` }
    : mrkdwn`${name}`
}

/** `3 accounts`, `1 account`. */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${n.toLocaleString('en-GB')} ${n === 1 ? one : many}`
}

/** `1,250,000`, `52,500.5`: without a currency, which the CRM does not give with the number and nobody may guess. */
export function figure(n: number): string {
  return n.toLocaleString('en', { maximumFractionDigits: 2 })
}

// Format characters (zero-width, bidi controls, tags), fillers that draw nothing, controls except line breaks,
// halves of surrogate pairs. They hide words from the reader that a machine still reads.
const INVISIBLE = /[\p{Cf}\p{Cs}\p{Co}\u115F\u1160\u3164\uFFA0]|\u034F|[\u{E0100}-\u{E01EF}]|(?!\n)\p{Cc}/gu

/** Without what cannot be seen, line breaks as `\n`. */
export function visible(text: string): string {
  return text.replaceAll(/\r\n?/g, '\n').replaceAll('\t', ' ').replaceAll(INVISIBLE, '')
}

export function oneLine(text: string): string {
  return visible(text).replaceAll(/\s+/g, ' ').trim()
}

/**
 * Visible text that no Slack client turns into a link or a mention. Look-alikes, because Slack has no escape
 * and a broken-up word reads worse: `booking․com` with a one-dot leader instead of the full stop.
 */
export function inert(text: string): string {
  return visible(text)
    .replaceAll('://', '∶//')
    .replaceAll(/(?<=[\p{L}\p{N}])[.。．｡](?=\p{L})/gu, '․')
    .replaceAll(/@(?=channel|here|everyone)/gi, '＠')
}

const LOOK_ALIKES: Record<string, string> = { '*': '∗', '~': '∼', '`': 'ˋ' }

/** For mrkdwn: inert, no formatting, no quotation, no emoji codes, entities escaped. */
export function harmless(text: string): string {
  return (
    inert(text)
      .replaceAll(/[*~`]/g, (mark) => LOOK_ALIKES[mark]!)
      // Inside a word (`Close_Date`) an underscore is only an underscore.
      .replaceAll(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, 'ˍ')
      .replaceAll(/^(\s*)>+/gm, (_, indent: string) => `${indent}›`)
      .replaceAll(/:(?=[^\s:]+:)/g, '∶')
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
  )
}

/** At most `max` UTF-16 units, cut between code points, "…" where something went. */
export function truncate(text: string, max: number): string {
  return cut(text, max, /[\s\S]/gu)
}

/** The same for markup: never inside `<…>` or an entity. */
export function truncateMrkdwn({ mrkdwn: text }: Mrkdwn, max: number): string {
  return cut(text, max, /<[^<>]*>|&(?:amp|lt|gt);|[\s\S]/gu)
}

/** At most `max` units and only whole words, "…" where something went: for what is read aloud. */
export function truncateWords(text: string, max: number): string {
  const short = truncate(text, max)
  return short === text ? text : wholeWords(short)
}

/** What was cut within a word, without the rest of that word. */
export function wholeWords(short: string): string {
  const end = short.search(/\s+\S*$/u)
  return end > 0 ? `${short.slice(0, end).replace(/[\s,:–-]+$/u, '')}…` : short
}

function cut(text: string, max: number, piece: RegExp): string {
  if (text.length <= max) return text
  let kept = ''
  for (const [next] of text.matchAll(piece)) {
    if (kept.length + next.length > max - 1) break
    kept += next
  }
  return `${kept.trimEnd()}…`
}
