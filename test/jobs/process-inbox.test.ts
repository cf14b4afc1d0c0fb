import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { UpstreamError } from '../../src/errors.ts'
import { processInbox, ZOHO } from '../../src/jobs/process-inbox.ts'
import type { Db } from '../../src/store/db.ts'
import { inbox } from '../../src/store/schema.ts'
import { openDatabase } from '../database.ts'
import { emptied, jobTools } from './job-tools.ts'

const WINDOW = 300_000
let db: Db
let close: () => Promise<void>
beforeAll(async () => {
  ;({ db, close } = await openDatabase())
})
afterAll(() => close())
beforeEach(() => emptied(db))

const hint = (module: string) => ({ module, ids: [`${module}-1`], operation: 'update' })
const arrived = (eventKey: string, secondsAgo: number, body: Record<string, unknown>) =>
  db
    .insert(inbox)
    .values({ source: ZOHO, eventKey, body, receivedAt: new Date(Date.now() - secondsAgo * 1_000) })
const rows = async () => new Map((await db.select().from(inbox)).map((row) => [row.eventKey, row]))

test('what came in meanwhile is handed over for its own time, not a whole window later', async () => {
  await arrived('first', 301, hint('Deals'))
  await arrived('second', 200, hint('Deals'))
  const { tools, handedOver } = jobTools(db)

  await processInbox.run({}, tools)

  expect((await rows()).get('first')?.processedAt).not.toBeNull()
  const [next] = handedOver
  expect(next?.name).toBe('process-inbox')
  expect(next?.delayMs).toBeGreaterThan(60_000)
  expect(next?.delayMs).toBeLessThanOrEqual(WINDOW - 200_000)
})

test('one that cannot be read, and a module that cannot, do not hold up the others', async () => {
  await arrived('nonsense', 400, { hello: 'world' })
  await arrived('deals', 400, hint('Deals'))
  await arrived('tasks', 400, hint('Tasks'))
  const { tools } = jobTools(db)
  const read: string[] = []
  const records = async (module: string) => {
    read.push(module)
    if (module === 'Deals')
      throw new UpstreamError('Zoho is down', { service: 'zoho', status: 503, sent: false })
    return 1
  }

  await expect(processInbox.run({}, { ...tools, sync: { ...tools.sync, records } })).rejects.toThrow(
    'Zoho is down',
  )

  expect(read).toEqual(['Deals', 'Tasks'])
  const kept = await rows()
  expect(kept.get('nonsense')).toMatchObject({ processedAt: expect.any(Date), error: 'cannot be read' })
  expect(kept.get('tasks')).toMatchObject({ processedAt: expect.any(Date), error: null })
  expect(kept.get('deals')).toMatchObject({ processedAt: null, error: 'Zoho is down' })
})

test('what failed for an hour is left to the regular sync', async () => {
  await arrived('old', 3_700, hint('Deals'))
  const { tools } = jobTools(db)
  const records = () => Promise.reject(new Error('refused'))

  await expect(processInbox.run({}, { ...tools, sync: { ...tools.sync, records } })).rejects.toThrow(
    'refused',
  )

  expect((await rows()).get('old')).toMatchObject({ processedAt: expect.any(Date), error: 'refused' })
})
