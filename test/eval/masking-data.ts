import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { ROOT } from '../processes.ts'
import type { Note } from './masking-notes.ts'

/** Data that is no part of the project: what needs it is skipped without. */
const SHARED = process.env.SERGAS_SHARED ?? join(ROOT, '..', 'shared')
const TEXTS = join(SHARED, 'data', 'text')
export const CONTACTS_FILE = join(SHARED, 'data', 'crm-demo', 'contacts.csv')
const PRESIDIO_FILE = join(TEXTS, 'pii_presidio_first500.json')

const KINDS: Readonly<Record<string, string>> = {
  EMAIL_ADDRESS: 'email',
  CREDIT_CARD: 'card',
  IBAN_CODE: 'iban',
  IP_ADDRESS: 'ip',
  PHONE_NUMBER: 'phone',
  US_SSN: 'government_id',
}

const Presidio = z.array(
  z.object({
    full_text: z.string(),
    spans: z.array(
      z.object({ entity_type: z.string(), start_position: z.number(), end_position: z.number() }),
    ),
  }),
)

/** Null when it is not there. Its offsets count code points. */
export function presidioNotes(): Note[] | null {
  if (!existsSync(PRESIDIO_FILE)) return null
  return Presidio.parse(JSON.parse(readFileSync(PRESIDIO_FILE, 'utf8'))).map(({ full_text: text, spans }) => {
    const signs = [...text]
    const at = (place: number) => signs.slice(0, place).join('').length
    return {
      text,
      gold: spans.flatMap(({ entity_type, start_position, end_position }) => {
        const kind = KINDS[entity_type]
        return kind ? [{ kind, start: at(start_position), end: at(end_position) }] : []
      }),
    }
  })
}

const Meetings = z.array(z.object({ contact_name: z.string(), summary: z.string() }))
const Contacts = z.array(
  z.object({ name: z.string(), email: z.string().nullish(), phone: z.string().nullish() }),
)

/** Null when they are not there. */
export function crmNotes(): {
  meetings: z.infer<typeof Meetings>
  contacts: z.infer<typeof Contacts>
} | null {
  const [meetings, contacts] = ['crm_previous_meetings.json', 'crm_existing_contacts.json'].map((name) =>
    join(TEXTS, name),
  )
  if (!meetings || !contacts || !existsSync(meetings) || !existsSync(contacts)) return null
  const read = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'))
  return { meetings: Meetings.parse(read(meetings)), contacts: Contacts.parse(read(contacts)) }
}
