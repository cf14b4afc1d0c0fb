import type { FindingKind } from './finding.ts'

/** What stands for a value, in words that a model and a person understand. */
export const PLACEHOLDER_WORDS = {
  text: 'text',
  secret: 'secret',
  email: 'e-mail',
  iban: 'iban',
  card: 'card',
  ip: 'ip address',
  government_id: 'identity number',
  phone: 'phone',
  person: 'person',
} as const satisfies Record<FindingKind, string>
