import { mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Db } from '../store/db.ts'
import { enqueueMessage, messagePosition, wasDiscarded } from '../store/outbox.ts'
import type { Publish } from './checkpoints.ts'

/** Appended to a file that another keeps: on a disk of its own, or one that only grows. */
export function publishToFile(path: string): Publish {
  return async ({ note }) => {
    await mkdir(dirname(path), { recursive: true })
    const file = await open(path, 'a', 0o600)
    try {
      await file.appendFile(`${note}\n`)
      // What is said to be published must outlive a power cut.
      await file.sync()
    } finally {
      await file.close()
    }
    return 'published'
  }
}

/**
 * As a message among all others: waiting out what Slack is busy with, trying again and sending it once is the outbox's.
 * One that failed waits for an admin like any dead letter, and the next go on when it is discarded.
 */
export function publishToSlack({
  db,
  teamId,
  channel,
}: {
  db: Db
  teamId: string
  channel: string
}): Publish {
  return async ({ size, note }) => {
    const messageKey = `audit-checkpoint:${size}`
    if (await messagePosition(db, messageKey)) return 'published'
    if (await wasDiscarded(db, messageKey)) return 'given up'
    const text = `Audit checkpoint of ${size} events`
    const blocks = [
      { type: 'section', text: { type: 'mrkdwn', text: `${text}\n\`\`\`\n${note}\`\`\``, verbatim: true } },
    ]
    const body = { text, blocks }
    await enqueueMessage(db, { teamId, channel, messageKey, dedupeKey: messageKey, action: 'post', body })
    return 'under way'
  }
}
