import isLuhnNumber from 'validator/lib/isLuhnNumber.js'
import type { Span } from './finding.ts'
import { digitGroups, type Group } from './groups.ts'

/** Issuers by how their numbers begin, with the lengths they have. */
const ISSUERS =
  /^(?:4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}|3(?:0[0-5]|095|[689]\d)\d{11}|(?:6011|64[4-9]\d|65\d\d)\d{12,15}|62\d{14,17}|35(?:2[89]|[3-8]\d)\d{12,15}|(?:1800|2131)\d{11}|(?:5018|5020|5038|5893|6304|6759|676[1-3])\d{8,15})$/
const SHORTEST = 12
const LONGEST = 19
/** Between groups; more of it, and they are numbers of their own. */
const SEPARATOR = /^[ .-]{1,2}$/
/** A CRM's record ids have nineteen digits too: a company's number, zeros, a serial number. */
const RECORD_ID = /^(?=\d{19}$)\d{7}0{3,}/

export function cards(text: string): Span[] {
  const found: Span[] = []
  for (const groups of digitGroups(text, SEPARATOR, SHORTEST)) {
    for (let first = 0; first < groups.length; ) {
      const after = cardFrom(groups, first)
      const last = groups[after - 1]
      if (after > first && last) found.push({ start: groups[first]?.start ?? 0, end: last.end })
      first = Math.max(after, first + 1)
    }
  }
  return found
}

/** Past the last group of the longest card number that begins here; `first` when none does. */
function cardFrom(groups: readonly Group[], first: number): number {
  let digits = ''
  let after = first
  for (let next = first; next < groups.length; next++) {
    const group = groups[next]?.digits ?? ''
    digits += group
    if (digits.length > LONGEST || group.length < 2) break
    if (digits.length >= SHORTEST && isCard(digits)) after = next + 1
  }
  return after
}

export function isCard(digits: string): boolean {
  return ISSUERS.test(digits) && !RECORD_ID.test(digits) && isLuhnNumber.default(digits)
}
