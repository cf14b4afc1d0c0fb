import { type Span, spansOf } from './finding.ts'

/** US social security numbers, which have no check digit: by their form, or by what is said before them. */
const IN_FORM = /(?<![\w-])(?!000|666|9\d\d)\d{3}([- ])(?!00)\d{2}\1(?!0000)\d{4}(?![\w-]|[.,]\d)/g
const BARE =
  /(?<=(?:\bSSN|social security)[^\d\n]{0,24})(?<!\d)(?!000|666|9\d\d)\d{3}(?!00)\d{2}(?!0000)\d{4}(?!\d)/gi
const SAYS_SO = /(?:\bSSN|social security)[^\n]{0,24}$/i

export function governmentIds(text: string): Span[] {
  const inForm = spansOf(text, IN_FORM).filter(
    // With blanks it may as well be a phone number or a table.
    ({ start }) => text[start + 3] === '-' || SAYS_SO.test(text.slice(Math.max(0, start - 40), start)),
  )
  const bare = /SSN|social security/i.test(text) ? spansOf(text, BARE) : []
  return [...inForm, ...bare].toSorted((a, b) => a.start - b.start)
}
