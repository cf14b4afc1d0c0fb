/**
 * Text that came from the CRM or from an author, made fit for a CRM field: no invisible characters, no
 * half characters, no longer than the field takes. Lengths are UTF-16 units, as Zoho and Slack count.
 */

export const TEXT_LIMITS = {
  Subject: 255,
  Event_Title: 255,
  Note_Title: 120,
  Description: 32_000,
  title: 100,
} as const

// Controls but tab and newline; zero-width and bidirectional marks that can hide or reorder text. The
// joiners U+200C and U+200D stay: emoji and several scripts are written with them.
const INVISIBLE =
  /(?![\t\n])\p{Cc}|[\u00AD\u200B\u200E\u200F\u2028-\u202E\u2060-\u206F\uFEFF\u{E0000}-\u{E007F}]|\p{Surrogate}/gu

export function visible(text: string): string {
  return text.replace(INVISIBLE, '')
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** One visible line of at most `limit` UTF-16 units, cut between whole characters and marked with "…". */
export function line(text: string, limit: number): string {
  return clip(visible(text).replace(/\s+/gu, ' ').trim(), limit)
}

/** As `line`, with the line breaks kept. */
export function paragraphs(text: string, limit: number): string {
  return clip(visible(text).trim(), limit)
}

function clip(text: string, limit: number): string {
  if (text.length <= limit) return text
  let kept = ''
  // Only the part that can be kept is cut into characters: the rest may be megabytes. One that the slice
  // cuts ends at its very end, and so is never kept.
  for (const { segment } of graphemes.segment(text.slice(0, limit))) {
    if (kept.length + segment.length > limit - 1) break
    kept += segment
  }
  return `${kept.trimEnd()}…`
}

const wholeNumber = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })

/** `1,250,000`: without a currency, which the CRM does not give with the number. */
export function amountInWords(amount: number): string {
  return wholeNumber.format(amount)
}

/** `1 day`, `12 days`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
