import { detect, NO_CLUES } from './detect.ts'

/** Kinds of personal data in a text, found by form alone, by the detectors that mask it. */

export const PERSONAL_DATA_KINDS = ['email', 'phone', 'card', 'iban', 'government_id'] as const
export type PersonalDataKind = (typeof PERSONAL_DATA_KINDS)[number]

export function personalDataIn(text: string): PersonalDataKind[] {
  const found = new Set<string>(detect(text, NO_CLUES).map(({ kind }) => kind))
  return PERSONAL_DATA_KINDS.filter((kind) => found.has(kind))
}
