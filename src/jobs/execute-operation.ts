import { z } from 'zod'
import { execute } from '../execution/execute.ts'
import { operationById } from '../store/operations.ts'
import { cardKey, postChannel } from '../store/outbox.ts'
import { defineJob } from './define.ts'

/** Writes what a person approved. Its own retries are rows, so the queue tries once. */
export const executeOperation = defineJob({
  name: 'execute-operation',
  lane: 'writes',
  payload: z.object({ operationId: z.string() }),
  subject: ({ operationId }) => operationId,
  whileRunning: 'again',
  attempts: 1,
  async run({ operationId }, { db, execute: tools, enqueue }) {
    const outcome = await execute(operationId, tools)
    if (outcome === 'not-mine') return
    const operation = await operationById(db, operationId)
    if (!operation) return
    if (operation.finishedAt === null) {
      const delayMs = Math.max(1, operation.nextAttemptAt.getTime() - Date.now())
      await enqueue('execute-operation', { operationId }, { delayMs })
    }
    const channel = await postChannel(db, cardKey(operation.cardOf))
    if (channel) await enqueue('deliver-messages', { channel })
  },
})
