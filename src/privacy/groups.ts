/** Digits in a row, and where they stand. */
export type Group = { digits: string; start: number; end: number }

/**
 * The groups of digits of a text, those together that only a separator parts. Groups that touch a letter belong to a
 * part number or a hash, and part what stands on either side; a lone group shorter than `shortest` is left out.
 */
export function digitGroups(text: string, separator: RegExp, shortest: number): Group[][] {
  const runs: Group[][] = []
  let run: Group[] = []
  const close = () => {
    if (run.length > 1 || (run[0]?.digits.length ?? 0) >= shortest) runs.push(run)
    run = []
  }
  for (const { 0: digits, index: start } of text.matchAll(DIGITS)) {
    const end = start + digits.length
    const last = run.at(-1)
    if (last && !parts(text, last.end, start, separator)) close()
    if (isWord(text, start - 1) || isWord(text, end)) close()
    else run.push({ digits, start, end })
  }
  close()
  return runs
}

const DIGITS = /\d+/g
/** No separator is longer: a text between two groups is not copied to be looked at. */
const LONGEST_SEPARATOR = 6
const LETTER = /[\p{L}_]/u

function parts(text: string, from: number, to: number, separator: RegExp): boolean {
  return to - from <= LONGEST_SEPARATOR && separator.test(text.slice(from, to))
}

function isWord(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  if (code < 128) return (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code === 95
  return LETTER.test(text[at] ?? '')
}
