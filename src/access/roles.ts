import type { Owner } from '../model/owner.ts'
import type { ActionClass } from '../model/review.ts'

/**
 * Who may do what, as pure rules over values; asked again at every press. A refusal is a sentence that says
 * whom to ask.
 */
export type Permission = { ok: true } | { ok: false; say: string }

export type Person = Pick<Owner, 'id' | 'role' | 'active'>

/** What is to be decided, and who answers for it as things stand now, not as they stood when it opened. */
export type DecisionSubject = {
  actionClass: ActionClass
  /** The account's owner; where the CRM names nobody we know, the person who was asked. Null: neither is known. */
  owner: Pick<Owner, 'id' | 'name' | 'active'> | null
  /** The owner's manager: second approver, and the one who decides while the owner is gone. */
  manager: Pick<Owner, 'id' | 'name'> | null
  /** Where four eyes are required: whose request this is. That person does not decide it. */
  requestedBy?: string | null
}

/** An account is not given away by the one who has it. */
const ownerDecides: Record<ActionClass, boolean> = {
  activity: true,
  field: true,
  amount: true,
  closing: true,
  ownership: false,
}

const unknownPerson =
  'I do not know you as a user of the CRM, so nothing was done. Ask an admin to link you: `/sergas link`.'
const yes: Permission = { ok: true }
const no = (say: string): Permission => ({ ok: false, say })

/** @param person null for somebody we do not know: guests, other workspaces, people nobody linked */
export function mayDecide(person: Person | null, subject: DecisionSubject): Permission {
  if (!person) return no(unknownPerson)
  if (!person.active) return no(`Your access has ended, so nothing was done. ${ask(subject)}`)
  if (person.role === 'none' || person.role === 'auditor') {
    return no(`Your role does not include decisions, so nothing was done. ${ask(subject)}`)
  }
  if (subject.requestedBy === person.id) {
    return no(`You asked for this yourself, so somebody else has to decide it. ${ask(subject, person)}`)
  }
  if (person.role === 'manager' && subject.manager?.id === person.id) return yes
  if (subject.owner?.id === person.id) {
    if (ownerDecides[subject.actionClass]) return yes
    return no(
      `Giving an account to somebody else is for its owner's manager to decide. ${ask(subject, person)}`,
    )
  }
  if (person.role === 'admin') {
    return no(`Admins do not decide for others, so nothing was done. ${ask(subject)}`)
  }
  return no(`This is not yours to decide, so nothing was done. ${ask(subject)}`)
}

/** An account as far as sight goes. A forbidden one is answered like an unknown one, so there is no sentence. */
export type Sight = { ownerId: string | null; ownerManagerId: string | null }

export function maySee(person: Person | null, { ownerId, ownerManagerId }: Sight): boolean {
  if (!person?.active || person.role === 'none' || person.role === 'auditor') return false
  if (ownerId === person.id) return true
  return person.role === 'manager' && ownerManagerId === person.id
}

/** Settings of the whole, linking people, pausing everyone, dead letters. */
export function mayAdminister(person: Person | null): Permission {
  if (!person) return no(unknownPerson)
  if (person.active && person.role === 'admin') return yes
  return no('This is for admins, so nothing was done. Ask one of your admins.')
}

/** Names those who may; `except` is the one who was just told no. */
function ask({ owner, manager, actionClass, requestedBy }: DecisionSubject, except?: Person): string {
  const able = [owner?.active && ownerDecides[actionClass] ? owner : null, manager]
    .filter((candidate) => candidate !== null)
    .filter(({ id }) => id !== except?.id && id !== requestedBy)
  const names = able.map(({ name }) => name)
  return names.length > 0 ? `Ask ${names.join(' or ')}.` : 'Ask an admin who should.'
}
