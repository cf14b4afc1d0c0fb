import { expect, test } from 'vitest'
import { READ_CONNECTION, WRITE_CONNECTION } from '../../src/sandbox/zoho/oauth.ts'
import { ACCOUNT, startZoho } from './zoho-server.ts'

const form = (fields: Record<string, string>) => {
  const data = new FormData()
  for (const [name, value] of Object.entries(fields)) data.set(name, value)
  return data
}
const grant = {
  grant_type: 'refresh_token',
  client_id: READ_CONNECTION.clientId,
  client_secret: READ_CONNECTION.clientSecret,
  refresh_token: READ_CONNECTION.refreshToken,
}

test('a token request may be multipart, and the answer names the server itself as api_domain', async () => {
  await using zoho = await startZoho()

  const response = await fetch(`${zoho.base}/oauth/v2/token`, { method: 'POST', body: form(grant) })

  expect(response.status).toBe(200)
  expect(await response.json()).toMatchObject({ api_domain: zoho.base, expires_in: 3600 })
})

test.each([
  ['another client', { ...grant, client_id: 'nobody' }, 'invalid_client'],
  ['a wrong secret', { ...grant, client_secret: 'wrong' }, 'invalid_client_secret'],
  [
    'the refresh token of the other connection',
    { ...grant, refresh_token: WRITE_CONNECTION.refreshToken },
    'invalid_code',
  ],
  ['another grant', { ...grant, grant_type: 'password' }, 'unsupported_grant_type'],
])('a token request with %s is refused in the body of a 200', async (_, fields, error) => {
  await using zoho = await startZoho()

  const response = await fetch(`${zoho.base}/oauth/v2/token`, { method: 'POST', body: form(fields) })

  expect(response.status).toBe(200)
  expect(await response.json()).toEqual({ error })
})

test('the eleventh token within ten minutes is refused, and given again when the window has passed', async () => {
  let now = new Date('2026-11-20T12:00:00Z')
  await using zoho = await startZoho({ now: () => now })
  for (let count = 0; count < 10; count += 1) await zoho.token(READ_CONNECTION)

  const eleventh = await zoho.token(READ_CONNECTION)
  const other = await zoho.token(WRITE_CONNECTION)
  now = new Date('2026-11-20T12:10:01Z')
  const later = await zoho.token(READ_CONNECTION)

  expect(eleventh).toMatchObject({ error: 'Access Denied' })
  expect(other.access_token).toBeDefined()
  expect(later.access_token).toBeDefined()
})

test('an access token ends after an hour', async () => {
  let now = new Date('2026-11-20T12:00:00Z')
  await using zoho = await startZoho({ now: () => now })
  const before = await zoho.read('GET', '/Accounts?fields=Account_Name')

  now = new Date('2026-11-20T13:00:01Z')
  const after = await zoho.read('GET', '/Accounts?fields=Account_Name')

  expect(before.status).toBe(200)
  expect(after).toMatchObject({ status: 401, body: { code: 'INVALID_TOKEN' } })
})

test('a call without a token, or with the wrong kind of header, is not authenticated', async () => {
  await using zoho = await startZoho()

  const none = await zoho.request('GET', '/crm/v8/users')
  const bearer = await zoho.request('GET', '/crm/v8/users', undefined, { authorization: 'Bearer x' })

  expect(none).toMatchObject({ status: 401, body: { code: 'AUTHENTICATION_FAILURE' } })
  expect(bearer).toMatchObject({ status: 401, body: { code: 'INVALID_TOKEN' } })
})

test('the read connection cannot write, the write connection cannot watch, and neither changes anything', async () => {
  await using zoho = await startZoho()

  const written = await zoho.read('PUT', `/Accounts/${ACCOUNT}`, { data: [{ Health_Score: 1 }] })
  const watched = await zoho.write('POST', '/actions/watch', { watch: [] })

  expect(written).toMatchObject({ status: 401, body: { code: 'OAUTH_SCOPE_MISMATCH' } })
  expect(watched).toMatchObject({ status: 401, body: { code: 'OAUTH_SCOPE_MISMATCH' } })
  expect((await zoho.control('GET', `/records?module=Accounts&id=${ACCOUNT}`)).body.Health_Score).toBe(80)
})
