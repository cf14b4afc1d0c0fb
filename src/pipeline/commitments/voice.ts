import type { Activity } from '../../model/account.ts'
import type { Side } from '../../model/commitment.ts'
import type { AccountFacts } from '../facts.ts'
import { wordsOf } from './words.ts'

/** Who is heard in an activity's text, and who is known by name. */

export type Names = { customerNames: ReadonlySet<string>; ourNames: ReadonlySet<string> }

const NO_NAMES: ReadonlySet<string> = new Set(
  'will may mark bill an de la le van von der den the mr mrs ms dr herr frau monsieur madame grant sue rich art'.split(
    ' ',
  ),
)

/** A name that both sides bear tells nobody apart, and one that is a word is not told from the word. */
export function namesOf({ contacts, owner }: Pick<AccountFacts, 'contacts' | 'owner'>): Names {
  const partsOf = (name: string) => wordsOf(name).filter((part) => part.length > 1 && !NO_NAMES.has(part))
  const ours = new Set(partsOf(owner?.name ?? ''))
  const theirs = new Set(contacts.flatMap(({ name }) => partsOf(name)))
  return {
    customerNames: new Set([...theirs].filter((part) => !ours.has(part))),
    ourNames: new Set([...ours].filter((part) => !theirs.has(part))),
  }
}

const DIRECTION = /^\s*direction\s?:\s?(inbound|incoming|received|outbound|outgoing|sent)\b/im
const FROM = /^\s*(?:from|von|de|expéditeur)\s?:\s?(.{1,120})$/im
const GREETING =
  /^(?:hi|hello|hey|dear|good (?:morning|afternoon|evening)|hallo|liebe[rs]?|guten (?:tag|morgen|abend)|moin|servus|sehr geehrte[rs]?|bonjour|bonsoir|cher|chère|salut)\s+(.{1,60})/iu
const HEAD_LENGTH = 1500

/** Who wrote an e-mail: as it says itself, else as its head or its greeting tells; null when nothing does. */
export function writerOf({ body }: Pick<Activity, 'body'>, names: Names): Side | null {
  const head = body?.slice(0, HEAD_LENGTH) ?? ''
  const said = DIRECTION.exec(head)?.[1]?.toLowerCase()
  if (said) return /^(?:inbound|incoming|received)$/.test(said) ? 'customer' : 'us'
  const from = sideNamed(FROM.exec(head)?.[1] ?? '', names)
  if (from) return from
  for (const line of head.split('\n', 8)) {
    const greeted = sideNamed(GREETING.exec(line.trim())?.[1] ?? '', names)
    if (greeted) return greeted === 'us' ? 'customer' : 'us'
  }
  return null
}

/** The side whose names stand in a text; null for neither or both. */
function sideNamed(text: string, { customerNames, ourNames }: Names): Side | null {
  const words = wordsOf(text)
  const theirs = words.some((word) => customerNames.has(word))
  const ours = words.some((word) => ourNames.has(word))
  if (theirs === ours) return null
  return theirs ? 'customer' : 'us'
}

const SPOKEN = /^(\p{L}[\p{L}'-]{1,20}(?: \p{L}[\p{L}'-]{1,20})?)\s?:\s+(?=\S)/u

/** "Robin: I will send it" in minutes: who speaks, and what. */
export function spokenBy(sentence: string, names: Names): { by: Side; words: string } | null {
  const match = SPOKEN.exec(sentence)
  const by = match && sideNamed(match[1] ?? '', names)
  return match && by ? { by, words: sentence.slice(match[0].length) } : null
}
