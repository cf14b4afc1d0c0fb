import { fold } from './fold.ts'

/** Somebody whose name may stand in a text. */
export type KnownPerson = { name: string; email?: string | null; phone?: string | null }

/** Words of a name that lead on, and who is named when they end here. */
export type NameNode = { next: Map<string, NameNode>; ends?: NameEnd }

/** The same for every way to write it; as the CRM has it. */
export type Named = { identity: string; canonical: string }

export type NameEnd = Named & {
  /**
   * How sure it must look. `any`: however it is written. `name`: like a name, with a capital. `initial`: one of its words
   * is a single letter, and must look like an initial.
   */
  as: 'any' | 'name' | 'common' | 'initial'
}

export type NameTree = { root: NameNode; unspaced: readonly Named[] }

const TITLES = /^(?:mr|mrs|ms|miss|mx|dr|prof|herr|frau|mme|mlle|sir|jr|sr|ii|iii|phd|md|mba)$/
const UNSPACED = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\p{sc=Thai}]/u

/** All the ways in which a text names these people; a name of two is the first one's. */
export function nameTree(known: readonly KnownPerson[]): NameTree {
  const root: NameNode = { next: new Map() }
  const unspaced: Named[] = []
  for (const person of known) {
    const canonical = person.name.trim()
    const words = wordsOf(canonical)
    if (words.length === 0) continue
    const named = { identity: words.join(' '), canonical }
    if (UNSPACED.test(canonical) && [...canonical].length >= 2) unspaced.push(named)
    for (const [form, as] of forms(words)) add(root, form, { ...named, as })
  }
  return { root, unspaced }
}

function wordsOf(name: string): string[] {
  const words = (name.match(/[\p{L}\p{M}\p{N}'’]+/gu) ?? []).map(fold).filter((word) => word !== '')
  const bare = words.filter((word) => !TITLES.test(word))
  return bare.length > 0 ? bare : words
}

/** Surest first: where two agree, the first stays. */
function forms(words: readonly string[]): [string[], NameEnd['as']][] {
  const first = words[0] ?? ''
  const last = words.at(-1) ?? ''
  if (words.length === 1) return [[[first], single(first)]]
  const [initial, final] = [first.slice(0, 1), last.slice(0, 1)]
  const given = words.slice(0, -1)
  const initials = given.map((word) => word.slice(0, 1))
  const family = words.slice(1)
  const all: [string[], NameEnd['as']][] = [
    [[...words], 'any'],
    [[last, ...given], 'any'],
    [[...family, first], 'any'],
    [[first, last], 'any'],
    [[last, first], 'any'],
    [[...words].reverse(), 'any'],
    [[words.join('')], 'any'],
    [[given.join(''), last], 'any'],
    [[last + given.join('')], 'any'],
    [[initial, last], 'initial'],
    [[initial, ...family], 'initial'],
    [[...initials, last], 'initial'],
    [[last, initial], 'initial'],
    [[last, ...initials], 'initial'],
    [[initials.join(''), last], 'initial'],
    [[first, final], 'initial'],
    [[...given, final], 'initial'],
    [[first], single(first)],
    [[last], single(last)],
  ]
  if (words.length > 2) all.push([family, 'name'], [given, 'name'])
  return all
}

function single(word: string): NameEnd['as'] {
  return COMMON.has(word) ? 'common' : 'name'
}

function add(root: NameNode, form: readonly string[], end: NameEnd): void {
  let node = root
  for (const word of form) {
    const next = node.next.get(word) ?? { next: new Map() }
    node.next.set(word, next)
    node = next
  }
  if (node !== root) node.ends ??= end
}

/** Names that are words as well: at the beginning of a sentence a capital says nothing. */
const COMMON = new Set(
  `will mark may grace rose april june august bill rich grant frank hope joy faith chase drew pat price young long king
  page white black brown green gray grey cook baker park stone wood woods field fields banks bush church hunter mason
  carter fisher miller smith taylor turner walker ward west north day best case cash chance christian dean dawn daisy
  earl eve ford forest fox francis gene glen hall hill holly house ivy jack jasmine jay job jones kit lane laurel lee
  lily little love major martin mercy miles moon moss newman norm olive paige pearl penny ray reed rice robin rob rock
  ruby rusty sage sandy sharp short singer skip star summer sunny violet wade wall wells winter wise worth art angel
  autumn brook brooks cliff dale dolly don duke ginger guy hazel heath honey iris jean jet lance mary melody nick
  noble page pierce power powers queen read rush sales savage sky sterling story strong sue sweet terry tony trace van
  vance wash weeks marks do so an to in of on by as my me he she we us it is am be no or if at go up`
    .trim()
    .split(/\s+/),
)
