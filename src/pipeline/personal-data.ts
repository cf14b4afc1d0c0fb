/** Kinds of personal data in a text, found by form alone: what can be checked is checked (Luhn, mod 97). */

export const PERSONAL_DATA_KINDS = ['email', 'phone', 'card', 'iban', 'government_id'] as const
export type PersonalDataKind = (typeof PERSONAL_DATA_KINDS)[number]

// Each side of an "@", looked at for itself: one pattern over a long text takes quadratic time.
const EMAIL_NAME_END = /[\p{L}\p{N}_%+-]$/u
const EMAIL_DOMAIN = /^[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+/u
const EMAIL_DOMAIN_LENGTH = 255
// A plus, brackets or separators between groups; a bare row of digits is a number like any other.
const PHONE =
  /(?<![\w.,-])(?:\+\d{1,3}[ .-]?)?(?:\(\d{2,4}\)[ .-]?|\d{2,4}[ .-])\d{2,4}(?:[ .-]\d{2,4}){1,3}(?![\w-])|\+\d{8,15}(?!\d)/g
const DATE = /^\d{4}-\d{2}-\d{2}|^\d{1,2}[.-]\d{1,2}[.-]\d{4}/
const CARD = /(?<![\d-])(?:\d[ -]?){12,18}\d(?![\d-])/g
const CARD_ISSUER = /^(?:4(?:\d{12}|\d{15})|(?:5[1-5]|2[2-7])\d{14}|3[47]\d{13}|6(?:011|5\d\d)\d{12})$/
const IBAN = /\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b/g
const US_SOCIAL_SECURITY = /(?<![\d-])(?!000|666|9\d\d)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\d-])/

export function personalDataIn(text: string): PersonalDataKind[] {
  const found = new Set<PersonalDataKind>()
  if (hasEmail(text)) found.add('email')
  if (matches(text, CARD).some(isCard)) found.add('card')
  if (matches(text, IBAN).some(isIban)) found.add('iban')
  if (US_SOCIAL_SECURITY.test(text)) found.add('government_id')
  if (matches(text, PHONE).some(isPhone)) found.add('phone')
  return [...found]
}

function matches(text: string, pattern: RegExp): string[] {
  return text.match(pattern) ?? []
}

const digitsOf = (text: string) => text.replace(/\D/g, '')

function hasEmail(text: string): boolean {
  return text
    .split('@')
    .some(
      (domain, index, parts) =>
        index > 0 &&
        EMAIL_NAME_END.test(parts[index - 1]?.slice(-2) ?? '') &&
        EMAIL_DOMAIN.test(domain.slice(0, EMAIL_DOMAIN_LENGTH)),
    )
}

function isPhone(found: string): boolean {
  const { length } = digitsOf(found)
  return length >= 8 && length <= 15 && !DATE.test(found) && !isCard(found) && !US_SOCIAL_SECURITY.test(found)
}

function isCard(found: string): boolean {
  const digits = digitsOf(found)
  if (!CARD_ISSUER.test(digits)) return false
  const sum = [...digits].reverse().reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 === 1 ? 2 : 1)
    return total + (value > 9 ? value - 9 : value)
  }, 0)
  return sum % 10 === 0
}

function isIban(found: string): boolean {
  const compact = found.replaceAll(' ', '')
  if (compact.length < 15 || compact.length > 34) return false
  const moved = compact.slice(4) + compact.slice(0, 4)
  const digits = moved.replace(/[A-Z]/g, (letter) => String(letter.charCodeAt(0) - 55))
  return BigInt(digits) % 97n === 1n
}
