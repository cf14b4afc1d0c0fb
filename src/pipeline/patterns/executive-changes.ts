import type { Evidence } from '../../model/signal.ts'
import { dayBegan, daysBetween } from '../../recommendations/calendar.ts'
import { count } from '../../recommendations/text.ts'
import { activityEvidence, contactEvidence } from '../evidence.ts'
import { executiveLevel, executivesOf, officeOf } from './executives.ts'
import { lacking, MOST_CITED, notFound, type PatternDetector, type Seen, share } from './pattern.ts'
import { sayingsWithin } from './sayings.ts'
import { anyOf, denies, says } from './words.ts'

const LEAST = 2
/** A contact that came with the account is no change in it. */
const SETTLED_DAYS = 14

type Change = { office: string; at: Date; fromRecord: boolean; evidence: Evidence }

/**
 * Two changes or more among those who decide, in half a year: a title that changed, a successor, or a note that
 * says so. A leaving and a coming of the same office are one change, and so are a note and the record it is about.
 */
export const executiveChanges: PatternDetector = {
  pattern: 'executive_changes',
  family: 'churn',
  windowDays: 180,
  yieldsTo: [],
  detect(seen) {
    const { facts, clock, sayings } = seen
    const said = sayingsWithin(sayings, this.windowDays, clock)
    const hasTitles = facts.contacts.some(({ title }) => title?.trim())
    if (!hasTitles && !said.some(({ isReadable }) => isReadable)) {
      return lacking('titles of contacts, or notes, to see changes of executives in')
    }
    const since = dayBegan(this.windowDays - 1, clock)
    const all = [...titleChanges(seen), ...successors(seen), ...told(seen, this.windowDays)].filter(
      ({ at }) => at >= since && at <= clock.now,
    )
    const changes = onePerOffice(all)
    const offices = changes.map(({ office }) => office.toUpperCase()).join(', ')
    if (changes.length < LEAST) {
      return notFound(`${count(changes.length, 'change')} of executives in ${this.windowDays} days.`)
    }
    const fromRecords = changes.filter(({ fromRecord }) => fromRecord).length
    return {
      state: 'found',
      confidence: Math.min(0.95, 0.5 + 0.1 * changes.length + 0.05 * fromRecords),
      strength: share((60 + 10 * changes.length) / 100),
      reason: `${count(changes.length, 'change')} of executives in ${this.windowDays} days: ${offices}.`,
      evidence: changes.slice(0, MOST_CITED).map(({ evidence }) => evidence),
    }
  },
}

function titleChanges({ facts }: Seen): Change[] {
  const contacts = new Map(facts.contacts.map((contact) => [contact.id, contact]))
  return facts.changes.flatMap(({ module, recordId, field, old, new: title, at }) => {
    const contact = contacts.get(recordId)
    if (module !== 'Contacts' || field !== 'title' || !contact || old === null || title === null) return []
    const held = executiveLevel(title) ? title : executiveLevel(old) ? old : null
    if (held === null || old.trim().toLowerCase() === title.trim().toLowerCase()) return []
    const evidence = { ...contactEvidence(contact), at: at.toISOString(), field: 'title' }
    return [{ office: officeOf(held.toLowerCase()) ?? 'executive', at, fromRecord: true, evidence }]
  })
}

/** Somebody new in an office that another contact holds on record. */
function successors({ facts, clock }: Seen): Change[] {
  const { createdAt: began } = facts.account
  const executives = executivesOf(facts.contacts).flatMap((contact) => {
    const office = officeOf((contact.title ?? '').toLowerCase())
    return contact.createdAt && office ? [{ contact, office, at: contact.createdAt }] : []
  })
  return executives.flatMap(({ contact, office, at }) => {
    const isNew = began !== null && daysBetween(began, at, clock.zone) > SETTLED_DAYS
    // There are many directors and vice presidents; a second one has replaced nobody.
    const isSingle = office !== 'vp' && office !== 'director'
    const before = executives.some(
      (other) => other.office === office && other.at < at && other.contact.id !== contact.id,
    )
    return isNew && isSingle && before
      ? [{ office, at, fromRecord: true, evidence: contactEvidence(contact) }]
      : []
  })
}

const CHANGED = anyOf([
  'left (the |their |our )?(company|firm|business|organi[sz]ation|team|us)|(has|have|had) left|(is|are) leaving|leaves (the|at|in|on)|departed|departure|resign\\w*|retir(ed|es|ing)|stepp(ed|ing) down|replac(ed|es|ing)|new|joined|appointed|took over|takes over|successor|promoted',
  'verlässt|verlassen|ausgeschieden|scheidet|gekündigt|abgang|neue[rnms]?|nachfolg\\w*|übernimmt|übernommen|ernannt|ersetzt|rücktritt|zurückgetreten|ruhestand',
  'quitt\\w*|démission\\w*|est partie?|départ|nouve(au|l|lle)|nommée?|remplac\\w*|successeur|succède|retraite|promue?',
])
const OTHERWISE = anyOf([
  'left (a )?(voicemail|message|note)|voicemail|mailbox|mailbox|répondeur|nachricht hinterlassen',
])

function told({ sayings, clock }: Seen, days: number): Change[] {
  return sayingsWithin(sayings, days, clock).flatMap(({ activity, sentences }) =>
    sentences.flatMap((sentence) => {
      const office = officeOf(sentence)
      if (!office || !says(sentence, CHANGED) || says(sentence, OTHERWISE) || denies(sentence, [CHANGED]))
        return []
      return [{ office, at: activity.at, fromRecord: false, evidence: activityEvidence(activity) }]
    }),
  )
}

/** Newest first; of several about one office the record speaks rather than the note. */
function onePerOffice(changes: readonly Change[]): Change[] {
  const ordered = changes.toSorted(
    (a, b) =>
      Number(b.fromRecord) - Number(a.fromRecord) ||
      b.at.getTime() - a.at.getTime() ||
      a.evidence.recordId.localeCompare(b.evidence.recordId),
  )
  const kept = new Map<string, Change>()
  for (const change of ordered) if (!kept.has(change.office)) kept.set(change.office, change)
  return [...kept.values()].toSorted(
    (a, b) => b.at.getTime() - a.at.getTime() || a.office.localeCompare(b.office),
  )
}
