import type { Contact } from '../../model/account.ts'
import { anyOf, says } from './words.ts'

/** Who decides over there, told by their title in English, German or French. */

export type ExecutiveLevel = 'c-level' | 'vp' | 'director'

const LEVELS: readonly [ExecutiveLevel, RegExp][] = [
  [
    'vp',
    anyOf([
      '[es]?vp',
      '(senior |executive )?vice[ -]president\\w*',
      'vice-président\\w*',
      'bereichsleiter\\w*',
    ]),
  ],
  [
    'c-level',
    anyOf([
      'c[efiotmrps]o|cdo|chro|ciso|chief [\\p{L} ]{2,40} officer|president|founder|co-?founder|managing director|owner',
      'geschäftsführer\\w*|geschäftsführung|vorstand\\w*|inhaber\\w*|gründer\\w*',
      'pdg|dg|daf|dsi|drh|directeur général|directrice générale|président\\w*|gérante?|fondat(eur|rice)',
    ]),
  ],
  [
    'director',
    anyOf(['director|head of', '[\\p{L}]*leiter(in)?|leitung', 'directeur|directrice|responsable']),
  ],
]
/** They work for one. */
const NOT_THEMSELVES = anyOf([
  'assistant\\w*|assistenz|secretary|sekret(är\\w*|ariat)|office of|to the (ceo|president)|assistante?|project lead|projektleiter\\w*|teamleiter\\w*|product owner',
])

export function executiveLevel(title: string | null): ExecutiveLevel | null {
  const words = (title ?? '').slice(0, 200).toLowerCase()
  if (words === '' || says(words, NOT_THEMSELVES)) return null
  return LEVELS.find(([, pattern]) => says(words, pattern))?.[0] ?? null
}

export type Executive = Contact & { level: ExecutiveLevel }

export function executivesOf(contacts: readonly Contact[]): Executive[] {
  return contacts.flatMap((contact) => {
    const level = executiveLevel(contact.title)
    return level ? [{ ...contact, level }] : []
  })
}

/** The office somebody holds, the same in every language, to see that one left and another came. */
const OFFICES: readonly [string, RegExp][] = [
  [
    'ceo',
    anyOf([
      'ceo|chief executive( officer)?|managing director|geschäftsführer\\w*|pdg|dg|directeur général|directrice générale',
    ]),
  ],
  [
    'cfo',
    anyOf([
      'cfo|chief financial officer|finanzvorstand|daf|directeur financier|directrice financière|finanzchef\\w*',
    ]),
  ],
  [
    'cto',
    anyOf([
      'cto|chief technology officer|technikvorstand|technischer leiter|directeur technique|directrice technique',
    ]),
  ],
  ['cio', anyOf(['cio|chief information officer|it-leiter\\w*|leiter(in)? it|dsi'])],
  ['coo', anyOf(['coo|chief operating officer|betriebsleiter\\w*|directeur des opérations'])],
  [
    'cmo',
    anyOf(['cmo|chief marketing officer|marketingleiter\\w*|directeur marketing|directrice marketing']),
  ],
  [
    'cro',
    anyOf(['cro|chief revenue officer|vertriebsleiter\\w*|directeur commercial|directrice commerciale']),
  ],
  ['sponsor', anyOf(['(executive )?sponsor|champion|fürsprecher\\w*'])],
  ['vp', anyOf(['[es]?vp|vice[ -]president\\w*|vice-président\\w*|bereichsleiter\\w*'])],
  ['president', anyOf(['president|président\\w*|vorstand\\w*'])],
  ['director', anyOf(['director|head of \\p{L}+|directeur|directrice|leiter(in)?'])],
]

export function officeOf(words: string): string | null {
  return OFFICES.find(([, pattern]) => says(words, pattern))?.[0] ?? null
}
