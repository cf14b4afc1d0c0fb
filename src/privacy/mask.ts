import { type Clues, detect } from './detect.ts'
import type { Finding, FindingKind } from './finding.ts'
import { type KnownPerson, nameTree } from './name-tree.ts'
import { ENDING } from './phone.ts'
import { plansOf, regionsOf } from './phone-plans.ts'
import { PLACEHOLDER_WORDS } from './placeholder.ts'

/**
 * Personal data and secrets leave for a model as placeholders and come back as they were. It decides what is hidden;
 * it never guesses at names that the CRM does not know, and never puts back what it did not give out itself.
 */

/** The people of an account: its contacts and its owner's colleagues; regions as in `DE`, where its phones are. */
export type Known = { people: readonly KnownPerson[]; regions: readonly string[] }

/** What stands for what, for one chain of calls: hand it on, and the same value keeps its placeholder. */
export type PlaceholderTable = {
  /** By placeholder. */
  readonly originals: ReadonlyMap<string, string>
  /** Placeholder by kind and exact text. */
  readonly given: ReadonlyMap<string, string>
  /** Number and count of spellings, by kind and identity. */
  readonly numbers: ReadonlyMap<string, { number: number; spellings: number }>
  /** The highest number of each kind. */
  readonly counts: ReadonlyMap<FindingKind, number>
}

export const NOTHING_MASKED: PlaceholderTable = {
  originals: new Map(),
  given: new Map(),
  numbers: new Map(),
  counts: new Map(),
}

const PLACEHOLDER = new RegExp(
  String.raw`\[(?:${Object.values(PLACEHOLDER_WORDS).join('|')}) \d+(?:\.\d+)?\]`,
  'g',
)

/**
 * Text that looks like one of our placeholders becomes one itself, of kind `text`: in a masked text every placeholder
 * was given out here, and what somebody wrote comes back as he wrote it. Signs nobody sees can hide a value: strip
 * them first (`visible`).
 */
export function mask(
  text: string,
  known: Known,
  table: PlaceholderTable = NOTHING_MASKED,
): { text: string; table: PlaceholderTable } {
  const forged = [...text.matchAll(PLACEHOLDER)].map(
    ({ 0: found, index }): Finding => ({ kind: 'text', start: index, end: index + found.length }),
  )
  const findings = detect(text, cluesFrom(known), forged)
  if (findings.length === 0) return { text, table }

  const tables = {
    originals: new Map(table.originals),
    given: new Map(table.given),
    numbers: new Map(table.numbers),
    counts: new Map(table.counts),
  }
  const pieces: string[] = []
  let from = 0
  for (const finding of findings) {
    pieces.push(text.slice(from, finding.start), placeholderFor(finding, text, tables))
    from = finding.end
  }
  return { text: pieces.join('') + text.slice(from), table: tables }
}

/** Placeholders that were given out become what they stand for; all others stay what they are, a text. */
export function restore(text: string, { originals }: PlaceholderTable): string {
  return text.replace(PLACEHOLDER, (placeholder) => originals.get(placeholder) ?? placeholder)
}

function cluesFrom({ people, regions }: Known): Clues {
  const phones = people.flatMap(({ phone }) => (phone ? [phone] : []))
  const endings = phones.map((phone) => phone.replace(/\D/g, '').slice(-ENDING))
  return {
    phones: {
      plans: plansOf([...regions, ...regionsOf(phones)]),
      endings: new Set(endings.filter(({ length }) => length === ENDING)),
    },
    names: nameTree(people),
  }
}

type Tables = {
  originals: Map<string, string>
  given: Map<string, string>
  numbers: Map<string, { number: number; spellings: number }>
  counts: Map<FindingKind, number>
}

function placeholderFor(finding: Finding, text: string, tables: Tables): string {
  const original = text.slice(finding.start, finding.end)
  const { kind } = finding
  const known = tables.given.get(`${kind} ${original}`)
  if (known) return known

  const identity = `${kind} ${finding.identity ?? identityOf(kind, original)}`
  const before = tables.numbers.get(identity)
  const number = before?.number ?? (tables.counts.get(kind) ?? 0) + 1
  if (!before) tables.counts.set(kind, number)
  // A person's plain placeholder stands for the name as the CRM has it, whichever spelling comes first.
  const canonical = finding.canonical ?? original
  if (!before) give(canonical, [kind, number], tables)
  const spellings = (before?.spellings ?? 1) + (before || canonical !== original ? 1 : 0)
  tables.numbers.set(identity, { number, spellings })
  if (!before && canonical === original) return tables.given.get(`${kind} ${original}`) ?? ''
  return give(original, [kind, number, spellings], tables)
}

function give(
  original: string,
  [kind, number, spelling]: [FindingKind, number, number?],
  tables: Tables,
): string {
  const placeholder = `[${PLACEHOLDER_WORDS[kind]} ${number}${spelling ? `.${spelling}` : ''}]`
  tables.originals.set(placeholder, original)
  tables.given.set(`${kind} ${original}`, placeholder)
  return placeholder
}

/** Two spellings of one address or number. */
function identityOf(kind: FindingKind, original: string): string {
  if (kind === 'email') return original.toLowerCase()
  if (kind === 'card' || kind === 'phone' || kind === 'government_id') return original.replace(/\D/g, '')
  return kind === 'iban' ? original.replace(/[ -]/g, '').toUpperCase() : original
}
