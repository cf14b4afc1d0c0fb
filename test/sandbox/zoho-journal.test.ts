import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ACCOUNT, DEAL, startZoho } from './zoho-server.ts'

let dir = ''
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'local-zoho-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

const record = async (zoho: Awaited<ReturnType<typeof startZoho>>, module: string, id: string) =>
  (await zoho.control('GET', `/records?module=${module}&id=${id}`)).body

test('everything answered for is there after a restart, and the first company is not asked for again', async () => {
  const task = { data: [{ Subject: 'Call', Sergas_Id: 'op-1' }], duplicate_check_fields: ['Sergas_Id'] }
  {
    await using before = await startZoho({ dir })
    await before.write('PUT', `/Accounts/${ACCOUNT}`, { data: [{ Health_Score: 7 }] })
    await before.write('POST', '/Tasks/upsert', task)
    await before.control('POST', '/edit', { module: 'Accounts', id: ACCOUNT, fields: { Industry: 'Retail' } })
    await before.control('POST', '/delete', { module: 'Deals', id: DEAL })
    const watch = { channel_id: '7', notify_url: 'http://127.0.0.1:1/', events: ['Accounts.all'] }
    await before.read('POST', '/actions/watch', { watch: [watch] })
  }

  await using after = await startZoho({
    dir,
    company: () => {
      throw new Error('the directory holds a company already')
    },
  })

  expect(await record(after, 'Accounts', ACCOUNT)).toMatchObject({ Health_Score: 7, Industry: 'Retail' })
  expect((await after.write('POST', '/Tasks/upsert', task)).body.data[0]).toMatchObject({ action: 'update' })
  expect((await after.read('GET', '/Deals/deleted')).body.data[0]?.id).toBe(DEAL)
  expect((await after.read('GET', '/actions/watch')).body.watch).toHaveLength(1)
  expect((await after.read('GET', `/Accounts/${ACCOUNT}/__timeline`)).body.__timeline).toHaveLength(2)
  expect((await after.control('GET', '/writes')).body).toMatchObject([
    { method: 'PUT', path: `/crm/v8/Accounts/${ACCOUNT}`, status: 200 },
    { method: 'POST', path: '/crm/v8/Tasks/upsert', status: 200 },
    { method: 'POST', path: '/crm/v8/Tasks/upsert', status: 200 },
  ])
})

test('a token given before a restart is good after it', async () => {
  const journaled = await startZoho({ dir })
  await journaled.read('GET', '/users')
  await journaled[Symbol.asyncDispose]()
  const token = /local-zoho-read-access-[\w-]+/.exec(
    readFileSync(join(dir, 'zoho-journal.jsonl'), 'utf8'),
  )?.[0]

  await using after = await startZoho({ dir })
  const answer = await after.request('GET', '/crm/v8/users', undefined, {
    authorization: `Zoho-oauthtoken ${token}`,
  })

  expect(answer.status).toBe(200)
})

test('a line cut short by a kill is dropped, and what comes after it is kept', async () => {
  {
    await using before = await startZoho({ dir })
    await before.write('PUT', `/Accounts/${ACCOUNT}`, { data: [{ Health_Score: 7 }] })
  }
  appendFileSync(join(dir, 'zoho-journal.jsonl'), '[{"kind":"record","module":"Accounts","rec')
  {
    await using between = await startZoho({ dir })
    expect(await record(between, 'Accounts', ACCOUNT)).toMatchObject({ Health_Score: 7 })
    await between.write('PUT', `/Accounts/${ACCOUNT}`, { data: [{ Industry: 'Retail' }] })
  }

  await using after = await startZoho({ dir })

  expect(await record(after, 'Accounts', ACCOUNT)).toMatchObject({ Health_Score: 7, Industry: 'Retail' })
})

test('a write is on file before its answer is heard', async () => {
  await using zoho = await startZoho({ dir })
  zoho.faults.add({ service: 'zoho', kind: 'lost_answer', rate: 1, count: 1, path: '/Accounts' })

  await expect(zoho.write('PUT', `/Accounts/${ACCOUNT}`, { data: [{ Health_Score: 7 }] })).rejects.toThrow()

  expect(readFileSync(join(dir, 'zoho-journal.jsonl'), 'utf8')).toContain('"Health_Score":7')
})
