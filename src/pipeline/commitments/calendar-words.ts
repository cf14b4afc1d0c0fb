/** How days are named in English, German and French, as `wordsOf` spells them: no hyphens, no apostrophes but English. */

const numbered = (...names: string[]): Record<string, number> =>
  Object.fromEntries(names.flatMap((alike, index) => alike.split(' ').map((name) => [name, index + 1])))

export const WEEKDAYS: Readonly<Record<string, number>> = numbered(
  'monday montag lundi',
  'tuesday dienstag mardi',
  'wednesday mittwoch mercredi',
  'thursday donnerstag jeudi',
  'friday freitag vendredi',
  'saturday samstag sonnabend samedi',
  'sunday sonntag dimanche',
)

export const MONTHS: Readonly<Record<string, number>> = numbered(
  'january jan januar jänner janvier',
  'february feb februar février',
  'march mar märz mars',
  'april apr avril',
  'may mai',
  'june jun juni juin',
  'july jul juli juillet',
  'august aug août',
  'september sep sept septembre',
  'october oct oktober okt octobre',
  'november nov novembre',
  'december dec dezember dez décembre',
)

export const NUMBERS: Readonly<Record<string, number>> = {
  ...numbered(
    'one a an einem einer ein un une',
    'two zwei deux couple',
    'three drei trois',
    'four vier quatre',
    'five fünf cinq',
    'six sechs',
    'seven sieben sept',
    'eight acht huit',
    'nine neun neuf',
    'ten zehn dix',
  ),
  fourteen: 14,
  vierzehn: 14,
  quinze: 15,
}

/** Each is the inside of a regular expression. */
export const CALENDAR_WORDS = {
  today:
    'today|(?:eod|cob|(?:end|close) of (?:the )?(?:day|business|today))(?! (?:on |of )?(?:tomorrow|\\p{L}+day) )|tonight|this (?:afternoon|evening|morning)|heute(?: noch| abend| nachmittag)?|bis (?:feierabend|heute abend)|aujourd hui|ce (?:soir|matin)|cet après midi|dans la journée',
  // "Guten Morgen" is a greeting, and "der Morgen" a morning.
  tomorrow:
    '(?:tomorrow|tmrw)(?: (?:morning|afternoon|evening|night))?|(?<!(?:guten|schönen|am|jeden) )morgen(?: (?:früh|vormittag|mittag|nachmittag|abend))?|(?<!après )demain(?: (?:matin|soir|après midi))?',
  dayAfter: 'day after tomorrow|übermorgen|après demain',
  thisWeek:
    "(?:later |end of |the end of )?(?:this|the) week|week 's end|(?:noch )?(?:in )?diese[rn]? woche|ende (?:dieser|der) woche|wochenende|cette semaine|fin de (?:la |cette )?semaine|fin de semaine",
  nextWeek:
    '(?:early |late |mid |sometime )?next week|(?:in )?(?:der )?(?:nächste|kommende)[nr]? woche|la semaine prochaine|semaine prochaine',
  endOfNextWeek:
    'end of next week|ende (?:nächster|kommender|der nächsten|der kommenden) woche|fin de (?:la )?semaine prochaine',
  monthEnd:
    "(?:end of|the end of) (?:the |this )?month|month end|month 's end|this month|eom|monatsende|ende (?:des|dieses) monats|diesen monat|fin (?:du|de ce) mois|ce mois ci",
  nextMonth:
    '(?:end of )?next month|(?:nächsten|kommenden|nächster|im nächsten) monat|(?:fin du |le )?mois prochain',
  quarterEnd:
    '(?:end of (?:the |this )?|this )quarter|quarter end|eoq|quartalsende|ende (?:des|dieses) quartals|dieses quartal|fin (?:du|de ce) trimestre|ce trimestre',
  nextQuarter: '(?:end of )?next quarter|(?:nächstes|nächsten|kommendes) quartal|(?:le )?trimestre prochain',
  yearEnd:
    "(?:end of (?:the |this )?|this )year|year end|year 's end|eoy|jahresende|ende (?:des|dieses) jahres|dieses jahr|fin (?:de l|d|de cette) ?année|cette année",
  end: 'end of|the end of|ende|ende des|fin|fin de|fin du',
  next: 'next|nächsten|nächste|nächster',
  within:
    'in|within|within the next|in the next|in about|after|binnen|innerhalb von|innerhalb der nächsten|in den nächsten|dans|sous|d ici|dans les',
  workingDayUnit: 'business days?|working days?|werktagen?|arbeitstagen?|jours ouvrés|jours ouvrables',
  dayUnit: 'days?|tage?|tagen|jours?',
  weekUnit: 'weeks?|wochen?|semaines?',
  monthUnit: 'months?|monate?|monaten|mois',
  hourUnit: 'hours?|hrs?|stunden?|heures?|minutes?|minuten?',
} as const
