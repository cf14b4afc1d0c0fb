import { getCountrySpecifications, isValidIBAN } from 'ibantools'
import type { Span } from './finding.ts'

const LENGTHS = new Map(
  Object.entries(getCountrySpecifications()).flatMap(([country, { chars, IBANRegistry }]) =>
    IBANRegistry && chars ? [[country, chars] as const] : [],
  ),
)
const BEGINNING = /(?<![\p{L}\p{N}])[A-Za-z]{2}[ -]?\d{2}/gu
const SIGN = /[A-Za-z0-9]/
const SEPARATOR = /[ -]/

export function ibans(text: string): Span[] {
  const found: Span[] = []
  for (const { 0: beginning, index: start } of text.matchAll(BEGINNING)) {
    if (start < (found.at(-1)?.end ?? 0)) continue
    const length = LENGTHS.get(beginning.slice(0, 2).toUpperCase())
    const end = length ? ibanEnd(text, start, length) : 0
    if (end > 0) found.push({ start, end })
  }
  return found
}

/** 0 when what begins here is none. */
function ibanEnd(text: string, start: number, length: number): number {
  let signs = ''
  let end = start
  while (signs.length < length) {
    const sign = text[end] ?? ''
    if (SIGN.test(sign)) signs += sign
    else if (!SEPARATOR.test(sign) || !SIGN.test(text[end + 1] ?? '')) return 0
    end++
  }
  if (SIGN.test(text[end] ?? '')) return 0
  return isValidIBAN(signs.toUpperCase()) ? end : 0
}
