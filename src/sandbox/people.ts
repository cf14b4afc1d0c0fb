/** Someone in the sandbox company, as both the local Slack and the local Zoho know them. */
export type Person = {
  slackId: string
  /** Null for someone without a CRM user. */
  crmId: string | null
  name: string
  email: string
  role: 'owner' | 'manager' | 'admin' | 'none'
  /** IANA zone, e.g. `Europe/Paris`. */
  zone: string
  /** CRM id of the person they report to. */
  managerCrmId: string | null
}
