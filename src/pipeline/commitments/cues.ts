import { anyOf } from './words.ts'

/**
 * What people say when they promise or ask, counted alike in English, German and French: the model learns what each
 * cue is worth from English sentences, and the other two languages stand on the cues alone.
 */
export type Cue = { name: string; test(spacedWords: string, words: readonly string[]): boolean }

const says = (name: string, ...phrases: readonly string[]): Cue => {
  const expression = anyOf(...phrases)
  return { name, test: (text) => expression.test(text) }
}

const IMPERATIVES =
  'send|call|give|let|forward|email|mail|check|confirm|review|see|look|get|make|keep|take|tell|ask|add|include|contact|advise|print|fax|respond|reply|follow|set|plan|join|come|meet|note|remember|feel|do|be|visit|use|go|remind|schedule|arrange|book|provide|share|put|bring|pick|find|update|change|copy|return|sign|fill|complete|submit|prepare|read|try|help|work|talk|speak|write|drop|stop|start|hold|wait|leave|pass|consider|ensure|verify|click|enjoy|discover|learn|sign|register|download|save|shop|buy'
const SOFTENERS = 'please|pls|also|and|so|then|just|hey|hi|ok|okay|but|or|now|again'

const firstOf = (words: string): RegExp => new RegExp(`^ (?:(?:${SOFTENERS}) ){0,2}(?:${words}) `, 'u')
const IMPERATIVE_FIRST = firstOf(IMPERATIVES)
const IMPERATIVE_AFTER_NAME = new RegExp(`^ \\p{L}+ (?:${SOFTENERS} )?(?:${IMPERATIVES}) `, 'u')

export const CUES: readonly Cue[] = [
  says(
    'first_person_future',
    "(?:i|we) (?:'ll|will|shall|can)",
    "(?:i|we) (?:'m|'re|am|are) going to",
    '(?:ich werde|wir werden|werde ich|werden wir)',
    '(?:je vais|nous allons|on va)',
    '(?:je|j|nous|on)(?: (?:vous|te|t|le|la|les|lui|leur|y)){0,2} \\p{L}+r(?:ai|ons|a)',
  ),
  says(
    'asks_you',
    '(?:could|can|would|will|won) (?:you|u|yall)',
    '(?:do|would) you (?:mind|think|want|have|know|need|like)',
    '(?:could|can|may|might) (?:i|we)',
    '(?:könnten|können|würden|wären|kannst|könntest|könnt) (?:sie|du|ihr)',
    '(?:pourriez|pouvez|pourrais|peux|auriez) (?:vous|tu)',
  ),
  says(
    'please',
    'please',
    'pls',
    'plz',
    'kindly',
    'bitte',
    'veuillez',
    'merci de',
    's il (?:vous|te) plaît',
    'svp',
    'stp',
  ),
  says(
    'let_me_know',
    'let (?:me|us) know',
    '(?:sagen|geben|lassen) sie (?:mir|uns)',
    '(?:tenez|tiens|dites|faites) (?:moi|nous)',
  ),
  says(
    'lets',
    "let 's",
    'lets',
    'let us',
    'lassen sie uns',
    "why don 't (?:we|you)",
    'how about',
    'what about',
    'should we',
  ),
  { name: 'imperative_first', test: (text) => IMPERATIVE_FIRST.test(text) },
  { name: 'imperative_after_name', test: (text) => IMPERATIVE_AFTER_NAME.test(text) },
  says(
    'wants',
    "(?:i|we) (?:would|'d) (?:like|love|appreciate|prefer|be)",
    '(?:i|we) (?:want|hope|wish|wanted)',
    '(?:ich|wir) (?:möchte|möchten|würde|würden|hätte|hätten)',
    '(?:je|nous) (?:voudrais|voudrions|souhaite|souhaitons|aimerais)',
  ),
  says(
    'must',
    '(?:need|needs|have|has) to',
    '(?:must|should|ought)',
    '(?:i|we) need',
    "(?:i|we) (?:'ve|have) got to",
    '(?:muss|müssen|sollte|sollten)',
    '(?:dois|devons|doit|faut|devez)',
  ),
  says(
    'you_must',
    'you (?:need|should|must|may|might|can|could|will)',
    'sie (?:müssen|sollten|können)',
    'vous (?:devez|pouvez|devriez)',
  ),
  says(
    'deadline',
    'today|tonight|tomorrow|asap|soon|eod|cob|deadline',
    '(?:by|until|before|on|this|next) (?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|week|month|noon|end)',
    'as soon as',
    'end of',
    'heute|morgen|übermorgen|umgehend',
    '(?:bis|am|nächste|kommende) \\p{L}+',
    'aujourd hui|demain|rapidement',
    '(?:d ici|avant|semaine prochaine|mois prochain)',
  ),
  says('time_of_day', '\\p{N}+(?::\\p{N}+)? ?(?:am|pm|uhr|h|heures)'),
  says('negation', "not|never|no|cannot|'t|dont|nicht|kein|keine|keinen|nie|pas|jamais|aucun"),
  { name: 'question', test: (text) => text.includes(' ? ') },
  { name: 'exclamation', test: (text) => text.includes(' ! ') },
  says(
    'past',
    'was|were|had|did|said|told|sent|called|spoke|talked|met|received|went|got|took|asked|wrote',
    'yesterday|ago|last (?:week|month|year|night)',
    'habe|haben|hatte|hatten|wurde|wurden|war|waren|gestern',
    '(?:ai|avons|a|ont|avait) \\p{L}+(?:é|i|u)',
    'hier',
  ),
  says('passive_or_progress', '(?:is|are|been|being) \\p{L}+(?:ed|ing)'),
  says('you', 'you|your|yours|u|sie|ihnen|ihr|ihre|ihren|dir|dich|vous|votre|vos|toi'),
  says('me', 'me|us|my|our|mir|uns|mich|unser|unsere|moi|nous|mon|notre|nos'),
  says('third_person', 'he|she|they|it|er|es|il|elle|ils|elles'),
  says('if', 'if|unless|whether|when|wenn|falls|sofern|si|lorsque|quand'),
  { name: 'if_first', test: (text) => /^ (?:if|when|once|unless|wenn|falls|si) /u.test(text) },
  { name: 'to_first', test: (text) => /^ (?:to|for|in|with|from|at|um|pour) /u.test(text) },
  says('thanks', 'thanks|thank|thx|danke|dank|vielen dank|merci(?! (?:de|d) )|remercie'),
  says(
    'appreciate',
    'appreciate|appreciated|grateful|helpful|verbunden|dankbar|reconnaissant|reconnaissante',
  ),
  says('feel_free', 'feel free|hesitate|hesistate|hestitate|zögern|hésitez|hésite'),
  says(
    'questions',
    '(?:any|have|further|other|more) (?:questions?|concerns?|comments?|problems?)',
    'fragen|rückfragen',
    'questions? (?:éventuelles?|supplémentaires?)',
  ),
  says('attached', 'attached|enclosed|attachment|anbei|beigefügt|anhang|ci joint|ci jointe|joint'),
  says(
    'meets',
    'meet|meeting|lunch|dinner|coffee|call|appointment|conference|available|availability|schedule|discuss|treffen|termin|besprechen|telefonieren|réunion|rendez vous|rencontrer|disponible|appel',
  ),
  says(
    'sends',
    'send|forward|email|mail|provide|share|deliver|submit|fax|schicken|senden|zusenden|übermitteln|liefern|envoyer|transmettre|fournir|partager',
  ),
  says(
    'bulk_mail',
    'unsubscribe|click|link|http|https|www|subscription|newsletter|offer|offers|free|coupons?|app|account|password|abmelden|désabonner|com',
  ),
  says(
    'suggestion',
    '(?:i|we) (?:suggest|recommend|propose|think)',
    'perhaps|maybe|vielleicht|peut être',
    '(?:schlage|schlagen) (?:ich|wir|vor)',
    '(?:propose|proposons|suggère)',
  ),
  says(
    'greets',
    'welcome|congratulations|happy|hope|glad|sorry|looking forward|freue|freuen|impatience|ravi|ravis',
  ),
  says(
    'question_word',
    'who|what|where|how|why|which|wer|was|wo|wie|warum|welche|qui|que|quoi|où|comment|pourquoi|quel|quelle',
  ),
  { name: 'up_to_5_words', test: (_, words) => words.length <= 5 },
  { name: '6_to_12_words', test: (_, words) => words.length > 5 && words.length <= 12 },
  { name: '13_to_25_words', test: (_, words) => words.length > 12 && words.length <= 25 },
  { name: 'over_40_words', test: (_, words) => words.length > 40 },
]
