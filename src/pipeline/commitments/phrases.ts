import { VERBS } from './acts.ts'
import { anyOf } from './words.ts'

/** The words in which people promise and ask, as `wordsOf` spells them. */

const verbs = (form: keyof (typeof VERBS)['send']) =>
  Object.values(VERBS)
    .map((each) => each[form])
    .join('|')
const OBJECTS = 'vous|te|t|le|la|les|lui|leur|y|en|me|m|nous|moi'
const FUTURE_ENDING = '(?:ai|ons|a)'

export const SPEAKER_PROMISES = anyOf(
  `(?:i|we) (?:'ll|will|shall)`,
  `(?:i|we) (?:'m|'re|am|are) (?:going to|about to|happy to send|happy to share)`,
  '(?:i|we) (?:promise|commit|undertake|promised|committed|agreed|undertook|offered) to',
  '(?:i|we) (?:owe|plan to|intend to)',
  '(?:i|we|let me) can (?:send|get|have|deliver|share|provide|call)',
  `let me (?:${VERBS.work.infinitive}|${VERBS.send.infinitive}|${VERBS.answer.infinitive})`,
  "you (?:'ll|will) (?:have|get|receive|hear|find)",
  '(?:ich werde|wir werden|werde ich|werden wir)',
  `(?:ich|wir) (?:${verbs('germanPresent')})`,
  `(?:${verbs('germanPresent')}) (?:ich|wir)`,
  '(?:sie|du|ihr) (?:erhalten|bekommen|bekommst|hören|hörst|erhältst)|(?:erhalten|bekommen) sie',
  '(?:ich verspreche|wir versprechen|ich sage zu|wir sagen zu)',
  '(?:je vais|nous allons|on va|je m engage|nous nous engageons)',
  `(?:je|j|nous|on)(?: (?:${OBJECTS})){0,2} (?:${verbs('frenchPresent')})`,
  `(?:je|j|nous|on)(?: (?:${OBJECTS})){0,2} (?:${verbs('frenchFuture')})${FUTURE_ENDING}`,
  'vous (?:recevrez|aurez)',
)
/** Said without a subject, as notes are: "Will send the quote", "Promised to call back", "To do: order". */
export const NOTE_PROMISES =
  /^ (?:(?:ok|and|so|then|next step|next steps|action|action item|actions|todo|to do|ai|aufgabe|zu tun|nächste schritte|nächster schritt|prochaine étape|prochaines étapes|à faire) ){0,2}(?:will|'ll|promised to|agreed to|committed to|need to|have to|must|muss|müssen|zugesagt|versprochen|dois|devons|(?:todo|to do|action item|à faire|aufgabe|next step|next steps|nächste schritte|nächster schritt|prochaine étape|prochaines étapes)(?= )) /u
export const TO_DO = anyOf(
  'todo|to do|action item|action items|next step|next steps|à faire|aufgabe|nächste schritte|nächster schritt|prochaine étape|prochaines étapes',
)
/** "Send the quote by Friday", "Angebot bis Freitag nachreichen": a note to oneself, if it has a day. */
export const NOTE_TASK = new RegExp(`^ (?:${verbs('infinitive')}) | (?:${verbs('infinitive')}) $`, 'u')

export const LISTENER_ASKED = anyOf(
  'please|pls|plz|kindly',
  '(?:would|is) it (?:be )?possible|any chance|wäre es möglich|ist es möglich|serait il possible|est il possible',
  '(?:could|can|would|will) (?:you|u)',
  '(?:do|would) you mind',
  '(?:can|could|may) (?:i|we) (?:get|have)',
  '(?:i|we) (?:need|require|expect) (?:the|your|a|an|this|that|it)',
  '(?:are|be) waiting for (?:the|your)',
  "(?:i|we) (?:would|'d) (?:like|need) you to",
  "(?:i|we) (?:would|'d) appreciate (?:it if|the|your|a|an)",
  'let (?:me|us) know',
  'bitte',
  '(?:könnten|können|würden) (?:sie|ihr)',
  '(?:könntest|kannst|würdest) du',
  '(?:wir|ich) (?:brauchen|benötigen|brauche|benötige|erwarten|erwarte)',
  'merci de|merci d|veuillez|prière de',
  '(?:pourriez|pouvez) vous',
  '(?:pourrais|peux) tu',
  'vous pourriez|tu pourrais',
  's il (?:vous|te) plaît|s il (?:vous|te) plait|svp|stp',
  '(?:nous|j|je)(?: (?:avons|ai))? (?:besoin|attendons|attends)',
)
/** What the listener is reminded of having said. */
export const LISTENER_PROMISED = anyOf(
  'you (?:said|promised|agreed|wanted|offered) (?:to|that|you)',
  "you (?:'ll|will) (?:send|provide|share|deliver|get back|let|confirm|call|sign|return|give)",
  'sie (?:wollten|hatten zugesagt|haben zugesagt|haben versprochen)',
  'vous (?:deviez|aviez promis|avez promis)',
)
export const IMPERATIVE = new RegExp(
  `^ (?:(?:also|and|so|then|just|hi|hello|ok|\\p{L}{2,14}) )?(?:${VERBS.send.infinitive}|${VERBS.answer.infinitive}|call|check|confirm|review|prepare|fix|schedule|arrange|book|update) (?:me|us|the|your|a|an|it|this|that|back|over) `,
  'u',
)

/** Not a promise, whatever else it looks like. */
export const NOT_MEANT = anyOf(
  "(?:will|shall|'ll) (?:not|never|no longer)",
  "won 't|can 't|cannot|couldn 't|wouldn 't|don 't think|not be able|unable",
  '(?:werde|werden|kann|können) (?:\\p{L}+ ){0,3}(?:nicht|kein|keine|nie)',
  '(?:ne|n) (?:\\p{L}+ ){1,4}(?:pas|plus|jamais)',
  "(?:'ll|will|shall) (?:see you|be|have been|have to see|see|need|miss|think about|never)",
  'looking forward|look forward|feel free|hesitate|n hésitez|hésitez|zögern|freue mich|freuen uns|au plaisir|dans l attente',
  '(?:any|further|other|more) (?:questions?|concerns?|feedback|comments?)',
  'fragen (?:haben|hast|bestehen)|rückfragen|bei fragen|toute question|des questions|autres? questions?',
  'find attached|find enclosed|see attached|attached please|attached is|finden sie anbei|anbei finden|ci joint|ci jointe|en pièce jointe',
  'click|unsubscribe|do not reply|keep in mind|note that|be informed|be advised|take care of yourself|excuse|forgive|accept our|accept my',
  'entschuldigen|beachten|excuser|agréer|croire|noter que|recevoir l expression',
)
export const ONLY_IF = /^ (?:if|unless|wenn|falls|sofern|si|s) /u
/** An answer, a date or an approval first: the promise stands only once that is there. */
export const SUPPOSED = anyOf(
  'would|might|würde|würden|könnte|might have|should we|soll ich|sollen wir|devrais je|shall i|shall we|will i|will we|dois je|devons nous',
)
