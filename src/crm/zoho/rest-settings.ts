import { z } from 'zod'
import { UpstreamError } from '../../errors.ts'
import type { Module } from '../../model/field.ts'
import type { CrmField, CrmUser } from '../crm.ts'
import type { Http } from './http.ts'
import { accepted, parsed } from './wire.ts'

/** Everyone, also those no longer active. */
export async function readUsers(http: Http): Promise<CrmUser[]> {
  const found: CrmUser[] = []
  for (let page = 1; ; page += 1) {
    const answer = await http({
      endpoint: 'users',
      method: 'GET',
      path: '/users',
      query: { type: 'AllUsers', per_page: '200', page: String(page) },
      read: true,
    })
    const body = accepted(answer, 'the users')
    if (body === null) return found
    const answered = parsed(UsersBody, body, 'the users')
    found.push(...answered.users.map(userOf))
    if (!answered.info?.more_records) return found
  }
}

/** The id of the user whose connection this is. */
export async function readCurrentUser(http: Http): Promise<string> {
  const what = 'whose connection this is'
  const answer = await http({
    endpoint: 'users',
    method: 'GET',
    path: '/users',
    query: { type: 'CurrentUser' },
    read: true,
  })
  const [user] = parsed(UsersBody, accepted(answer, what), what).users
  if (!user)
    throw new UpstreamError('Zoho does not say whose connection this is', { service: 'zoho', sent: false })
  return user.id
}

export async function readFields(http: Http, module: Module): Promise<CrmField[]> {
  const answer = await http({
    endpoint: 'fields',
    method: 'GET',
    path: '/settings/fields',
    query: { module },
    read: true,
  })
  const body = accepted(answer, `the fields of ${module}`)
  return body === null ? [] : parsed(FieldsBody, body, `the fields of ${module}`).fields.map(fieldOf)
}

const UserBody = z.object({
  id: z.string(),
  full_name: z.string().nullish(),
  email: z.string(),
  status: z.string().nullish(),
  profile: z.object({ name: z.string() }).nullish(),
  Reporting_To: z.object({ id: z.string() }).nullish(),
  time_zone: z.string().nullish(),
})
const UsersBody = z.object({
  users: z.array(UserBody),
  info: z.object({ more_records: z.boolean().catch(false) }).optional(),
})

function userOf(user: z.infer<typeof UserBody>): CrmUser {
  return {
    id: user.id,
    name: user.full_name || user.email,
    email: user.email,
    active: user.status === 'active',
    isAdmin: user.profile?.name === 'Administrator',
    managerId: user.Reporting_To?.id ?? null,
    zone: user.time_zone || null,
  }
}

const FieldBody = z.object({
  api_name: z.string(),
  data_type: z.string(),
  read_only: z.boolean().catch(false),
  field_read_only: z.boolean().catch(false),
  pick_list_values: z
    .array(z.object({ display_value: z.string(), actual_value: z.string().nullish() }))
    .nullish()
    .catch(null),
})
const FieldsBody = z.object({ fields: z.array(FieldBody) })

function fieldOf(field: z.infer<typeof FieldBody>): CrmField {
  const isPicklist = field.data_type.endsWith('picklist')
  return {
    api: field.api_name,
    type: field.data_type,
    readOnly: field.read_only || field.field_read_only,
    choices: isPicklist
      ? (field.pick_list_values ?? []).map((each) => each.actual_value ?? each.display_value)
      : null,
  }
}
