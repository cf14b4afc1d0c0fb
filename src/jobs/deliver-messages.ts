import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { defineJob } from './define.ts'

/** A channel that must wait longer than this gives its worker back; the sweeper brings it again. */
const LONGEST_PAUSE_MS = 5_000

/** Sends what waits for one channel, in order and no faster than Slack takes it. */
export const deliverMessages = defineJob({
  name: 'deliver-messages',
  lane: 'messages',
  payload: z.object({ channel: z.string() }),
  subject: ({ channel }) => channel,
  whileRunning: 'again',
  attempts: 1,
  async run({ channel }, { messenger }) {
    for (;;) {
      const { waitMs } = await messenger.deliver(channel)
      if (waitMs === null || waitMs > LONGEST_PAUSE_MS) return
      await sleep(waitMs)
    }
  },
})
