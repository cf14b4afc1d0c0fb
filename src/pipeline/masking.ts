import type { Contact } from '../model/account.ts'
import type { Owner } from '../model/owner.ts'
import { visible } from '../privacy/invisible.ts'
import { mask, NOTHING_MASKED, restore } from '../privacy/mask.ts'

/** Hides the people of one account, and whatever form shows to be personal or secret, for as long as one chain of calls. */
export type Masking = {
  hide: (text: string) => string
  /** Puts back names. An address or a number that somebody wrote into a note is not said again. */
  restore: (text: string) => string
}

const NAMES = '[person '

export function maskingFor({
  contacts,
  owner,
}: {
  contacts: readonly Contact[]
  owner: Owner | null
}): Masking {
  const people = [...contacts, ...(owner ? [{ ...owner, phone: null }] : [])].map(
    ({ name, email, phone }) => ({
      name,
      email,
      phone,
    }),
  )
  const known = { people, regions: [] }
  let table = NOTHING_MASKED
  return {
    hide(text) {
      const masked = mask(visible(text).text, known, table)
      table = masked.table
      return masked.text
    },
    restore: (text) =>
      restore(text, {
        ...table,
        originals: new Map([...table.originals].filter(([placeholder]) => placeholder.startsWith(NAMES))),
      }),
  }
}
