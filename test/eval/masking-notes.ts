import type { Random } from '../../src/sandbox/data/seeded.ts'
import { digits, VALUES, type ValueKind, wordedSecret } from './masking-values.ts'

/** A text, and what is to be found in it. */
export type Note = { text: string; gold: readonly { kind: string; start: number; end: number }[] }

const SENTENCES: Readonly<Record<ValueKind, readonly string[]>> = {
  email: [
    'Please reach the buyer at {} before Friday.',
    'cc: {}; the board decides in Q3.',
    'From: Dana <{}>\nThanks for the demo!',
    'New contact ({}) joined the call.',
    'Mail {}, not the old address.',
    'mailto:{}',
  ],
  card: [
    'Customer read out card {} on the phone, remind them not to.',
    'Paid with {}, exp. 04/29, renewal done.',
    'Card no.: {}',
    'Refund to {} please.',
  ],
  iban: [
    'Refund goes to {} by the end of May.',
    'IBAN: {}',
    'New bank details ({}) came by e-mail.',
    'Transfer from {}.',
  ],
  ip: [
    'Their firewall blocks us from {}, asked IT to open it.',
    'Login from {} last night.',
    'Server {} is down again.',
    'Whitelist {}/32 for the pilot.',
    'IP: {}',
  ],
  secret: [
    'They pasted {} into the ticket!',
    'Their key is {} and must be rotated.',
    'Authorization: Bearer {}',
    'webhook uses {}.',
  ],
  phone: [
    'Call the CFO on {} after 3 pm.',
    'Phone: {}',
    'She can be reached at {}.',
    'New mobile {}, old one is dead.',
    'Procurement, {}, asked for a quote.',
    'Signature:\nDana Reyes\nVP Sales\n{}',
    'Tel. {} (desk)',
  ],
  government_id: [
    'Form came back with SSN {} in clear.',
    'His social security number is {}',
    'ID {} on the W-9.',
  ],
}

/** Notes with nothing in them that is looked for. */
const NEAR: readonly ((random: Random) => string)[] = [
  (random) =>
    `Order ${digits(random, 10, '123456789')} shipped on 2026-${random.between(10, 12)}-${random.between(10, 28)}.`,
  (random) =>
    `PO ${random.between(4500, 4599)}-${digits(random, 3)}-${digits(random, 4)} is with procurement.`,
  (random) =>
    `Upgraded from version ${random.between(1, 9)}.${random.between(0, 20)}.${random.between(0, 30)}.4 last week.`,
  (random) =>
    `They run v${random.between(1, 40)}.${random.between(0, 99)}.${random.between(0, 200)}.${random.between(0, 9)} on site.`,
  (random) =>
    `Offer of USD ${random.between(1, 9)} ${digits(random, 3)} ${digits(random, 3)} for ${random.between(10, 900)} seats.`,
  (random) =>
    `Budget ${random.between(10, 99)}.${digits(random, 3)},00 EUR, was ${random.between(10, 99)},${digits(random, 3)}.50.`,
  (random) =>
    `Part ${digits(random, 3)}-${digits(random, 4)}-A replaces ${digits(random, 4)}-B${digits(random, 2)}.`,
  (random) =>
    `Meeting ${random.between(10, 28)}.${random.between(10, 12)}.2026 10:30-11:45, room ${digits(random, 3)}.`,
  (random) =>
    `Invoice ${digits(random, 12, '123456789')} over 30 days; ticket #${digits(random, 8, '123456789')}.`,
  (random) => `Record 48768760000${digits(random, 8)} merged into 48768760000${digits(random, 8)}.`,
  (random) => `Tracking ${digits(random, 16, '123456789')} says delivered.`,
  (random) =>
    `Pages ${random.between(100, 200)}-${random.between(201, 400)}, fiscal year 2025-2026, Q${random.between(1, 4)}.`,
  () => 'Key account, the secret is patience; token gesture, password reset link sent.',
  () => 'The key: decision-makers at headquarters. Next token: price.',
  (random) =>
    `License count ${random.between(1000, 9999)} of ${random.between(10000, 99999)}, ${random.between(2, 9)} admins @ 45.50 each.`,
  (random) =>
    `Ratio 16:9, time 10:${random.between(10, 59)}:${random.between(10, 59)}, MAC 00:1A:2B:3C:4D:${random.between(10, 99)}.`,
  (random) =>
    `SKU AB-${digits(random, 4)}-${digits(random, 4)}-${digits(random, 2)} x ${random.between(2, 40)}, logo@2x.png attached.`,
  (random) => `ISBN 978-0-${digits(random, 3)}-${digits(random, 5)}-${digits(random, 1)} was the gift.`,
  (random) =>
    `Growth ${random.between(10, 99)}% on ${random.between(100, 999)} 000 users, ${random.between(1, 9)}.${digits(random, 2)}x multiple.`,
]

/** One value in its sentence, and around it what only resembles one. */
export function noteWith(kind: ValueKind, random: Random): Note {
  const worded = kind === 'secret' && random.chance(0.35) ? wordedSecret(random) : null
  const value = worded?.value ?? VALUES[kind](random)
  const sentence = worded ? `They sent ${worded.before}{} by chat` : random.pick(SENTENCES[kind])
  const before = random.chance(0.5) ? `${random.pick(NEAR)(random)} ` : ''
  const after = random.chance(0.5) ? ` ${random.pick(NEAR)(random)}` : ''
  const start = before.length + sentence.indexOf('{}')
  const text = before + sentence.replace('{}', () => value) + after
  return { text, gold: [{ kind, start, end: start + value.length }] }
}

export function noteWithout(random: Random): Note {
  return { text: `${random.pick(NEAR)(random)} ${random.pick(NEAR)(random)}`, gold: [] }
}
