import { expect, test } from 'vitest'
import { recordId } from '../../src/sandbox/data/crm-data.ts'
import { READ_CONNECTION } from '../../src/sandbox/zoho/oauth.ts'
import { ACCOUNT, DEAL, manyAccounts, OWNER, startZoho, type ZohoServer } from './zoho-server.ts'

const account = async (zoho: ZohoServer) =>
  (await zoho.control('GET', `/records?module=Accounts&id=${ACCOUNT}`)).body

test('a list shows the fields asked for, null where empty, with the present names of lookups', async () => {
  await using zoho = await startZoho()

  const { body } = await zoho.read('GET', '/Deals?fields=Deal_Name,Account_Name,Owner,Closing_Date,Nonsense')

  expect(body.data).toEqual([
    {
      id: DEAL,
      Deal_Name: 'Larkspur – renewal',
      Account_Name: { id: ACCOUNT, name: 'Larkspur' },
      Owner: OWNER,
      Closing_Date: null,
    },
  ])
  expect(body.info).toMatchObject({ count: 1, page: 1, more_records: false, next_page_token: null })
})

test.each([
  ['without fields', '/Accounts', 'REQUIRED_PARAM_MISSING'],
  ['with 51 fields', `/Accounts?fields=${Array(51).fill('Industry').join(',')}`, 'LIMIT_EXCEEDED'],
  ['of 201 a page', '/Accounts?fields=id&per_page=201', 'LIMIT_EXCEEDED'],
  ['beyond 2000 records by page', '/Accounts?fields=id&page=11', 'DISCRETE_PAGINATION_LIMIT_EXCEEDED'],
  ['by page and token', '/Accounts?fields=id&page=2&page_token=x', 'AMBIGUITY_DURING_PROCESSING'],
  ['with a made-up token', '/Accounts?fields=id&page_token=x', 'INVALID_DATA'],
  ['of no module', '/Widgets?fields=id', 'INVALID_MODULE'],
])('a list %s is refused', async (_, path, code) => {
  await using zoho = await startZoho()

  expect(await zoho.read('GET', path)).toMatchObject({ status: 400, body: { code, status: 'error' } })
})

test('page tokens lead past the 2000 wall and show every record once', async () => {
  await using zoho = await startZoho({ company: manyAccounts(2450) })
  const seen: string[] = []
  let next = '/Accounts?fields=id&sort_by=Modified_Time&sort_order=asc'

  for (let token: string | null = ''; token !== null; ) {
    const { body } = await zoho.read('GET', next)
    seen.push(...body.data.map((record) => String(record.id)))
    token = body.info.next_page_token
    next = `/Accounts?fields=id&sort_by=Modified_Time&sort_order=asc&page_token=${token}`
  }

  expect(seen).toHaveLength(2450)
  expect(new Set(seen).size).toBe(2450)
})

test('a page token is bound to its list and ends after a day', async () => {
  let now = new Date('2026-11-20T12:00:00Z')
  await using zoho = await startZoho({ company: manyAccounts(300), now: () => now })
  const first = await zoho.read('GET', '/Accounts?fields=id')
  const token = first.body.info.next_page_token

  const other = await zoho.read('GET', `/Accounts?fields=id,Account_Name&page_token=${token}`)
  now = new Date('2026-11-21T12:30:00Z')
  const tomorrow = await readAnew(zoho, `/Accounts?fields=id&page_token=${token}`)

  expect(other.body.code).toBe('TOKEN_BOUND_DATA_MISMATCH')
  expect(tomorrow.body.code).toBe('EXPIRED_VALUE')
})

// The access token of yesterday has ended too, so this one asks for its own.
async function readAnew(zoho: ZohoServer, path: string) {
  const { access_token } = await zoho.token(READ_CONNECTION)
  return zoho.request('GET', `/crm/v8${path}`, undefined, {
    authorization: `Zoho-oauthtoken ${access_token}`,
  })
}

test('nothing is 204 without a body: an empty list, an unknown id, a query without rows', async () => {
  await using zoho = await startZoho()

  expect(await zoho.read('GET', '/Tasks?fields=Subject')).toMatchObject({ status: 204, body: null })
  expect(await zoho.read('GET', `/Accounts/${recordId('Accounts', 99)}`)).toMatchObject({
    status: 204,
    body: null,
  })
  expect(await zoho.query('select id from Tasks where id is not null')).toMatchObject({
    status: 204,
    body: null,
  })
})

test('a list asked for news answers 304 when there are none', async () => {
  await using zoho = await startZoho()
  const since = { 'if-modified-since': '2026-06-01T00:00:00+00:00' }
  const before = await zoho.read('GET', '/Accounts?fields=id', undefined, since)
  await zoho.control('POST', '/edit', { module: 'Accounts', id: ACCOUNT, fields: { Industry: 'Retail' } })

  const after = await zoho.read('GET', '/Accounts?fields=id', undefined, since)

  expect(before.status).toBe(304)
  expect(after.body.data).toEqual([{ id: ACCOUNT }])
})

test('an update stamps the record and its timeline tells the old and the new value', async () => {
  const now = new Date('2026-11-20T12:00:00.750Z')
  await using zoho = await startZoho({ now: () => now })

  const { status, body } = await zoho.write('PUT', `/Accounts/${ACCOUNT}`, {
    data: [{ Health_Score: 55, Renewal_Date: '2027-02-01' }],
    trigger: [],
  })
  const timeline = await zoho.read('GET', `/Accounts/${ACCOUNT}/__timeline`)

  expect(status).toBe(200)
  expect(body.data[0]).toMatchObject({
    code: 'SUCCESS',
    status: 'success',
    details: {
      id: ACCOUNT,
      Modified_Time: '2026-11-20T07:00:00-05:00',
      Modified_By: { name: 'Sergas integration' },
    },
  })
  expect(timeline.body.__timeline[0]).toMatchObject({
    action: 'updated',
    source: 'crm_api',
    audited_time: '2026-11-20T07:00:00-05:00',
    field_history: [
      { api_name: 'Health_Score', _value: { old: '80', new: '55' } },
      { api_name: 'Renewal_Date', _value: { old: null, new: '2027-02-01' } },
    ],
  })
})

test('an update with If-Unmodified-Since is refused with 412 once the record has moved on', async () => {
  await using zoho = await startZoho()
  const condition = { 'if-unmodified-since': '2026-01-05T14:00:00+00:00' }
  const change = { data: [{ Health_Score: 55 }] }
  await zoho.control('POST', '/edit', { module: 'Accounts', id: ACCOUNT, fields: { Industry: 'Retail' } })

  const refused = await zoho.write('PUT', `/Accounts/${ACCOUNT}`, change, condition)
  const current = await account(zoho)
  const renewed = { 'if-unmodified-since': String(current.Modified_Time) }
  const accepted = await zoho.write('PUT', `/Accounts/${ACCOUNT}`, change, renewed)

  expect(refused).toMatchObject({
    status: 412,
    body: {
      data: [{ code: 'ALREADY_MODIFIED', details: { id: ACCOUNT, Modified_By: { name: OWNER.name } } }],
    },
  })
  expect(current.Health_Score).toBe(80)
  expect(accepted.status).toBe(200)
})

test.each([
  ['a choice that is none', { Account_Status: 'Splendid' }, 'INVALID_DATA'],
  ['a text for a number', { Health_Score: '80' }, 'INVALID_DATA'],
  ['a day that is none', { Renewal_Date: '2027-02-30' }, 'INVALID_DATA'],
  ['an owner who is none', { Owner: { id: '1' } }, 'INVALID_DATA'],
  ['no name', { Account_Name: null }, 'MANDATORY_NOT_FOUND'],
  ['the external id of another account', { External_Id: 'l-1' }, 'DUPLICATE_DATA'],
])('an update with %s is refused and changes nothing', async (_, fields, code) => {
  await using zoho = await startZoho()
  const id = recordId('Accounts', 2)

  const { status, body } = await zoho.write('PUT', `/Accounts/${id}`, {
    data: [{ Industry: 'Retail', ...fields }],
  })

  expect(status).toBe(400)
  expect(body.data[0]).toMatchObject({ code, status: 'error', details: { api_name: Object.keys(fields)[0] } })
  expect((await zoho.control('GET', `/records?module=Accounts&id=${id}`)).body.Industry).toBeNull()
})

test('each item of a batch has its own outcome, in the order sent, under 207', async () => {
  await using zoho = await startZoho()

  const { status, body } = await zoho.write('POST', '/Accounts', {
    data: [{ Account_Name: 'New' }, { Industry: 'Retail' }, { Account_Name: 'Twin', External_Id: 'L-1' }],
  })

  expect(status).toBe(207)
  expect(body.data.map((item) => item.code)).toEqual(['SUCCESS', 'MANDATORY_NOT_FOUND', 'DUPLICATE_DATA'])
  expect(body.data[2]?.details.duplicate_record.id).toBe(ACCOUNT)
})

test('an upsert by a unique field creates once, however often it is sent', async () => {
  await using zoho = await startZoho()
  const task = {
    data: [
      {
        Subject: 'Call Ada',
        Sergas_Id: 'op-1',
        What_Id: ACCOUNT,
        $se_module: 'Accounts',
        Due_Date: '2026-12-01',
      },
    ],
    duplicate_check_fields: ['Sergas_Id'],
    trigger: [],
  }

  const first = await zoho.write('POST', '/Tasks/upsert', task)
  const second = await zoho.write('POST', '/Tasks/upsert', task)
  const tasks = await zoho.read('GET', '/Tasks?fields=Subject,Status,What_Id')

  expect(first.body.data[0]).toMatchObject({ action: 'insert', duplicate_field: null })
  expect(second.body.data[0]).toMatchObject({ action: 'update', duplicate_field: 'Sergas_Id' })
  expect(tasks.body.data).toEqual([
    {
      id: first.body.data[0]?.details.id,
      Subject: 'Call Ada',
      Status: 'Not Started',
      What_Id: { id: ACCOUNT, name: 'Larkspur' },
    },
  ])
})

test('an activity must say which module its record is of, and touches that record', async () => {
  await using zoho = await startZoho({ now: () => new Date('2026-11-20T12:00:00Z') })

  const unsaid = await zoho.write('POST', '/Tasks', { data: [{ Subject: 'Call', What_Id: ACCOUNT }] })
  const said = await zoho.write('POST', '/Tasks', {
    data: [{ Subject: 'Call', What_Id: { id: ACCOUNT }, $se_module: 'Accounts' }],
  })

  expect(unsaid.body.data[0]?.code).toBe('DEPENDENT_FIELD_MISSING')
  expect(said.status).toBe(201)
  expect(await account(zoho)).toMatchObject({
    Last_Activity_Time: '2026-11-20T07:00:00-05:00',
    Modified_Time: '2026-01-05T09:00:00-05:00',
  })
})

test('a note is written to its parent by either door and read from its related list', async () => {
  await using zoho = await startZoho()

  const direct = await zoho.write('POST', '/Notes', {
    data: [{ Note_Content: 'One', Parent_Id: { id: ACCOUNT, module: { api_name: 'Accounts' } } }],
  })
  const nested = await zoho.write('POST', `/Accounts/${ACCOUNT}/Notes`, { data: [{ Note_Content: 'Two' }] })
  const orphan = await zoho.write('POST', '/Notes', {
    data: [{ Note_Content: 'x', Parent_Id: { id: ACCOUNT } }],
  })
  const notes = await zoho.read(
    'GET',
    `/Accounts/${ACCOUNT}/Notes?fields=Note_Content,Parent_Id&sort_order=asc`,
  )

  expect([direct.status, nested.status]).toEqual([201, 201])
  expect(orphan.body.data[0]?.code).toBe('DEPENDENT_FIELD_MISSING')
  expect(notes.body.data.map((note) => note.Note_Content)).toEqual(['One', 'Two'])
  expect(notes.body.data[0]?.Parent_Id).toEqual({
    id: ACCOUNT,
    name: 'Larkspur',
    module: { api_name: 'Accounts' },
  })
})

test('a stage that changes takes the probability and the time of the change with it', async () => {
  await using zoho = await startZoho({ now: () => new Date('2026-11-20T12:00:00Z') })

  await zoho.write('PUT', `/Deals/${DEAL}`, { data: [{ Stage: 'Negotiation' }] })
  await zoho.write('PUT', `/Deals/${DEAL}`, { data: [{ Next_Step: 'Sign' }] })

  expect((await zoho.control('GET', `/records?module=Deals&id=${DEAL}`)).body).toMatchObject({
    Stage: 'Negotiation',
    Probability: 80,
    Expected_Revenue: 800,
    Stage_Changed_Time: '2026-11-20T07:00:00-05:00',
  })
})

test('what is deleted is gone from lists, told by /deleted, and empty where others led to it', async () => {
  await using zoho = await startZoho({ now: () => new Date('2026-11-20T12:00:00Z') })

  const gone = await zoho.write('DELETE', `/Accounts?ids=${ACCOUNT}`)
  const again = await zoho.write('DELETE', `/Accounts/${ACCOUNT}`)
  const deleted = await zoho.read('GET', '/Accounts/deleted?type=all')
  const since = { 'if-modified-since': '2026-11-21T00:00:00+00:00' }

  expect(gone.body.data[0]).toMatchObject({ code: 'SUCCESS', details: { id: ACCOUNT } })
  expect(again).toMatchObject({ status: 400, body: { data: [{ code: 'INVALID_DATA' }] } })
  expect(deleted.body.data).toMatchObject([
    { id: ACCOUNT, display_name: 'Larkspur', type: 'recycle', deleted_time: '2026-11-20T07:00:00-05:00' },
  ])
  expect((await zoho.read('GET', '/Accounts/deleted', undefined, since)).status).toBe(304)
  expect((await zoho.read('GET', `/Deals/${DEAL}?fields=Account_Name`)).body.data[0]?.Account_Name).toBeNull()
})

test('a search reads criteria with escaped brackets, e-mail and word', async () => {
  await using zoho = await startZoho()
  await zoho.write('POST', '/Accounts', { data: [{ Account_Name: 'Finch (north), Ltd' }] })

  const criteria = '((Account_Name:equals:finch \\(north\\)\\, ltd)or(Health_Score:greater_than:79))'
  const found = await zoho.read(
    'GET',
    `/Accounts/search?fields=Account_Name&criteria=${encodeURIComponent(criteria)}`,
  )
  const mail = await zoho.read('GET', '/Contacts/search?email=ADA@larkspur.example&fields=Full_Name')
  const word = await zoho.read('GET', '/Accounts/search?word=finch&fields=Account_Name')
  const broken = await zoho.read('GET', '/Accounts/search?criteria=(Account_Name:equals')

  expect(found.body.data.map((each) => each.Account_Name).sort()).toEqual(['Finch (north), Ltd', 'Larkspur'])
  expect(mail.body.data[0]?.Full_Name).toBe('Ada Berg')
  expect(word.body.info.count).toBe(2)
  expect(broken.body.code).toBe('INVALID_QUERY')
})

test('settings tell what each field is and may hold; users tell who is who', async () => {
  await using zoho = await startZoho()

  const fields = (await zoho.read('GET', '/settings/fields?module=Accounts')).body.fields
  const status = fields.find((field) => field.api_name === 'Account_Status')
  const modified = fields.find((field) => field.api_name === 'Modified_Time')
  const users = (await zoho.read('GET', '/users?type=ActiveUsers')).body.users

  expect(status).toMatchObject({ data_type: 'picklist', custom_field: true, read_only: false })
  expect(status?.pick_list_values.map((value) => value.actual_value)).toContain('At Risk')
  expect(modified).toMatchObject({ data_type: 'datetime', read_only: true })
  expect(users.find((user) => user.id === OWNER.id)).toMatchObject({
    full_name: OWNER.name,
    email: OWNER.email,
    time_zone: 'America/New_York',
    Reporting_To: { name: 'Mona Manager' },
  })
})

test('a person who edits is on the record and in its history, and not in the log of API writes', async () => {
  await using zoho = await startZoho()

  const edited = await zoho.control('POST', '/edit', {
    module: 'Accounts',
    id: ACCOUNT,
    fields: { Account_Status: 'At Risk', Last_Activity_Time: '2026-02-01T10:00:00+00:00' },
  })
  const wrong = await zoho.control('POST', '/edit', {
    module: 'Accounts',
    id: ACCOUNT,
    fields: { Health_Score: 'x' },
  })
  const timeline = await zoho.read('GET', `/Accounts/${ACCOUNT}/__timeline`)

  expect(edited.body).toMatchObject({
    Account_Status: 'At Risk',
    Last_Activity_Time: '2026-02-01T10:00:00+00:00',
  })
  expect(wrong.status).toBe(400)
  expect(timeline.body.__timeline[0]).toMatchObject({ source: 'crm_ui', done_by: { name: OWNER.name } })
  expect((await zoho.control('GET', '/writes')).body).toEqual([])
})
