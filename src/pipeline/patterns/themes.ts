import type { Clock } from '../../recommendations/calendar.ts'
import { type Saying, sayingsWithin } from './sayings.ts'
import { anyOf, denies, says } from './words.ts'

/**
 * What a sentence is about, in English, German and French. A sentence has one theme at most, the first here that it
 * speaks of, so that "a cheaper alternative" is a competitor and not also a budget. What it denies it does not say.
 */
export type Theme = 'competitor' | 'budget' | 'adoption' | 'expansion'

type Says = {
  /** Each of these must be in the sentence. */
  all: readonly RegExp[]
  /** Said by denying: "no budget". */
  evenNegated?: RegExp
  /** What looks like it and is something else. */
  unless?: RegExp
}

const OTHERS =
  "competitors?|competing (offers?|vendors?|products?)|(other|another|alternative|different) (vendors?|suppliers?|providers?|solutions?|offers?|tools?)|alternatives?|wettbewerber\\w*|mitbewerber\\w*|konkurren(z|ten?)\\w*|(andere|anderen|weitere|alternative)[nr]? (anbieter|lösung|lösungen|angebote?|lieferanten?)|alternativen?|concurrents?|concurrence|(autres?|d'autres) (fournisseurs?|prestataires?|solutions?|offres?)"
const WEIGHS =
  '(re-?)?(consider|evaluat|compar|assess|benchmark|test|pilot|trial)\\w*|looking (at|into|for)|look at|shopping around|(move|moving|switch|switching|migrat\\w+) (to|away)|prefer\\w*|talk\\w* (to|with)|prüf\\w*|vergleich\\w*|evaluier\\w*|erwäg\\w*|überleg\\w*|wechsel\\w*|schau\\w*|sehen uns|testen|envisag\\w*|étudi\\w*|compar\\w*|évalu\\w*|regard\\w*|test\\w*|pass\\w+ (à|chez)'

const THEMES: Readonly<Record<Theme, Says>> = {
  competitor: { all: [anyOf([OTHERS])] },
  budget: {
    all: [
      anyOf([
        '(too|very|quite|rather|so|more) (expensive|costly|pricey)|expensive|cheaper|over (the |our )?budget|(budget|cost|spending)s? (is |are |was |were |has been |have been |got )?(cuts?|freezes?|frozen|tight|limited|reduced|constraints?|pressure|too high|problem|concerns?)|(tight|reduced|smaller|limited|frozen) budgets?|cut(ting)? (the |our )?(budgets?|costs|spending)|(reduce|lower|save) (the |our )?costs?|(price|fee)s? (is|are|seems?|increase|rise|went)( \\w+)? ?(too )?(high|up|increase|steep)?|(price|cost)s? (increase|rise|hike|concern)s?|costs? too much|ask\\w* for (a |another )?discount',
        '(zu|sehr|ziemlich) teuer|teurer|günstiger\\w*|billiger\\w*|preiserhöhung\\w*|(budget|etat)\\w* (\\w+ ){0,5}(gekürzt|eingefroren|knapp|begrenzt|erschöpft|gestrichen|reduziert)|knappe[sn]? budget|budgetkürzung\\w*|sparmaßnahmen|sparmassnahmen|kosten (\\w+ ){0,5}(senken|reduzieren|sparen|zu hoch)|kostendruck|preis\\w* (\\w+ ){0,5}zu hoch|rabatt',
        '(trop|très|plus) (cher|chère|chers|coûteux|coûteuse)|moins cher\\w*|budget (\\w+ ){0,5}(serré|réduit|gelé|limité|épuisé|coupé)|(coupes?|restrictions?) budgétaires?|(réduire|baisser) (les |nos |ses )?(coûts|dépenses)|(coûts?|prix|tarifs?) (\\w+ ){0,5}(trop )?(élevés?)|hausse (de|du|des) (prix|tarifs?)|remise',
      ]),
    ],
    evenNegated: anyOf([
      "(no|not enough|without|don't have (the|a)|do not have (the|a)) budget|(can't|cannot|can not|couldn't) afford|(not|isn't) in (the|our) budget",
      'kein(e|en)? (budget|mittel|geld)|nicht (im|mehr im) budget|nicht leisten',
      '(pas|plus|aucun) (de )?budget|pas les moyens',
    ]),
  },
  adoption: {
    all: [
      anyOf([
        'features?|modules?|dashboards?|reporting|reports?|integrations?|api|apps?|workflows?|automations?',
        'funktion(en)?|modul(e|en)?|dashboards?|bericht(e|en)?|auswertung(en)?|schnittstellen?|integration(en)?|apps?|automatisierung(en)?',
        'fonctionnalités?|fonctions?|modules?|tableaux? de bord|rapports?|intégrations?|applications?|automatisations?',
      ]),
      anyOf([
        '(us(e|es|ed|ing)|adopt\\w*|enabl\\w*|activat\\w*|switched on|turned on|rolled out|rolling out|live|set up|trained|onboarded|rel(y|ies|ying) on)',
        '(nutz\\w*|benutz\\w*|verwende\\w*|eingeführt|einführ\\w*|ausgerollt|aktiviert|im einsatz|live|eingerichtet|geschult|in betrieb)',
        '(utilis\\w*|déploy\\w*|activ(é|ée|és|ées|er|ons)|adopt\\w*|en service|mis en place|form(é|és|ée|ées)|se sert|servent)',
      ]),
    ],
    unless: anyOf([
      'feature requests?|missing features?|bugs?|broken|error|fehlt|fehlen|fehler|defekt|manque\\w*|bogue|panne',
    ]),
  },
  expansion: {
    all: [
      anyOf([
        '(expand|extend)\\w*|expansion|(additional|more|extra|further) (users?|seats?|licen[cs]es?|locations?|sites?|teams?|modules?|capacity|departments?)|scal(e|ing) up|(new|second|third|another) (office|site|location|branch|subsidiary|department|team|plant)|roll(ing)? (it |this )?out (to|across)|growing (fast|quickly|team|business|headcount)|upgrad(e|ing) (to|our|the)|hiring',
        'erweiter\\w*|ausbau\\w*|expand\\w*|expansion|(zusätzliche|weitere|mehr)[nr]? (nutzer|benutzer|lizenzen|standorte?|teams?|module?|abteilungen|arbeitsplätze)|(neue[rnms]?|zweite[rnms]?|weitere[rnms]?) (standort|niederlassung|büro|werk|team|abteilung)|wachsen|wächst|upgrade',
        "étendre|étend\\w*|élarg\\w*|expansion|(utilisateurs|licences|sites|modules|équipes|postes|services) (supplémentaires|additionnel\\w*)|(plus|davantage) (d'|de )(utilisateurs|licences|sites|modules|équipes)|(nouveau|nouvelle|deuxième|second) (site|filiale|bureau|agence|équipe|usine)|croissance|agrandi\\w*|recrut\\w*|passer à la version",
      ]),
    ],
    unless: anyOf([
      'extend (the|our) (deadline|trial|contract|period|payment)\\w*|expand on (that|this|the)|extension (of|for) the deadline',
    ]),
  },
}

/** That somebody weighs other offers, and does not merely mention that there are some. */
export const WEIGHING = anyOf([WEIGHS])

export function themeOf(sentence: string): Theme | null {
  for (const [theme, { all, evenNegated, unless }] of Object.entries(THEMES) as [Theme, Says][]) {
    if (evenNegated && says(sentence, evenNegated)) return theme
    if (unless && says(sentence, unless)) continue
    if (all.every((pattern) => says(sentence, pattern))) return denies(sentence, all) ? null : theme
  }
  return null
}

export type Mention = Saying & { sentence: string }

/** One for each record that speaks of it, newest first. */
export function mentionsOf(
  theme: Theme,
  sayings: readonly Saying[],
  { days, clock }: { days: number; clock: Clock },
): Mention[] {
  return sayingsWithin(sayings, days, clock).flatMap((saying) => {
    const sentence = saying.sentences.find((each) => themeOf(each) === theme)
    return sentence === undefined ? [] : [{ ...saying, sentence }]
  })
}
