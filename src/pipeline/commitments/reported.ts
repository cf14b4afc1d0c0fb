import type { Side } from '../../model/commitment.ts'
import { VERBS } from './acts.ts'
import type { Said, Speakers } from './speech.ts'

/**
 * What a third person is said to do or to want: "Robin will send the order", "they asked us to call", "Kunde wird den
 * Vertrag prüfen". Only who is known by name, or can only be the customer in a note of ours, counts.
 */

const CUSTOMER_IN_NOTES: ReadonlySet<string> = new Set(
  'customer client prospect they he she buyer kunde kundin er sie interessent ils elles il elle cliente acheteur'.split(
    ' ',
  ),
)
const OURS_IN_NOTES: ReadonlySet<string> = new Set('i we ich wir je j nous on'.split(' '))
const SPEAKERS_OWN: ReadonlySet<string> = new Set(
  'our my unser unsere unserer mein meine notre nos mon ma mes'.split(' '),
)
const LISTENERS_OWN: ReadonlySet<string> = new Set('your ihr ihre ihrem eure votre vos'.split(' '))
const THEIR_OWN: ReadonlySet<string> = new Set(['their', 'his', 'her', 'leur', 'leurs'])

const forms = (form: 'infinitive' | 'thirdPerson') =>
  Object.values(VERBS)
    .map((each) => each[form])
    .join('|')
const WILL = new RegExp(
  `^ (?:(?:also|then|auch|dann|aussi) )?(?:will|'ll|shall|(?:is|are) going to|(?:is|are|has|have) to|plans? to|(?:has |have )?(?:promised|agreed|committed|undertook|offered)(?: us| me)?(?: to)?|to (?:${forms('infinitive')})|said (?:he|she|they) (?:would|will|'ll)|wird|werden|will|wollen|(?:hat|haben) (?:\\p{L}+ ){0,6}(?:zugesagt|versprochen)|(?:sagt|sagte|sagten) zu|verspricht|versprach|va|vont|doit|doivent|s est engagée? à|se sont engagés à|a promis|ont promis|(?:(?:nous|vous|le|la|les|me) ){0,2}(?:${forms('thirdPerson')})|(?:(?:nous|vous|le|la|les|me) ){0,2}\\p{L}+r(?:a|ont)) `,
  'u',
)
const WANTS =
  /^ (?:(?:also|still|now|auch|noch|aussi|encore) )?(?:asked|asks|wants|want|needs|need|expects|expect|requested|requests|(?:is|are) (?:still )?(?:waiting|asking)|would like|möchte|möchten|wünscht|braucht|bat|bittet|erwartet|wartet|veut|veulent|souhaite|souhaitent|(?:a|ont) demandé|demande|demandent|attend|attendent) /u
/** Wanted of us: a thing to be sent, or an act of ours. "They want to grow" asks nothing of anyone. */
const OF_US =
  / (?:us|me|uns|mich|mir|nous|m|for (?:a|an|the|our|your|more)|(?:the|an|a|our|updated|revised) (?:\p{L}+ ){0,2}(?:quote|contract|offer|proposal|invoice|report|answer|call|demo|meeting|documents?|datasheet|pricing|price list|reference|references|agreement|draft|sample|samples|update)|um|auf|angebot|vertrag|rechnung|rückmeldung|devis|contrat|offre|facture|réponse|rapport|que nous) /u
const OF_THEM = / (?:them|him|her|customer|client|sie|ihn|kunden|leur|lui) /u

/** Longest name between whose name and what they do: "Robin Vale from procurement will". */
const MOST_BETWEEN = 3

export function reportedIn(spacedWords: string, who: Speakers): Said | null {
  const words = spacedWords.trim().split(' ')
  const inNotes = who.speaker === who.listener
  let at = 0
  for (const [index, word] of words.entries()) {
    const by = sideOf(word, who, inNotes)
    if (by) {
      const said = saidBy(by, spacedWords, at + word.length + 1, {
        words,
        index,
        isOurs: OURS_IN_NOTES.has(word),
      })
      if (said) return said
    }
    at += word.length + 1
  }
  return null
}

function sideOf(
  word: string,
  { speaker, listener, customerNames, ourNames }: Speakers,
  inNotes: boolean,
): Side | null {
  if (customerNames.has(word)) return 'customer'
  if (ourNames.has(word)) return 'us'
  if (SPEAKERS_OWN.has(word)) return speaker
  if (LISTENERS_OWN.has(word)) return inNotes ? null : listener
  if (!inNotes) return null
  if (CUSTOMER_IN_NOTES.has(word) || THEIR_OWN.has(word)) return 'customer'
  return OURS_IN_NOTES.has(word) ? 'us' : null
}

type Place = { words: readonly string[]; index: number; isOurs: boolean }

function saidBy(by: Side, text: string, start: number, { words, index, isOurs }: Place): Said | null {
  let at = start
  const isOwned =
    SPEAKERS_OWN.has(words[index] ?? '') ||
    LISTENERS_OWN.has(words[index] ?? '') ||
    THEIR_OWN.has(words[index] ?? '')
  for (let between = 0; between <= MOST_BETWEEN; between++) {
    const rest = text.slice(at)
    // "Our team will": somebody has to stand between.
    if (!isOwned || between > 0) {
      // What we will do is the speaker's own promise, told apart better elsewhere.
      if (!isOurs && WILL.test(rest)) return { kind: 'promise', by, meant: 'surely', at }
      if (WANTS.test(rest)) {
        if (by === 'customer')
          return OF_US.test(rest) ? { kind: 'request', by: 'us', meant: 'surely', at } : null
        return OF_THEM.test(rest) ? { kind: 'request', by: 'customer', meant: 'surely', at } : null
      }
    }
    const next = words[index + 1 + between]
    if (next === undefined || isOurs || VERB_LIKE.has(next)) return null
    at += next.length + 1
  }
  return null
}

/** Beyond these the subject is another. */
const VERB_LIKE: ReadonlySet<string> = new Set(
  'is are was were has had have said says told sent and but or that if because ist sind war hat hatte und aber oder dass est sont a ont était et mais que did does do mentioned confirmed likes'.split(
    ' ',
  ),
)
