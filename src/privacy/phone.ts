import type { Finding } from './finding.ts'
import { digitGroups, type Group } from './groups.ts'
import { isInternational, isNational, type PhonePlan } from './phone-plans.ts'
import { isOther, saysPhone, saysSomethingElse } from './phone-words.ts'

/** What is known of the account's phones. */
export type KnownPhones = {
  plans: readonly PhonePlan[]
  /** The last digits of numbers that are known. */
  endings: ReadonlySet<string>
}

const SEPARATOR = /^(?:[ .-]{0,2}[ ./()-] ?|\( ?0 ?\) ?)$/
const MOST_GROUPS = 7
const SHORTEST = 7
const LONGEST = 15
/** So many last digits tell one phone from all others. */
export const ENDING = 7
const EXTENSION = /(?:\s?(?:x|ext\.?|extension|durchwahl|poste)\s?|\s#)\d{1,6}(?!\d)/iy

export function phones(text: string, known: KnownPhones): Finding[] {
  const found: Finding[] = []
  for (const groups of digitGroups(text, SEPARATOR, SHORTEST)) {
    for (let first = 0; first < groups.length; ) {
      const last = mayBegin(text, groups, first) ? lastGroup(text, groups, { first, known }) : -1
      if (last >= first) found.push(finding(text, groups.slice(first, last + 1)))
      first = Math.max(last, first) + 1
    }
  }
  return found
}

function finding(text: string, groups: readonly Group[]): Finding {
  const start = opening(text, groups[0]?.start ?? 0)
  let end = groups.at(-1)?.end ?? start
  if (text[end] === ')' && text.slice(start, end).includes('(')) end++
  EXTENSION.lastIndex = end
  if (EXTENSION.test(text)) end = EXTENSION.lastIndex
  return { kind: 'phone', start, end }
}

/** With the "+" or bracket before its first digit. */
function opening(text: string, start: number): number {
  const before = text.slice(Math.max(0, start - 2), start)
  const signs = /(?:\+\(?|\(\+?)$/.exec(before)
  return signs ? start - signs[0].length : start
}

/** A number begins where something ends; within a run of groups, after a blank. */
function mayBegin(text: string, groups: readonly Group[], first: number): boolean {
  const start = opening(text, groups[first]?.start ?? 0)
  if (first > 0) return /[ /(]/.test(text[start - 1] ?? '') || text[start] === '('
  return !/[\p{L}\p{N}_.,$€£#-]/u.test(text[start - 1] ?? '') || text[start] === '+'
}

/** The last group of the longest number that begins with the first; -1 when none does. */
function lastGroup(
  text: string,
  groups: readonly Group[],
  { first, known }: { first: number; known: KnownPhones },
): number {
  let digits = ''
  let last = -1
  // In a row of groups all alike only the first may begin one, unless the number is known.
  const gap = gapBetween(text, groups[first - 1], groups[first])
  const goesOn = gap !== null && gap === gapBetween(text, groups[first], groups[first + 1])
  for (let next = first; next < Math.min(groups.length, first + MOST_GROUPS); next++) {
    const group = groups[next]
    if (!group || isStray(group, next - first)) break
    digits += group.digits
    if (digits.length > LONGEST + 2) break
    if (digits.length < SHORTEST || (goesOn && !known.endings.has(digits.slice(-ENDING)))) continue
    if (!mayEnd(text, groups, next)) continue
    if (
      isPhone(text, {
        digits,
        groups: groups.slice(first, next + 1),
        known,
        before: groups[first - 1],
        after: groups[next + 1],
      })
    )
      last = next
  }
  return last
}

function mayEnd(text: string, groups: readonly Group[], last: number): boolean {
  const end = groups[last]?.end ?? 0
  const after = text.slice(end, end + 3)
  if (groups[last + 1]) return ' )/('.includes(after[0] ?? '')
  return !/^(?:[\p{N}_%]|[.,:]\d|-[\p{L}\p{N}](?!\p{L}))/u.test(after)
}

/** A single digit stands first, as a trunk zero or as an area code; not among the others. */
function isStray({ digits }: Group, place: number): boolean {
  return digits.length === 1 && place > 2
}

type Candidate = {
  digits: string
  groups: readonly Group[]
  known: KnownPhones
} & Neighbours

/** The groups of the same run on either side. */
type Neighbours = { before: Group | undefined; after: Group | undefined }

function isPhone(text: string, { digits, groups, known, before, after }: Candidate): boolean {
  const start = opening(text, groups[0]?.start ?? 0)
  const end = groups.at(-1)?.end ?? 0
  const written = text.slice(start, end)
  if (known.endings.has(digits.slice(-ENDING))) return true
  if (written.includes('+'))
    return isInternational(digits.length > LONGEST ? withoutTrunk(digits, groups) : digits)
  if (digits.length > LONGEST && !digits.startsWith('00')) return false
  // Costliest last. What follows another number has no words before it.
  const isPart = continues(text, groups, { before, after })
  if (before && isPart) return false
  const isGrouped = groups.length > 1
  const fitsPlan = known.plans.some((plan) => isNational(digits, plan) && isUsual(groups, plan))
  if (isGrouped ? !fitsPlan && !hasShape(groups) && !digits.startsWith('00') : digits.length < 8) return false
  if (isOther(written, groups)) return false
  const says = !before && saysPhone(text, start)
  if (!says && (isPart || saysSomethingElse(text, { start, end }))) return false
  if (says) return true
  if (fitsPlan && digits.length > SHORTEST) return isGrouped || digits.startsWith('0')

  // A part of a longer number is none, nor what goes on after a part number.
  if (before || after || /\d ?$/.test(text.slice(Math.max(0, start - 2), start))) return false
  const isThousands = /^[1-9]\d{0,2}(?:[ .]\d{3})+$/.test(written)
  if (digits.startsWith('00')) return isInternational(digits.slice(2))
  return !isThousands && hasShape(groups) && isTelling(written, digits, groups)
}

/** Whether what stands before or after is parted from it as its own groups are: then it is a part of something longer. */
function continues(text: string, groups: readonly Group[], { before, after }: Neighbours): boolean {
  const gap = gapBetween(text, groups[0], groups[1])
  const lastGap = gapBetween(text, groups.at(-2), groups.at(-1))
  return [gapBetween(text, before, groups[0]), gapBetween(text, groups.at(-1), after)].some(
    (outer) => outer !== null && (outer === gap || outer === lastGap),
  )
}

function gapBetween(text: string, before: Group | undefined, after: Group | undefined): string | null {
  return before && after ? text.slice(before.end, after.start) : null
}

/** The zero in "+46 (0)8" is not dialled from abroad. */
function withoutTrunk(digits: string, groups: readonly Group[]): string {
  const zero = groups.findIndex(({ digits: each }) => each === '0')
  return zero === -1
    ? digits
    : groups
        .filter((_, index) => index !== zero)
        .map((each) => each.digits)
        .join('')
}

/** In North America every number is written in threes and fours. */
function isUsual(groups: readonly Group[], { callingCode }: PhonePlan): boolean {
  if (callingCode !== '1' || groups.length === 1) return true
  const sizes = groups.map(({ digits }) => digits.length).join('')
  return sizes === '334' || sizes === '1334' || sizes === '37' || sizes === '64'
}

/** Wherever in the world: two to six groups of two to five digits each; the first may be a single trunk digit. */
function hasShape(groups: readonly Group[]): boolean {
  return (
    groups.length >= 2 &&
    groups.length <= 6 &&
    groups.every(({ digits: { length } }, index) => (length >= 2 || index === 0) && length <= 5)
  )
}

/** Without a word for it: brackets, a trunk zero, or as many groups as no other number has. */
function isTelling(written: string, digits: string, groups: readonly Group[]): boolean {
  return (
    /^\(\d{2,5}\)/.test(written) || (digits.length >= 8 && (digits.startsWith('0') || groups.length >= 3))
  )
}
