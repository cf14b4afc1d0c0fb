import postgres from 'postgres'
import { makeCheckpoint } from '../audit/checkpoints.ts'
import { signerOf } from '../audit/note.ts'
import { readConfig } from '../config.ts'
import { openDb } from '../platform/database.ts'

/**
 * Checkpoints of the audit trail sooner than in production, so that some of them stand for what will be lost. The bot
 * publishes them.
 */
export function checkpointsEvery(ms: number, env: Record<string, string>): { stop: () => Promise<void> } {
  const { origin, signingKey } = readConfig(env).audit
  if (!signingKey) throw new Error('The sandbox gave no key to sign with')
  const signer = signerOf(origin, signingKey)
  const client = postgres(env.DATABASE_URL ?? '', { max: 1, onnotice: () => {} })
  const db = openDb(client)
  let making: Promise<unknown> = Promise.resolve()
  const timer = setInterval(() => {
    making = makeCheckpoint(db, signer, { everyRows: 1 }).catch(() => {})
  }, ms)
  return {
    async stop() {
      clearInterval(timer)
      await making
      await client.end({ timeout: 1 })
    },
  }
}
