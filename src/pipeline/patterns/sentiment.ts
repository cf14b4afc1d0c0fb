import { type Language, languageOf } from './language.ts'
import { GERMAN } from './lexicon-de.ts'
import { ENGLISH } from './lexicon-en.ts'
import { FRENCH } from './lexicon-fr.ts'
import { type Lexicon, weightOf } from './polarity.ts'
import { plainText, sentencesOf, tokensOf } from './words.ts'

/**
 * How content a text sounds, by rules that can be read: words of a lexicon, turned by negation, made more of by
 * "very", and less of before a "but". No model and no guess: a text in a language we have no words for, or one too
 * short to say anything, is not measured.
 */

const LEXICONS: Readonly<Record<Language, Lexicon>> = { en: ENGLISH, de: GERMAN, fr: FRENCH }

/** Fewer words than this, none of them an opinion, are a title and not a neutral text. */
const LEAST_WORDS = 3
/** How far a negation or a "very" reaches, in words. */
const REACH = 3
const REACH_BACK = 2
/** "Not good" is bad, but less so than "bad" is. */
const TURNED = -0.8
const INTENSE = 1.5
const BEFORE_BUT = 0.5
/** The sum of two plain words is 0.76 of the scale, of one 0.5. */
const SOFTNESS = 3

/** −1 to 1; null when it cannot be told. */
export function sentimentOf(text: string): number | null {
  const sentences = sentencesOf(plainText(text)).map(wordsAndCommas)
  const tokens = sentences.flat()
  const language = languageOf(tokens)
  const scores = (language ? [language] : (Object.keys(LEXICONS) as Language[])).map((each) =>
    weigh(sentences, LEXICONS[each]),
  )
  // A few words without a small one among them may be of any language: whichever speaks most clearly has it.
  const [clearest] = scores.toSorted((a, b) => Math.abs(b) - Math.abs(a))
  if (!clearest) return language === null || tokens.length < LEAST_WORDS ? null : 0
  return clearest / Math.sqrt(clearest ** 2 + SOFTNESS)
}

/** A negation reaches no further than its clause. */
function wordsAndCommas(sentence: string): string[] {
  return sentence.split(',').flatMap((clause, at) => [...(at === 0 ? [] : [',']), ...tokensOf(clause)])
}

function weigh(sentences: readonly string[][], lexicon: Lexicon): number {
  return sentences.reduce((sum, tokens) => sum + sentenceWeight(tokens, lexicon), 0)
}

function sentenceWeight(tokens: readonly string[], lexicon: Lexicon): number {
  const turn = tokens.findIndex((token) => lexicon.but.has(token))
  const isSettled = tokens.some((token) => lexicon.settled.some((stem) => token.startsWith(stem)))
  return tokens.reduce((sum, token, at) => {
    const weight = weightOf(token, lexicon.polarity)
    if (weight === 0) return sum
    const negated = isTurned(tokens, at, lexicon)
    // "The problem is solved" is good news; "it is not solved" is none.
    if (weight < 0 && isSettled)
      return sum + (tokens.some((each) => lexicon.negators.has(each)) ? weight : 0.5)
    const intense = tokens.slice(Math.max(0, at - 2), at).some((each) => lexicon.intensifiers.has(each))
    const said = weight * (negated ? TURNED : 1) * (intense ? INTENSE : 1)
    return sum + (turn > at ? said * BEFORE_BUT : said)
  }, 0)
}

function isTurned(
  tokens: readonly string[],
  at: number,
  { negators, negatesBackwards, polarity }: Lexicon,
): boolean {
  const before = tokens.slice(Math.max(0, at - REACH, tokens.lastIndexOf(',', at) + 1), at)
  if (before.some((token) => negators.has(token))) return true
  if (!negatesBackwards) return false
  // The negation belongs to the next word with a weight of its own, where there is one behind it.
  const after = tokens.slice(at + 1, at + 1 + REACH_BACK)
  const place = after.findIndex((token) => negators.has(token))
  if (place === -1) return false
  const behind = tokens.slice(at + 2 + place, at + 2 + place + REACH)
  return !behind.some((token) => weightOf(token, polarity) !== 0)
}
