import { anyOf } from './words.ts'

/**
 * What a promise is about, and so what keeping it looks like: something sent, a call, a meeting, an answer, or any
 * other work. The verbs are stems and forms as they stand after "will", "to" or "please", and as German and French
 * speak of the near future.
 */
export type Act = 'send' | 'call' | 'meet' | 'answer' | 'work'

type Verbs = {
  infinitive: string
  germanPresent: string
  frenchPresent: string
  /** Stems, before -ai, -ons, -a. */
  frenchFuture: string
  /** "Robin schickt", "le client envoie". */
  thirdPerson: string
}

/** In this order: "call you to send" is a call only when nothing earlier in the sentence is. */
export const VERBS: Readonly<Record<Act, Verbs>> = {
  send: {
    infinitive:
      'send|resend|forward|share|provide|deliver|submit|email|e mail|mail|ship|supply|attach|upload|pass on|hand over|transfer|return|sign|pay|give|get you|get them|schicken|zuschicken|senden|zusenden|übersenden|nachreichen|einreichen|weiterleiten|liefern|zukommen|übermitteln|bereitstellen|unterschreiben|unterzeichnen|überweisen|bezahlen|geben|envoyer|renvoyer|transmettre|faire parvenir|fournir|livrer|partager|signer|payer|remettre|donner|adresser',
    germanPresent:
      'schicke|schicken|sende|senden|leite|leiten|liefere|liefern|reiche|reichen|übermittle|übermitteln|unterschreibe|unterschreiben|überweise|überweisen|zahle|zahlen',
    frenchPresent:
      'envoie|envoyons|renvoie|renvoyons|retourne|retournons|transmets|transmettons|fais parvenir|faisons parvenir|adresse|adressons|fournis|fournissons|livre|livrons|remets|remettons',
    frenchFuture:
      'envoi?er|renvoi?er|enverr|renverr|transmettr|fer[a-z]* parvenir|fournir|livrer|partager|signer|pai?er|payer|remettr|donner|adresser',
    thirdPerson:
      'schickt|sendet|liefert|reicht|leitet|unterschreibt|überweist|zahlt|envoie|envoient|renvoie|transmet|fournit|signe',
  },
  call: {
    infinitive:
      'call|call back|phone|ring|give you a call|give them a call|give her a call|give him a call|anrufen|zurückrufen|telefonieren|appeler|rappeler|téléphoner',
    germanPresent: 'rufe|rufen',
    frenchPresent: 'appelle|appelons|rappelle|rappelons|téléphone|téléphonons',
    frenchFuture: 'appeller|rappeller|téléphoner',
    thirdPerson: 'ruft|appelle|rappelle',
  },
  meet: {
    infinitive:
      'meet|visit|come by|come over|stop by|demo|treffen|besuchen|vorbeikommen|vorführen|rencontrer|visiter|passer',
    germanPresent: 'treffe|treffen|besuche|besuchen',
    frenchPresent: 'rencontre|rencontrons|passe|passons',
    frenchFuture: 'rencontrer|visiter|passer',
    thirdPerson: 'trifft|besucht|rencontre',
  },
  answer: {
    infinitive:
      'get back|come back|circle back|revert|respond|reply|answer|let you know|let us know|let me know|let them know|let her know|let him know|confirm|follow up|keep you posted|update you|report back|touch base|melden|zurückmelden|bescheid|bestätigen|antworten|beantworten|zurückkommen|revenir|répondre|confirmer|tenir|recontacter',
    germanPresent: 'melde|melden|gebe|geben|komme|kommen|bestätige|bestätigen|antworte|antworten',
    frenchPresent:
      'reviens|revenons|réponds|répondons|confirme|confirmons|tiens|tenons|recontacte|recontactons',
    frenchFuture: 'reviendr|répondr|confirmer|tiendr|recontacter',
    thirdPerson: 'meldet|gibt|bestätigt|antwortet|revient|confirme|répond',
  },
  work: {
    infinitive:
      'prepare|check|review|fix|resolve|look into|look at|investigate|set up|schedule|arrange|book|organise|organize|update|draft|write|write up|finish|finalise|finalize|complete|put together|work on|work out|introduce|discuss|talk to|speak to|speak with|talk with|ask|find out|clarify|decide|approve|test|install|migrate|roll out|order|create|make|add|remove|extend|renew|take care|handle|escalate|invite|start|begin|launch|implement|correct|credit|refund|evaluate|present|vorbereiten|prüfen|klären|erstellen|überarbeiten|aktualisieren|abschließen|organisieren|planen|vereinbaren|einrichten|beheben|kümmern|besprechen|entscheiden|freigeben|testen|bestellen|fertigstellen|anpassen|préparer|vérifier|revoir|corriger|résoudre|organiser|planifier|finaliser|terminer|mettre|rédiger|étudier|valider|décider|discuter|commander|tester|créer|installer|faire|regarder|examiner|présenter',
    germanPresent:
      'prüfe|prüfen|kläre|klären|erstelle|erstellen|bereite|bereiten|kümmere|kümmern|organisiere|organisieren|vereinbare|vereinbaren|bespreche|besprechen|behebe|beheben',
    frenchPresent:
      'prépare|préparons|vérifie|vérifions|organise|organisons|finalise|finalisons|rédige|rédigeons|valide|validons',
    frenchFuture:
      'préparer|vérifier|reverr|corriger|résoudr|organiser|planifier|finaliser|terminer|mettr|rédiger|étudier|valider|décider|discuter|commander|tester|créer|installer|fer|regarder|examiner|présenter',
    thirdPerson: 'prüft|klärt|erstellt|kümmert|bespricht|vérifie|prépare|organise|valide',
  },
}

export const ACTS = ['call', 'send', 'answer', 'meet', 'work'] as const satisfies readonly Act[]

/** "You will have it", "we'll have it ready", "I owe them": who says so is to send it. */
const GIVEN = [
  "you (?:'ll|will) (?:have|get|receive)",
  'have (?:\\p{L}+ ){1,5}(?:over|ready)',
  '(?:sie|du|ihr) (?:erhalten|bekommen|erhältst|bekommst)|(?:erhalten|bekommen) sie',
  'vous (?:recevrez|aurez)',
  '(?:i|we) owe',
]

const EXPRESSIONS = ACTS.map((act) => {
  const { infinitive, germanPresent, frenchPresent, frenchFuture, thirdPerson } = VERBS[act]
  const future = `(?:${frenchFuture})(?:ai|ons|a|ez|ont|as)`
  return {
    act,
    said: anyOf(
      infinitive,
      germanPresent,
      frenchPresent,
      future,
      thirdPerson,
      ...(act === 'send' ? GIVEN : []),
    ),
  }
})

/** The act that is named first from `from` on; null when none we know is. */
export function actIn(spacedWords: string, from = 0): { act: Act; at: number } | null {
  const rest = spacedWords.slice(from)
  const found = EXPRESSIONS.flatMap(({ act, said }) => {
    const at = rest.search(said)
    return at < 0 ? [] : [{ act, at: at + from }]
  })
  return found.toSorted((a, b) => a.at - b.at)[0] ?? null
}
