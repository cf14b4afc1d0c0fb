import { expect, test } from 'vitest'
import { ACCOUNT, DEAL, OWNER, startZoho, type ZohoServer } from './zoho-server.ts'

const text = async (zoho: ZohoServer, path: string) => (await fetch(zoho.base + path)).text()
const record = (zoho: ZohoServer) =>
  zoho.control('GET', `/records?module=Accounts&id=${ACCOUNT}`).then(({ body }) => body)

/** The form of a record page, as a browser would send it with some fields changed. */
async function submit(zoho: ZohoServer, changes: Record<string, string>) {
  const page = await text(zoho, `/zoho/records/Accounts/${ACCOUNT}`)
  const form = new URLSearchParams()
  for (const [, name = '', value = ''] of page.matchAll(/name="was\.(\w+)" value="([^"]*)"/g)) {
    form.set(`was.${name}`, value)
    form.set(name, value)
  }
  for (const [name, value] of Object.entries(changes)) form.set(name, value)
  return fetch(`${zoho.base}/zoho/records/Accounts/${ACCOUNT}`, {
    method: 'POST',
    body: form,
    redirect: 'manual',
  })
}

test('the list of accounts can be narrowed by name and owner', async () => {
  await using zoho = await startZoho()

  const all = await text(zoho, '/zoho/accounts')
  const named = await text(zoho, '/zoho/accounts?q=LARK')
  const others = await text(zoho, '/zoho/accounts?owner=5725767000090000011')

  expect(all).toContain('Finch&#39;s')
  expect(named).toContain('>Larkspur<')
  expect(named).not.toContain('Finch')
  expect(others).toContain('No account matches')
})

test('what the CRM holds is shown as text, never as markup', async () => {
  await using zoho = await startZoho()
  const name = '<script>alert(1)</script>"&'
  await zoho.control('POST', '/edit', { module: 'Accounts', id: ACCOUNT, fields: { Account_Name: name } })
  await zoho.write('POST', `/Accounts/${ACCOUNT}/Notes`, {
    data: [{ Note_Content: '<img src=x onerror=1>' }],
  })

  const pages = [
    await text(zoho, '/zoho/accounts'),
    await text(zoho, `/zoho/records/Accounts/${ACCOUNT}`),
    await text(zoho, '/zoho/writes'),
  ]

  for (const page of pages) {
    expect(page).not.toContain('<script>alert')
    expect(page).not.toContain('<img')
  }
  expect(pages[1]).toContain('&lt;script&gt;alert(1)&lt;/script&gt;&quot;&amp;')
})

test('the form changes what was touched and nothing else, in the name of who is chosen', async () => {
  await using zoho = await startZoho()

  const answer = await submit(zoho, { Renewal_Date: '2027-03-01', Account_Status: 'At Risk', by: OWNER.id })

  expect(answer.status).toBe(303)
  expect(await record(zoho)).toMatchObject({
    Renewal_Date: '2027-03-01',
    Account_Status: 'At Risk',
    Health_Score: 80,
  })
  const { body } = await zoho.read('GET', `/Accounts/${ACCOUNT}/__timeline`)
  expect(body.__timeline).toMatchObject([
    { source: 'crm_ui', done_by: { name: OWNER.name }, field_history: [{}, {}] },
  ])
  expect(await text(zoho, `/zoho/records/Accounts/${ACCOUNT}`)).toContain('1 Mar 2027')
})

test('a form that changes nothing writes nothing', async () => {
  await using zoho = await startZoho()
  const before = await record(zoho)

  await submit(zoho, {})

  expect(await record(zoho)).toEqual(before)
})

test('a value that does not fit is refused with the reason, and what was typed is still there', async () => {
  await using zoho = await startZoho()

  const answer = await submit(zoho, { Website: 'nowhere', Industry: 'Half a thought' })
  const page = await answer.text()

  expect(answer.status).toBe(400)
  expect(page).toContain('Website: invalid data')
  expect(page).toContain('value="Half a thought"')
  expect((await record(zoho)).Industry).toBeNull()
})

test('the write log shows each write with its outcome; edits on the page are not in it', async () => {
  await using zoho = await startZoho()
  await zoho.write('PUT', `/Accounts/${ACCOUNT}`, { data: [{ Account_Status: 'Splendid' }] })
  await submit(zoho, { Industry: 'Retail' })

  const page = await text(zoho, '/zoho/writes?live=1')

  expect(page).toContain('400 INVALID_DATA')
  expect(page).toContain('Splendid')
  expect(page).not.toContain('Retail')
  expect(page).not.toContain('<html')
})

test('what came by API is marked as Sergas’s until a person changes it, and leads to the request', async () => {
  await using zoho = await startZoho()
  const path = `/zoho/records/Accounts/${ACCOUNT}`
  const marked = (page: string) =>
    [...page.matchAll(/data-field="(\w+)">(?:(?!<\/dd>).)*written by Sergas/gs)].map(([, field]) => field)
  expect(await text(zoho, path)).not.toContain('Requests by API')

  await zoho.write('PUT', `/Accounts/${ACCOUNT}`, { data: [{ Industry: 'Energy', Health_Score: 61 }] })
  await zoho.write('PUT', `/Accounts/${ACCOUNT}`, { data: [{ Account_Status: 'Splendid' }] })

  const written = await text(zoho, path)
  expect(marked(written)).toEqual(['Health_Score', 'Industry'])
  expect(written).toMatch(/Sergas integration <span class="quiet">changed by API/)
  expect(written).toContain(`/zoho/writes?record=${ACCOUNT}">Requests by API (2)`)
  await submit(zoho, { Industry: 'Retail' })
  expect(marked(await text(zoho, path))).toEqual(['Health_Score'])
})

test('the write log can be narrowed to one record', async () => {
  await using zoho = await startZoho()
  await zoho.write('PUT', `/Accounts/${ACCOUNT}`, { data: [{ Industry: 'Energy' }] })
  const { body } = await zoho.write('POST', '/Tasks', {
    data: [{ Subject: 'Call them', What_Id: { id: ACCOUNT }, $se_module: 'Accounts' }],
  })

  const page = await text(zoho, `/zoho/writes?record=${body.data[0]!.details.id}`)

  expect(page).toContain('1 request to change')
  expect(page).toContain('Call them')
  expect(page).not.toContain('Energy')
})

test('the way back leads over the account, and a closed deal is said to be closed', async () => {
  await using zoho = await startZoho()
  await zoho.control('POST', '/edit', {
    module: 'Deals',
    id: DEAL,
    fields: { Stage: 'Closed Won', Closing_Date: '2026-09-24' },
  })

  const account = await text(zoho, `/zoho/records/Accounts/${ACCOUNT}`)
  const deal = await text(zoho, `/zoho/records/Deals/${DEAL}`)

  expect(account).toContain('closed 24 Sep 2026')
  expect(account.match(/<div class="crumb">.*?<\/div>/s)?.[0].replace(/<[^>]+>/g, '')).toBe('Accounts')
  expect(deal.match(/<div class="crumb">.*?<\/div>/s)?.[0].replace(/<[^>]+>/g, '')).toBe(
    'Accounts / Larkspur / Deals',
  )
})

test('a link to a record on Zoho’s own pages leads to its page here; a record that is not there says so', async () => {
  await using zoho = await startZoho()

  const linked = await fetch(`${zoho.base}/crm/tab/Accounts/${ACCOUNT}`)
  const missing = await fetch(`${zoho.base}/zoho/records/Accounts/1`)

  expect(linked.url).toBe(`${zoho.base}/zoho/records/Accounts/${ACCOUNT}`)
  expect(linked.status).toBe(200)
  expect(missing.status).toBe(404)
})
