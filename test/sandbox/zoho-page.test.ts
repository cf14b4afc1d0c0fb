import { expect, test } from 'vitest'
import { ACCOUNT, OWNER, startZoho, type ZohoServer } from './zoho-server.ts'

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

test('a link to a record on Zoho’s own pages leads to its page here; a record that is not there says so', async () => {
  await using zoho = await startZoho()

  const linked = await fetch(`${zoho.base}/crm/tab/Accounts/${ACCOUNT}`)
  const missing = await fetch(`${zoho.base}/zoho/records/Accounts/1`)

  expect(linked.url).toBe(`${zoho.base}/zoho/records/Accounts/${ACCOUNT}`)
  expect(linked.status).toBe(200)
  expect(missing.status).toBe(404)
})
