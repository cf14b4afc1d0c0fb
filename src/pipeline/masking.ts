import type { Contact } from '../model/account.ts'
import type { Owner } from '../model/owner.ts'
import { visible } from '../privacy/invisible.ts'
import { mask, NOTHING_MASKED, restore } from '../privacy/mask.ts'

/** Hides the people it knows, and whatever form shows to be personal or secret, for as long as one chain of calls. */
export type Masking = {
  hide: (text: string) => string
  /** Puts back names. An address or a number that somebody wrote into a note is not said again. */
  restore: (text: string) => string
  /** Puts back everything: only for looking something up among our own, never to be said. */
  reveal: (text: string) => string
  /** From here on, these people too. */
  know: (of: People) => void
}

type People = { contacts: readonly Contact[]; owner: Owner | null }

const NAMES = '[person '

export function maskingFor(of: People): Masking {
  let people = peopleOf(of)
  let table = NOTHING_MASKED
  return {
    hide(text) {
      const masked = mask(visible(text).text, { people, regions: [] }, table)
      table = masked.table
      return masked.text
    },
    restore: (text) =>
      restore(text, {
        ...table,
        originals: new Map([...table.originals].filter(([placeholder]) => placeholder.startsWith(NAMES))),
      }),
    reveal: (text) => restore(text, table),
    know(more) {
      people = [...people, ...peopleOf(more)]
    },
  }
}

function peopleOf({ contacts, owner }: People) {
  return [...contacts, ...(owner ? [{ ...owner, phone: null }] : [])].map(({ name, email, phone }) => ({
    name,
    email,
    phone,
  }))
}
