/**
 * Whether a token was drawn by lot and not written by a person: somewhere in it, digits, capitals and small letters
 * change places far more often than in a name, a part number or a word in camel case.
 */
export function looksRandom(token: string): boolean {
  if (token.length < SHORTEST) return false
  let from = 0
  for (let at = 0; at <= token.length; at++) {
    if (at < token.length && !SEPARATORS.includes(token.charCodeAt(at))) continue
    if (at - from >= SHORTEST_PART && isRandom(token, from, at)) return true
    from = at + 1
  }
  return false
}

const SHORTEST = 12
const SEPARATORS = [...'-_.:/+='].map((sign) => sign.charCodeAt(0))
const SHORTEST_PART = 8
const FEWEST_TURNS = 3
const FEWEST_TURNS_OF_LETTERS = 6

function isRandom(token: string, from: number, to: number): boolean {
  let turns = 0
  let digits = 0
  let before: number | null = null
  for (let at = from; at < to; at++) {
    const code = token.charCodeAt(at)
    const sort = code >= 48 && code <= 57 ? 0 : code >= 65 && code <= 90 ? 1 : 2
    if (sort === 0) digits++
    if (before !== null && sort !== before) turns++
    before = sort
  }
  if (digits === 0) return turns >= FEWEST_TURNS_OF_LETTERS
  return turns >= FEWEST_TURNS && digits < to - from
}
