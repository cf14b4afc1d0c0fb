import {
  type CountryCode,
  getCountries,
  getCountryCallingCode,
  isSupportedCountry,
  Metadata,
} from 'libphonenumber-js'

/** How numbers look within one country. */
export type PhonePlan = { region: CountryCode; national: RegExp; trunk: string; callingCode: string }

// The library's own parsing takes 20 µs a number, a text of digits only would take minutes: its tables are what counts.
// They are not in its types.
type Table = { nationalNumberPattern(): string; nationalPrefix(): string | null }

/** Regions nobody knows are left out. */
export function plansOf(regions: readonly string[]): PhonePlan[] {
  const metadata = new Metadata()
  // Its functions take whatever comes second for tables of their own.
  return [...new Set(regions)].flatMap((region) => {
    if (!isSupportedCountry(region)) return []
    metadata.selectNumberingPlan(region)
    const table = metadata.numberingPlan as Table | undefined
    if (!table) return []
    const national = new RegExp(`^(?:${table.nationalNumberPattern()})$`)
    return [
      { region, national, trunk: table.nationalPrefix() ?? '', callingCode: getCountryCallingCode(region) },
    ]
  })
}

export function isNational(digits: string, { national, trunk }: PhonePlan): boolean {
  if (national.test(digits)) return true
  return trunk !== '' && digits.startsWith(trunk) && national.test(digits.slice(trunk.length))
}

const CALLING_CODES = new Set<string>(getCountries().map((region) => getCountryCallingCode(region)))
const SHORTEST = 8
const LONGEST = 15

/** @param digits with the country's code first, as after a "+" */
export function isInternational(digits: string): boolean {
  if (digits.length < SHORTEST || digits.length > LONGEST) return false
  return [1, 2, 3].some((length) => CALLING_CODES.has(digits.slice(0, length)))
}

/** Regions that international numbers belong to, the largest of those that share a code. */
export function regionsOf(phones: readonly string[]): string[] {
  const international = phones.map((phone) => phone.trim()).filter((phone) => phone.startsWith('+'))
  return international.flatMap((phone) => {
    const digits = phone.replace(/\D/g, '')
    const code = [1, 2, 3].map((length) => digits.slice(0, length)).find((each) => CALLING_CODES.has(each))
    return code ? [MAIN_REGION.get(code) ?? ''] : []
  })
}

/** Of countries that share a code, the one with most numbers; for the others there is but one. */
const SHARED: readonly CountryCode[] = ['US', 'GB', 'RU', 'IT', 'NO', 'FI', 'AU', 'MA', 'FR']
const MAIN_REGION = new Map<string, CountryCode>(
  [...getCountries(), ...SHARED].map((region) => [getCountryCallingCode(region), region]),
)
