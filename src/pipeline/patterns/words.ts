import { visible } from '../../recommendations/text.ts'

/** Letters, notes and descriptions cut into what somebody said about this account, sentence by sentence. */

/** Longer texts are minutes or pasted documents: their beginning says enough. */
const TEXT_LENGTH = 4000
/** Where a quoted letter or a signature begins. */
const REST =
  /^\s*(>|-{2,}\s*$|-{3,}.*(original|weitergeleitete|message)|(on|am|le)\b.{0,80}\b(wrote|schrieb|a écrit)\b.{0,40}:?\s*$|_{5,}|(from|von|de)\s*:\s.*@)/i
/** What the log of an e-mail puts before it. */
const HEAD = /^\s*(direction|status|to|from|subject|cc)\s*:.*$/i
/** The mark on what we created: our own words, not theirs. */
const OURS = /^Ref sergas:/m

/** What politeness says whatever the matter. */
const COURTESY = anyOf([
  'if (you|there) (have|are|is) any .{0,40}?(questions?|problems?|concerns?|issues?)( (or|and) (other )?(questions?|problems?|concerns?|issues?))*',
  '(no|any) (further )?questions',
  'do not hesitate|don.t hesitate|feel free',
  'hope this (e-?mail |message )?finds you well',
  '(best|kind|warm) regards|all the best',
  'have a (great|good|nice) (day|week|weekend)',
  '(bei|sollten|falls|wenn) .{0,30}?(fragen|probleme?n?|unklarheiten)( haben| auftreten)?',
  '(mit )?(freundlichen|besten|vielen|herzlichen) (grüßen|grüsse|dank)',
  '(schönen|schönes) (tag|woche|wochenende)',
  '(si|en cas de) .{0,30}?(questions?|problèmes?|besoin)',
  'n.hésitez pas',
  '(bien )?cordialement|bonne journée|bon week-?end|meilleures salutations',
  'in case of (problems?|questions?)',
])

export function isOurs(text: string): boolean {
  return OURS.test(text)
}

/** Lower case, without what was quoted, signed or only polite; at most the first 4,000 characters. */
export function plainText(text: string): string {
  const lines: string[] = []
  for (const line of visible(text.slice(0, TEXT_LENGTH)).normalize('NFC').split('\n')) {
    // What stands before the first word is the head of a logged letter, not its end.
    const begun = lines.some((each) => each.trim() !== '')
    if (REST.test(line)) {
      if (begun) break
    } else if (!HEAD.test(line)) lines.push(line)
  }
  return lines
    .join('\n')
    .replace(/[’‘`´]/g, "'")
    .toLowerCase()
    .replace(COURTESY, ' ')
}

export function sentencesOf(plain: string): string[] {
  return plain
    .split(/[.!?;\n]+(?=\s|$)|\n+/u)
    .map((sentence) => sentence.replace(/\s+/gu, ' ').trim())
    .filter((sentence) => sentence !== '')
}

export function tokensOf(sentence: string): string[] {
  return sentence.match(/[\p{L}\p{N}]+(?:['-][\p{L}\p{N}]+)*/gu) ?? []
}

/**
 * Any of these as whole words, in text that is lower case already. `\b` and `\w` know no letter with an accent, so
 * letters of every language stand in for them.
 */
export function anyOf(patterns: readonly string[]): RegExp {
  const any = patterns.join('|').replaceAll('\\w', '[\\p{L}\\p{N}]')
  return new RegExp(`(?<![\\p{L}\\p{N}])(?:${any})(?![\\p{L}\\p{N}])`, 'gu')
}

/** Whether it says so; a pattern made by `anyOf` keeps no place between two texts. */
export function says(sentence: string, pattern: RegExp): boolean {
  return sentence.search(pattern) !== -1
}

const NEGATION = anyOf([
  "not|no|never|none|nothing|neither|nor|without|hardly|cannot|nobody|no one|\\w+n't",
  'nicht|kein\\w*|niemand|nie|niemals|ohne|kaum|weder',
  'pas|aucune?|jamais|sans|rien|ni|personne (ne|n)|plus (de|besoin)',
])

/** Whether it denies what these speak of: a denial reaches no further than its clause. */
export function denies(sentence: string, patterns: readonly RegExp[]): boolean {
  return sentence
    .split(',')
    .some((clause) => says(clause, NEGATION) && patterns.some((pattern) => says(clause, pattern)))
}
