import type { Random } from '../../src/sandbox/data/seeded.ts'

/**
 * Values as people write them, drawn by lot: made from what issuers and numbering plans publish, and not with anything
 * that looks for them.
 */
export type ValueKind = 'email' | 'card' | 'iban' | 'ip' | 'secret' | 'phone' | 'government_id'

export const VALUES: Readonly<Record<ValueKind, (random: Random) => string>> = {
  email,
  card,
  iban,
  ip: (random) => (random.chance(0.75) ? ipv4(random) : ipv6(random)),
  secret,
  phone: (random) => PHONES[random.pick(PHONE_REGIONS)](random),
  government_id: (random) =>
    `${digits(random, 1, '1234578')}${digits(random, 2, '123456789')}-${random.between(10, 99)}-${random.between(1000, 9999)}`,
}

export const digits = (random: Random, count: number, from = '0123456789') =>
  Array.from({ length: count }, () => random.pick([...from])).join('')

function email(random: Random): string {
  const first = random.pick(['dana', 'm.reyes', 'Jürgen', 'o’brien', 'sales', 'li', 'anna-lena', 'r_k', 'X'])
  const name =
    first.replace('’', "'") + random.pick(['', '.smith', `${random.between(1, 99)}`, '+crm', '-ops', '_eu'])
  const host = random.pick(['acme', 'mail.north-wind', 'müller', 'a1', 'xn--bcher-kva', 'sub.dept.globex'])
  const address = `${name}@${host}.${random.pick(['com', 'de', 'co.uk', 'io', 'example', 'museum', 'fr', 'ae'])}`
  return random.chance(0.1) ? address.toUpperCase() : address
}

const CARDS: readonly [string, number, readonly number[]][] = [
  ['4', 16, [4, 4, 4, 4]],
  ['52', 16, [4, 4, 4, 4]],
  ['2344', 16, [4, 4, 4, 4]],
  ['34', 15, [4, 6, 5]],
  ['37', 15, [4, 6, 5]],
  ['6011', 16, [4, 4, 4, 4]],
  ['3569', 16, [4, 4, 4, 4]],
  ['36', 14, [4, 6, 4]],
  ['6212', 16, [4, 4, 4, 4]],
]

function card(random: Random): string {
  const [prefix, length, sizes] = random.pick(CARDS)
  const body = prefix + digits(random, length - 1 - prefix.length)
  const check = [...'0123456789'].find((digit) => luhn(body + digit)) ?? ''
  const separator = random.pick(['', '', ' ', '-', '.'])
  const starts = sizes.map((_, index) => sizes.slice(0, index).reduce((sum, size) => sum + size, 0))
  return sizes
    .map((size, index) => (body + check).slice(starts[index], (starts[index] ?? 0) + size))
    .join(separator)
}

function luhn(number: string): boolean {
  const sum = [...number].reverse().reduce((total, digit, index) => {
    const double = Number(digit) * (index % 2 === 1 ? 2 : 1)
    return total + Math.floor(double / 10) + (double % 10)
  }, 0)
  return sum % 10 === 0
}

/** Those whose account numbers hold no check of their own: country, bank letters, digits. */
const IBANS: readonly [string, number, number][] = [
  ['DE', 0, 18],
  ['GB', 4, 14],
  ['AT', 0, 16],
  ['CH', 0, 17],
  ['NL', 4, 10],
  ['IE', 4, 14],
  ['AE', 0, 19],
  ['SA', 0, 20],
  ['LU', 0, 16],
]

function iban(random: Random): string {
  const [country, letters, count] = random.pick(IBANS)
  const account = digits(random, letters, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ') + digits(random, count)
  const numeric = [...`${account}${country}00`].map((sign) => Number.parseInt(sign, 36)).join('')
  const check = String(98n - (BigInt(numeric) % 97n)).padStart(2, '0')
  const whole = country + check + account
  const form = random.pick(['whole', 'grouped', 'small'] as const)
  if (form === 'small') return whole.toLowerCase()
  return form === 'whole' ? whole : (whole.match(/.{1,4}/g) ?? []).join(' ')
}

function ipv4(random: Random): string {
  const first = random.pick([10, 172, 192, 203, 8, 45, 91, 134, 185, random.between(11, 223)])
  return [first, ...Array.from({ length: 3 }, () => random.between(0, 255))].join('.')
}

function ipv6(random: Random): string {
  const group = () => digits(random, random.between(1, 4), '0123456789abcdef')
  if (random.chance(0.5)) return Array.from({ length: 8 }, group).join(':')
  return `2001:db8::${group()}:${group()}`
}

const MIXED = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const HEX = '0123456789abcdef'

function secret(random: Random): string {
  return random.pick<() => string>([
    () => `xoxb-${digits(random, 12)}-${digits(random, 13)}-${digits(random, 24, MIXED)}`,
    () => `xapp-1-A${digits(random, 10)}-${digits(random, 13)}-${digits(random, 64, HEX)}`,
    () => `AKIA${digits(random, 16, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567')}`,
    () => `ghp_${digits(random, 36, MIXED)}`,
    () => `github_pat_${digits(random, 22, MIXED)}_${digits(random, 59, MIXED)}`,
    () => `sk_live_${digits(random, 24, MIXED)}`,
    () => `sk-ant-api03-${digits(random, 80, `${MIXED}-_`)}AA`,
    () => `AIza${digits(random, 35, `${MIXED}-_`)}`,
    () => `1000.${digits(random, 32, HEX)}.${digits(random, 32, HEX)}`,
    () =>
      `eyJ${digits(random, 30, MIXED)}.eyJ${digits(random, 60, MIXED)}.${digits(random, 43, `${MIXED}-_`)}`,
  ])()
}

/** Said by the word before it; a value of its own form is not needed. */
export function wordedSecret(random: Random): { before: string; value: string } {
  return random.pick<() => { before: string; value: string }>([
    () => ({ before: 'API key: ', value: digits(random, 32, HEX) }),
    () => ({ before: 'client_secret=', value: digits(random, 40, MIXED) }),
    () => ({ before: 'the token is ', value: digits(random, 24, MIXED) }),
    () => ({
      before: 'password: ',
      value: `${random.pick(['Summer', 'Welcome', 'acme', 'Tr0ub4dor'])}${random.between(10, 9999)}${random.pick(['!', '#', ''])}`,
    }),
  ])()
}

type Region = 'US' | 'GB' | 'DE' | 'FR' | 'IN' | 'AE'
export const PHONE_REGIONS: readonly Region[] = ['US', 'GB', 'DE', 'FR', 'IN', 'AE']

const PHONES: Readonly<Record<Region, (random: Random) => string>> = {
  US(random) {
    const [area, office, line] = [
      `${random.between(2, 9)}${random.between(10, 99)}`,
      `${random.between(2, 9)}${digits(random, 2)}`,
      digits(random, 4),
    ]
    return random.pick([
      `(${area}) ${office}-${line}`,
      `${area}-${office}-${line}`,
      `${area}.${office}.${line}`,
      `${area} ${office} ${line}`,
      `+1 ${area} ${office} ${line}`,
      `+1-${area}-${office}-${line}`,
      `+1${area}${office}${line}`,
      `1-${area}-${office}-${line}`,
      `(${area})${office}-${line} x${random.between(10, 999)}`,
    ])
  },
  GB(random) {
    const mobile = `7${random.pick([4, 5, 7, 8, 9])}${digits(random, 2)}`
    return random.pick([
      `0${mobile} ${digits(random, 6)}`,
      `0${mobile} ${digits(random, 3)} ${digits(random, 3)}`,
      `+44 ${mobile} ${digits(random, 6)}`,
      `020 7${digits(random, 3)} ${digits(random, 4)}`,
      `+44 (0)20 7${digits(random, 3)} ${digits(random, 4)}`,
      `(020) 8${digits(random, 3)} ${digits(random, 4)}`,
      `0044 20 7${digits(random, 3)} ${digits(random, 4)}`,
    ])
  },
  DE(random) {
    const local = `${random.between(2, 9)}${digits(random, 6)}`
    return random.pick([
      `030 ${local}`,
      `030/${local}`,
      `089-${local}`,
      `+49 30 ${local}`,
      `+49 (0)30 ${local}`,
      `0171 ${local}`,
      `+49171${local}`,
      `0151 ${digits(random, 4)} ${digits(random, 4)}`,
    ])
  },
  FR(random) {
    const pairs = Array.from({ length: 4 }, () => digits(random, 2))
    const area = random.pick(['1', '2', '4', '6', '7'])
    const first = `${area}`
    return random.pick([
      `0${first} ${pairs.join(' ')}`,
      `0${first}.${pairs.join('.')}`,
      `0${first}${pairs.join('')}`,
      `+33 ${first} ${pairs.join(' ')}`,
      `+33 (0)${first} ${pairs.join(' ')}`,
    ])
  },
  IN(random) {
    const [first, second] = [`9${digits(random, 4)}`, digits(random, 5)]
    return random.pick([
      `${first} ${second}`,
      `+91 ${first} ${second}`,
      `+91-${first}-${second}`,
      `0${first}${second}`,
    ])
  },
  AE(random) {
    const [first, second] = [digits(random, 3), digits(random, 4)]
    return random.pick([
      `050 ${first} ${second}`,
      `+971 50 ${first} ${second}`,
      `04 ${first} ${second}`,
      `055-${first}-${second}`,
    ])
  },
}
