import type { Person } from '../people.ts'
import { userId } from './crm-data.ts'

/** The files name the owners only; the others are the sandbox's own. */
const MANAGER = 'Grace Whitmore'
const ADMIN = 'Nadia Larsen'
const OUTSIDER = 'Tom Ferris'
const ZONES = [
  'America/New_York',
  'America/Chicago',
  'America/Denver',
  'America/Los_Angeles',
  'Europe/London',
  'Europe/Berlin',
]

/** One CRM user per owner, one manager of them all, one administrator, and one person without a CRM user. */
export function peopleOf(ownerNames: readonly string[]): Person[] {
  const managerId = userId(1)
  const person = (
    name: string,
    ordinal: number,
    more: Pick<Person, 'role' | 'zone' | 'managerCrmId'>,
  ): Person => ({
    slackId: `U${String(ordinal).padStart(8, '0')}`,
    crmId: more.role === 'none' ? null : userId(ordinal),
    name,
    email: emailOf(name),
    ...more,
  })
  return [
    person(MANAGER, 1, { role: 'manager', zone: 'America/New_York', managerCrmId: null }),
    person(ADMIN, 2, { role: 'admin', zone: 'Europe/Stockholm', managerCrmId: null }),
    person(OUTSIDER, 3, { role: 'none', zone: 'Europe/London', managerCrmId: null }),
    ...ownerNames.map((name, index) =>
      person(name, index + 10, {
        role: 'owner',
        zone: ZONES[index % ZONES.length] ?? 'America/New_York',
        managerCrmId: managerId,
      }),
    ),
  ]
}

function emailOf(name: string): string {
  const parts = name
    .toLowerCase()
    .replace(/[^a-z ]/g, '')
    .split(/ +/)
  return `${parts.join('.')}@example.com`
}
