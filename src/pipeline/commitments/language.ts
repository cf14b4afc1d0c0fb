/** The language of a sentence by its commonest small words; English when nothing tells. */

export type Language = 'en' | 'de' | 'fr'

const SMALL_WORDS: Readonly<Record<Exclude<Language, 'en'>, ReadonlySet<string>>> = {
  de: new Set(
    'der die das den dem des und ich wir sie ihnen ihr ihre ihren ihrem mir uns nicht ist sind war bis zum zur am im mit auf für von ein eine einen bitte noch werde werden würde hat haben dass auch bei nach wird kann können morgen heute'.split(
      ' ',
    ),
  ),
  fr: new Set(
    'le la les du des et je nous vous il elle ils est sont pas ne pour avec sur dans un une au aux ce cette votre vos notre nos mon que qui sera serons avant merci bien demain d l j qu avons ont fin semaine'.split(
      ' ',
    ),
  ),
}
const ENGLISH: ReadonlySet<string> = new Set(
  "the a an and i we you he she they is are was to of in on for with by at this that it not will would be have has my our your me us please can could 'll 'd".split(
    ' ',
  ),
)

export function languageOf(words: readonly string[]): Language {
  const seen = { en: 0, de: 0, fr: 0 }
  for (const word of words) {
    if (ENGLISH.has(word)) seen.en++
    if (SMALL_WORDS.de.has(word)) seen.de++
    if (SMALL_WORDS.fr.has(word)) seen.fr++
  }
  if (seen.de > seen.en && seen.de >= seen.fr) return 'de'
  return seen.fr > seen.en ? 'fr' : 'en'
}
