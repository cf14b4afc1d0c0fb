import type { Person } from '../people.ts'
import { userId } from './crm-data.ts'

const MANAGER_ID = userId(1)

const owner = (ordinal: number, name: string, zone: string): Person => ({
  slackId: `U${String(ordinal).padStart(8, '0')}`,
  crmId: userId(ordinal),
  name,
  email: `${name.toLowerCase().replace(' ', '.')}@example.com`,
  role: 'owner',
  zone,
  managerCrmId: MANAGER_ID,
})

export const SAMPLE_PEOPLE: readonly Person[] = [
  owner(10, 'Dana Whitfield', 'America/New_York'),
  owner(11, 'Luis Carrasco', 'America/Los_Angeles'),
  owner(12, 'Ingrid Solheim', 'Europe/Oslo'),
  owner(13, 'Priya Raman', 'Asia/Kolkata'),
  {
    slackId: 'U00000001',
    crmId: MANAGER_ID,
    name: 'Marcus Bell',
    email: 'marcus.bell@example.com',
    role: 'manager',
    zone: 'America/Chicago',
    managerCrmId: null,
  },
  {
    slackId: 'U00000002',
    crmId: userId(2),
    name: 'Rosa Lindqvist',
    email: 'rosa.lindqvist@example.com',
    role: 'admin',
    zone: 'Europe/Stockholm',
    managerCrmId: null,
  },
  {
    slackId: 'U00000003',
    crmId: null,
    name: 'Tom Ferris',
    email: 'tom.ferris@example.com',
    role: 'none',
    zone: 'Europe/London',
    managerCrmId: null,
  },
]
