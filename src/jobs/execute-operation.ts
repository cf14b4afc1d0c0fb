import { z } from 'zod'
import { execute } from '../execution/execute.ts'
import { defineJob } from './define.ts'

/** Writes what a person approved. Its own retries are rows, so the queue tries once. */
export const executeOperation = defineJob({
  name: 'execute-operation',
  lane: 'writes',
  payload: z.object({ operationId: z.string() }),
  subject: ({ operationId }) => operationId,
  whileRunning: 'again',
  attempts: 1,
  async run({ operationId }, { execute: tools, enqueue }) {
    const outcome = await execute(operationId, tools)
    if (outcome.state === 'not-mine') return
    const { retryInMs, cardChannels } = outcome
    if (retryInMs !== null)
      await enqueue('execute-operation', { operationId }, { delayMs: Math.max(1, retryInMs) })
    for (const channel of cardChannels) await enqueue('deliver-messages', { channel })
  },
})
