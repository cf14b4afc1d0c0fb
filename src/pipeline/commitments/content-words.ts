import { wordsOf } from './words.ts'

/** The words that tell what a sentence is about, cut to stems: `contract`, `angebot`, `devis`; not `send` or `Friday`. */

const SHORTEST = 4
const STEM = 6

const COMMON: ReadonlySet<string> = new Set(
  `about after again also before being between call could customer days email every friday from give going have hello
  here into know later latest like look mail make meet meeting monday month more most much need next note only other
  over please promised send sent should soon take talk team thank thanks that their them then there they this thursday
  today tomorrow tuesday until update wednesday week were what when where which will with would your
  aber auch bitte dann dass diese diesen dieser dieses einen einer eine freitag gern gerne haben heute ihnen ihre ihren
  kunde melden montag morgen nach nicht noch nächste nächsten oder schicke schicken senden sich sind spätestens unsere
  werde werden wird woche wochen wurde zurück über
  avec avant bien bonjour cette client dans demain elle envoie envoyer jours leur lundi merci mois nous pour prochain
  prochaine reviens semaine sera sont toute tous vendredi votre vous`.split(/\s+/),
)

export function contentWordsOf(text: string): ReadonlySet<string> {
  const words = wordsOf(text).filter(
    (word) => word.length >= SHORTEST && !COMMON.has(word) && !/^[\p{N}']/u.test(word),
  )
  return new Set(words.map((word) => word.slice(0, STEM)))
}
