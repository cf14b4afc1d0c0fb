import { sql } from 'drizzle-orm'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createMessenger } from '../../src/slack/messenger.ts'
import { enqueueMessage, outboxIsEmpty } from '../../src/store/outbox.ts'
import { limits, outbox } from '../../src/store/schema.ts'
import { openDatabase } from '../database.ts'
import { openSlack, section, silent, teamId } from './workspace.ts'

const channel = 'C0TEAM'
let database: Awaited<ReturnType<typeof openDatabase>>

beforeAll(async () => {
  database = await openDatabase()
})
afterAll(() => database.close())

const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('write' as const), message: fc.integer({ min: 0, max: 3 }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('break' as const),
      kind: fc.constantFrom('lost_answer', 'reset', 'error', 'html', 'rate_limit'),
      path: fc.constantFrom('chat.postMessage', 'chat.update', 'conversations.history'),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('deliver' as const), processes: fc.integer({ min: 1, max: 2 }) }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'crash' as const }) },
  { weight: 2, arbitrary: fc.constant({ do: 'wait' as const }) },
)

test('whatever breaks on the way, every message stands in Slack once, in order, and says what was written last', {
  timeout: 60_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30 }), async (steps) => {
      const { db } = database
      await db.delete(outbox)
      await db.delete(limits)
      const slack = await openSlack()
      const process = () =>
        createMessenger({
          db,
          renewals: db,
          leases: new Set(),
          bulk: slack.client,
          interactive: slack.client,
          log: silent,
          teamId,
          rateFactor: 1000,
          renderCard: async () => null,
        })
      const letTimePass = async () => {
        await db.update(outbox).set({ nextAttemptAt: sql`clock_timestamp()`, leaseUntil: null })
        await db.delete(limits)
      }
      const written = new Map<number, string>()
      let version = 0
      try {
        for (const one of steps) {
          switch (one.do) {
            case 'write': {
              version += 1
              const text = `message ${one.message}, version ${version}`
              await enqueueMessage(db, {
                teamId,
                channel,
                messageKey: `message:${one.message}`,
                action: written.has(one.message) ? 'update' : 'post',
                dedupeKey: `version:${version}`,
                body: { text, blocks: [section(text)] },
              })
              written.set(one.message, text)
              break
            }
            case 'break':
              slack.faults.add({
                service: 'slack',
                kind: one.kind as 'reset',
                path: one.path,
                rate: 1,
                count: 1,
              })
              break
            case 'deliver':
              await Promise.all(Array.from({ length: one.processes }, () => process().deliver(channel)))
              break
            case 'crash':
              // A process claimed the next row and was killed: maybe before it sent, which nobody knows.
              await db
                .update(outbox)
                .set({
                  lease: 'dead',
                  leaseUntil: sql`clock_timestamp() + interval '1 hour'`,
                  attempt: sql`attempt + 1`,
                })
                .where(sql`state = 'pending'`)
              break
            case 'wait':
              await letTimePass()
          }
        }
        slack.faults.clear()
        for (let round = 0; round < 50 && !(await outboxIsEmpty(db)); round += 1) {
          await letTimePass()
          await process().deliver(channel)
        }

        expect((await slack.messages(channel)).map(({ text }) => text)).toEqual([...written.values()])
      } finally {
        await slack.close()
      }
    }),
    { numRuns: 30 },
  )
})
