/** What a text was found to hold, and where; kinds in the order in which they are looked for. */
export const FINDING_KINDS = [
  'text',
  'secret',
  'email',
  'iban',
  'card',
  'ip',
  'government_id',
  'phone',
  'person',
] as const
export type FindingKind = (typeof FINDING_KINDS)[number]

export type Finding = {
  kind: FindingKind
  /** UTF-16 offsets; `end` is exclusive. */
  start: number
  end: number
  /** Equal for two spellings of the same; absent: the text itself. */
  identity?: string
  /** How the CRM spells it. */
  canonical?: string
}

export type Span = { start: number; end: number }

/** Those of one pattern, each taken as a whole. */
export function spansOf(text: string, pattern: RegExp): Span[] {
  return [...text.matchAll(pattern)].map(({ 0: found, index }) => ({
    start: index,
    end: index + found.length,
  }))
}

/** The text with what is taken already blotted out, so that nobody finds a part of it again; offsets stay. */
export function blot(text: string, taken: readonly Span[]): string {
  const pieces: string[] = []
  let from = 0
  for (const { start, end } of taken) {
    pieces.push(text.slice(from, start), '\0'.repeat(end - start))
    from = end
  }
  return pieces.join('') + text.slice(from)
}
