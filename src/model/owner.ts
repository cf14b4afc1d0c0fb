import { z } from 'zod'

/** `none` sees and does nothing; `auditor` only reads the trail. */
export const Role = z.enum(['owner', 'manager', 'admin', 'auditor', 'none'])
export type Role = z.infer<typeof Role>

export const Preferences = z.object({
  /** Local time, `HH:MM`; null: whatever the company's is. */
  digestTime: z
    .string()
    .regex(/^\d{2}:\d{2}$/)
    .nullable()
    .default(null),
  /** ISO weekdays, Monday 1 to Sunday 7, on which a digest may come. */
  digestDays: z.array(z.int().min(1).max(7)).default([1, 2, 3, 4, 5]),
  /** Local times between which nothing is sent unasked. */
  quietFrom: z
    .string()
    .regex(/^\d{2}:\d{2}$/)
    .default('19:00'),
  quietUntil: z
    .string()
    .regex(/^\d{2}:\d{2}$/)
    .default('05:30'),
  mutedAccountIds: z.array(z.string()).default([]),
  /** IANA zone chosen by the person; absent: Slack's, else the CRM's. */
  zone: z.string().optional(),
  /** Nothing is proposed or sent until then, ISO 8601. */
  pausedUntil: z.string().nullable().default(null),
})
export type Preferences = z.infer<typeof Preferences>

/** A person as both the CRM and Slack know them. */
export type Owner = {
  /** The CRM user id. */
  id: string
  teamId: string
  slackUserId: string | null
  email: string
  name: string
  role: Role
  managerId: string | null
  /** IANA zone in force, see `Preferences.zone`. */
  zone: string
  active: boolean
  preferences: Preferences
}

export function isPaused({ preferences }: Pick<Owner, 'preferences'>, now: Date): boolean {
  return preferences.pausedUntil !== null && new Date(preferences.pausedUntil) > now
}
