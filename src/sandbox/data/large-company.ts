import type { Person } from '../people.ts'
import { type CrmData, emptyRecords, MODULE_NAMES } from './crm-data.ts'
import { generateCompany } from './sample-company.ts'

/** Further apart than the made-up company has records of one module. */
const ID_STEP = 100_000
const RECORD_ID = /57257670000([1-7])(\d{7})/g
const OWNER_ID = /572576700009(\d{7})/g
/** Below these are the manager and the admin, whom all copies share. */
const FIRST_OWNER = 10

/** The made-up company many times over: each copy has owners of its own, with as many accounts as one has. */
export function largeCompany(copies: number): CrmData {
  const original = generateCompany({ seed: 'sergas', now: new Date() })
  const company: CrmData = { people: [...original.people], records: emptyRecords(), history: [] }
  for (let copy = 0; copy < copies; copy += 1) {
    const { people, records, history } = copyOf(original, copy)
    if (copy > 0) company.people.push(...people)
    for (const module of MODULE_NAMES) company.records[module].push(...records[module])
    company.history.push(...history)
  }
  return company
}

function copyOf({ people, records, history }: CrmData, copy: number): CrmData {
  if (copy === 0) return { people, records, history }
  const owners = people.filter(({ role }) => role === 'owner').map((person) => ownerCopy(person, copy))
  const moved = (digits: string) => String(Number(digits) + copy * ID_STEP).padStart(7, '0')
  const text = JSON.stringify({ people: owners, records, history })
    .replaceAll(RECORD_ID, (_, module, digits) => `57257670000${module}${moved(digits)}`)
    .replaceAll(OWNER_ID, (id, digits) =>
      Number(digits) < FIRST_OWNER ? id : `572576700009${moved(digits)}`,
    )
  const made: CrmData = JSON.parse(text)
  for (const account of made.records.Accounts) account.Account_Name = `${account.Account_Name} ${copy}`
  return made
}

function ownerCopy(person: Person, copy: number): Person {
  return {
    ...person,
    slackId: `U${String(copy).padStart(4, '0')}${person.slackId.slice(-4)}`,
    email: person.email.replace('@', `.${copy}@`),
  }
}
