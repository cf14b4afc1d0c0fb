import { cards } from './card.ts'
import { emails } from './email.ts'
import { blot, type Finding, type FindingKind, type Span } from './finding.ts'
import { governmentIds } from './government-id.ts'
import { ibans } from './iban.ts'
import { ipAddresses } from './ip-address.ts'
import type { NameTree } from './name-tree.ts'
import { people } from './people.ts'
import { type KnownPhones, phones } from './phone.ts'
import { plain } from './plain.ts'
import { secrets } from './secret.ts'

/** What helps to find more than form alone would. */
export type Clues = { phones: KnownPhones; names: NameTree | null }

export const NO_CLUES: Clues = { phones: { plans: [], endings: new Set() }, names: null }

type Detector = {
  kind: FindingKind
  may: RegExp | null
  find: (text: string, clues: Clues) => (Span | Finding)[]
}

/**
 * In this order, and each sees only what those before it left: an address is found before the name in it, a card number
 * before a phone number. `may` says cheaply that there is nothing; most texts hold none of most kinds.
 */
const DETECTORS: readonly Detector[] = [
  {
    kind: 'secret',
    may: /:\/\/|eyJ|xox|xapp|AKIA|ASIA|AB?C?IA|gh[pousr]_|github_pat|glpat|[sr]k[_-]|pk_|whsec|AIza|ya29|GOCSPX|npm_|pat-|1000\.|SG\.|BEGIN|pass|pwd|mot de|secret|token|basic|bearer|credential|authorization|sig|key/i,
    find: secrets,
  },
  { kind: 'email', may: /@/, find: emails },
  { kind: 'iban', may: /[A-Z]{2}[ -]?\d{2}/i, find: ibans },
  { kind: 'card', may: /\d(?:[ .-]{0,2}\d){11}/, find: cards },
  { kind: 'ip', may: /\d\.\d|:[^:]{0,4}:/, find: ipAddresses },
  { kind: 'government_id', may: /\d{3}[- ]?\d{2}[- ]?\d{4}/, find: governmentIds },
  {
    kind: 'phone',
    may: /\d(?:[^\p{L}\p{N}_]{0,5}\d){6}/u,
    find: (text, clues) => phones(text, clues.phones),
  },
  { kind: 'person', may: null, find: (text, { names }) => (names ? people(text, names) : []) },
]

/** Everything of the kinds above, in order of place; no two overlap. */
export function detect(text: string, clues: Clues, taken: readonly Finding[] = []): Finding[] {
  const found: Finding[] = [...taken]
  let rest = blot(plain(text), taken)
  for (const { kind, may, find } of DETECTORS) {
    if (may && !may.test(rest)) continue
    const spans = find(rest, clues).flatMap((span) => withoutBlots(rest, span))
    if (spans.length === 0) continue
    for (const span of spans) found.push({ kind, ...span })
    rest = blot(rest, spans)
  }
  return found.toSorted((a, b) => a.start - b.start)
}

/** What a pattern reached over is taken already; what stands on either side of it is found all the same. */
function withoutBlots<S extends Span>(text: string, span: S): S[] {
  const found = text.slice(span.start, span.end)
  if (!found.includes('\0')) return [span]
  const pieces: S[] = []
  for (const { 0: piece, index } of found.matchAll(NOT_BLOTTED)) {
    pieces.push({ ...span, start: span.start + index, end: span.start + index + piece.length })
  }
  return pieces
}

const NOT_BLOTTED = /[^\0]+/g
