import type { Finding } from './finding.ts'
import { fold } from './fold.ts'
import type { Named, NameEnd, NameNode, NameTree } from './name-tree.ts'

/**
 * Known people wherever a text names them: one pass over its words along the tree of names, the longest name that fits.
 */
export function people(text: string, tree: NameTree): Finding[] {
  const found: Finding[] = []
  let free = 0
  const words = wordsIn(text)
  for (let index = 0; index < words.length; index++) {
    const first = words[index]
    if (!first || first.start < free || !tree.root.next.has(first.folded)) continue
    const match = longest(text, { words, index, root: tree.root })
    if (!match) continue
    found.push(finding(match.start, match.end, match.name))
    free = match.end
  }
  const unspaced = tree.unspaced.flatMap((name) => literally(text, name))
  return unspaced.length === 0 ? found : apart([...found, ...unspaced])
}

function finding(start: number, end: number, { identity, canonical }: Named): Finding {
  return { kind: 'person', start, end, identity, canonical }
}

type Word = {
  start: number
  /** Without a possessive: the name ends there. */
  end: number
  folded: string
  written: string
}

const WORD = /[\p{L}\p{N}][\p{L}\p{M}\p{N}\u00ad\u200b-\u200d\u2060]*(?:['’ʼ][\p{L}\p{M}]+)*/gu
const POSSESSIVE = /['’ʼ]s$/i
const LONGEST_WORD = 60
const LONGEST_GAP = 3
const GAP = /^(?:[ \t\u00a0_.·-]|\r?\n|, ?|\. ?){1,3}$/

function wordsIn(text: string): Word[] {
  const words: Word[] = []
  for (const { 0: all, index: start } of text.matchAll(WORD)) {
    if (all.length > LONGEST_WORD) continue
    const written = all.length > 2 ? all.replace(POSSESSIVE, '') : all
    words.push({ start, end: start + written.length, folded: fold(written), written })
  }
  return words
}

type Match = { start: number; end: number; name: NameEnd }

function longest(
  text: string,
  { words, index, root }: { words: readonly Word[]; index: number; root: NameNode },
): Match | null {
  let node: NameNode | undefined = root
  let best: Match | null = null
  const taken: Word[] = []
  for (let at = index; node && at < words.length; at++) {
    const word = words[at]
    const before = taken.at(-1)
    if (!word || (before && !isGap(text, before.end, word.start))) break
    const next: NameNode | undefined = node.next.get(word.folded)
    // "Tom Beckers Angebot", and careless English.
    const isGenitive = !next && taken.length > 0 && word.folded.endsWith('s')
    const ended = (isGenitive ? node.next.get(word.folded.slice(0, -1)) : next)?.ends
    taken.push(word)
    if (ended && looksRight(text, taken, ended)) {
      const abbreviated = ended.as === 'initial' && word.written.length === 1 && text[word.end] === '.'
      best = { start: taken[0]?.start ?? 0, end: abbreviated ? word.end + 1 : word.end, name: ended }
    }
    // A middle initial that the CRM does not have is passed over.
    if (!next && taken.length === 2 && /^\p{Lu}$/u.test(word.written)) continue
    node = next
  }
  return best
}

function isGap(text: string, from: number, to: number): boolean {
  return to - from <= LONGEST_GAP && GAP.test(text.slice(from, to))
}

const CAPITAL = /^[^\p{Ll}]/u
const TITLE = /\b(?:mrs?|ms|miss|mx|dr|prof|herrn?|frau|mme|mlle)\.? $/i
const SENTENCE_END = /(?:^|[.!?\n•*>]|^\s*[-–])["'“(\s]*$/

function looksRight(text: string, words: readonly Word[], { as }: NameEnd): boolean {
  const first = words[0]
  if (as === 'any' || !first) return true
  if (!words.every(({ written }) => CAPITAL.test(written))) {
    // A first name in a hurried note; a word of two or three letters would be found everywhere.
    return as === 'name' && words.length === 1 && first.written.length >= 5
  }
  if (as === 'common') {
    const before = text.slice(Math.max(0, first.start - 8), first.start)
    return TITLE.test(before) || !SENTENCE_END.test(before)
  }
  if (as === 'initial') {
    const initial = words.at(-1)
    // "Mario H" goes on as often as not; "Mario H." is he.
    if (initial && initial.written.length === 1) return text[initial.end] === '.' || words.length > 2
  }
  return true
}

function literally(text: string, named: Named): Finding[] {
  const { canonical } = named
  const found: Finding[] = []
  for (let at = text.indexOf(canonical); at !== -1; at = text.indexOf(canonical, at + canonical.length)) {
    found.push(finding(at, at + canonical.length, named))
  }
  return found
}

function apart(findings: readonly Finding[]): Finding[] {
  const kept: Finding[] = []
  const sorted = findings.toSorted((a, b) => a.start - b.start || b.end - a.end)
  for (const each of sorted) if (each.start >= (kept.at(-1)?.end ?? 0)) kept.push(each)
  return kept
}
