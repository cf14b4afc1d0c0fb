import { setTimeout as sleep } from 'node:timers/promises'
import { PGlite } from '@electric-sql/pglite'
import fc from 'fast-check'
import postgres from 'postgres'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { sharedSession, type Turn } from '../../src/platform/shared-session.ts'

let pglite: PGlite
let connect: ReturnType<typeof sharedSession>
const open: postgres.Sql[] = []

function client(turn: Turn = 'first'): postgres.Sql {
  const options = { user: 'postgres', max: 1, onnotice: () => {}, socket: () => connect(turn) }
  const sql = postgres(options as postgres.Options<Record<string, never>>)
  open.push(sql)
  return sql
}

beforeAll(async () => {
  pglite = await PGlite.create()
  await pglite.exec('create table tally (id int primary key, n int not null, said text)')
  connect = sharedSession(pglite)
})
beforeEach(() => pglite.exec('truncate tally; insert into tally values (1, 0)'))
afterAll(async () => {
  await Promise.all(open.map((sql) => sql.end({ timeout: 1 })))
  await pglite.close()
})

test('transactions of several clients never run into each other', async () => {
  const reader = client()
  const clients = [client('first'), client('later'), client('later')]
  const bytes = fc.constantFrom(10, 20_000, 200_000)
  const step = fc.record({ who: fc.nat(2), pause: fc.boolean(), fails: fc.boolean(), bytes })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      await pglite.exec('update tally set n = 0')
      const done = await Promise.allSettled(
        steps.map(({ who, pause, fails, bytes }) =>
          clients[who]?.begin(async (tx) => {
            const [row] = await tx`select n from tally where id = ${1}`
            if (pause) await sleep(0)
            const large = 'x'.repeat(bytes)
            await tx`update tally set n = ${row?.n + 1}, said = ${large} where id = ${1}`
            if (fails) await tx`select 1 / 0`
          }),
        ),
      )
      const kept = steps.filter(({ fails }) => !fails).length
      expect(done.filter(({ status }) => status === 'fulfilled')).toHaveLength(kept)
      expect(await reader`select n from tally`).toEqual([{ n: kept }])
    }),
    { numRuns: 60 },
  )
})

test('what else a client says while its transaction is open waits for the end of it', async () => {
  const sql = client()
  await sql`select 1`
  for (const bytes of [10, 20_000, 200_000]) {
    const order: string[] = []
    let outside: Promise<unknown> = Promise.resolve()
    const inside = sql.begin(async (tx) => {
      await tx`update tally set said = ${'x'.repeat(bytes)}`
      outside = sql`select said from tally`.then(([row]) => order.push(`outside, ${row?.said?.length ?? 0}`))
      await sleep(5)
      await tx`update tally set said = null`
      order.push('inside')
    })
    await inside
    await outside
    expect(order).toEqual(['inside', 'outside, 0'])
  }
})

test('statements sent together in a transaction stand or fall together', async () => {
  const sql = client()
  const both = sql.begin((tx) =>
    Promise.all([tx`insert into tally values (2, 0)`, tx`insert into tally values (1, 0)`]),
  )
  await expect(both).rejects.toMatchObject({ code: '23505' })
  expect(await sql`select id from tally`).toEqual([{ id: 1 }])
})

test('who goes first goes first, and who can wait is not forgotten', async () => {
  const [holder, later] = [client(), client('later')]
  const firsts = Array.from({ length: 8 }, () => client('first'))
  await Promise.all([holder, later, ...firsts].map((sql) => sql`select 1`))
  const order: string[] = []
  await holder.begin(async (tx) => {
    await tx`select 1`
    void later`select 1`.then(() => order.push('later'))
    for (const first of firsts) void first`select 1`.then(() => order.push('first'))
    await sleep(20)
    expect(order).toEqual([])
  })
  for (let waited = 0; order.length < 9 && waited < 5_000; waited += 5) await sleep(5)
  expect(order).toHaveLength(9)
  expect(order[0]).toBe('first')
  expect(order.indexOf('later')).toBeLessThan(order.lastIndexOf('first'))
})

test('a client that is gone in the middle of a transaction takes nothing with it and leaves nothing behind', async () => {
  const [leaving, staying] = [client(), client('later')]
  let left = () => {}
  const gone = new Promise<void>((resolve) => {
    left = resolve
  })
  const broken = leaving.begin(async (tx) => {
    await tx`insert into tally values (2, 0)`
    left()
    await new Promise(() => {})
  })
  broken.catch(() => {})
  await gone
  const asked = staying`select id from tally`
  await leaving.end({ timeout: 0 })
  expect(await asked).toEqual([{ id: 1 }])
  expect(await staying`select 1 as n`).toEqual([{ n: 1 }])
})
