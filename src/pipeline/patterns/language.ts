/** Which of the languages we have words for a text is written in, by its smallest words; null when it is none of them. */

export type Language = 'en' | 'de' | 'fr'

const SMALL_WORDS: Record<Language | 'other', ReadonlySet<string>> = {
  en: set(
    'the and is are was were to of for with we they our this that it have has in on at be been not but you very will from',
  ),
  de: set(
    'der die das und ist sind war waren zu von für mit wir sie unser diese dass es haben hat im auf bei nicht aber ihr sehr wird ein eine den dem uns ich noch auch',
  ),
  fr: set(
    "le la les et est sont était étaient de pour avec nous ils notre ce que il ont a dans sur au pas mais vous très sera un une des du en je ne qui c'est n'est",
  ),
  // Only so that Spanish, Italian, Dutch or Portuguese is not taken for French or German.
  other: set(
    'el los las y es son fue para con nosotros ellos nuestro esta muy será una pero che gli della sono molto per non het een van voor niet zijn wij maar os das uma não muito com mais',
  ),
}

function set(words: string): ReadonlySet<string> {
  return new Set(words.split(' '))
}

const COUNTED = 200

export function languageOf(tokens: readonly string[]): Language | null {
  const counted = tokens.slice(0, COUNTED)
  const hits = (words: ReadonlySet<string>) => counted.filter((token) => words.has(token)).length
  const ranked = (Object.keys(SMALL_WORDS) as (keyof typeof SMALL_WORDS)[])
    .map((language) => ({ language, hits: hits(SMALL_WORDS[language]) }))
    .toSorted((a, b) => b.hits - a.hits)
  const [best, second] = ranked
  if (!best || best.hits === 0 || best.language === 'other') return null
  return best.hits === second?.hits ? null : best.language
}
