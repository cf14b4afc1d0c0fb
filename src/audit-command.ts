import { readFile } from 'node:fs/promises'
import { signerOf } from './audit/note.ts'
import { Answer, answer, Question } from './audit/questions.ts'
import { type AuditConfig, readAuditConfig } from './config.ts'
import { InvalidInputError } from './errors.ts'
import { createLog } from './log.ts'
import { holdsDatabase } from './platform/data-dir.ts'
import { livingHolder } from './platform/data-lock.ts'
import { openPlatform } from './platform/platform.ts'

export type AuditOptions = {
  dir: string | null
  /** A file of checkpoints that were kept outside the database. */
  checkpoint: string | null
  publicKey: string | null
  env: Readonly<Record<string, string | undefined>>
  print: (line: string) => void
}

/** The words of it; what comes in options is checked as part of the question. */
type Asked =
  | { ask: 'verify' | 'public-key' | 'erase' }
  | { ask: 'prove'; seq: number }
  | { ask: 'consistency'; sizes: [number, number] }

/**
 * Asks about the audit trail: of a stopped instance in its database, of a running embedded one by asking it.
 *
 * @returns the exit code: 0 when all is well, 1 when the trail was tampered with, 2 when that cannot be told.
 */
export async function runAudit(
  asked: Asked & { account?: string; reason?: string },
  options: AuditOptions,
): Promise<Answer['code']> {
  const { dir, checkpoint, publicKey, env, print } = options
  try {
    const published = checkpoint === null ? null : await checkpointFile(checkpoint)
    const { code, lines } = await answerTo(Question.parse({ ...asked, published, publicKey }), dir, env)
    for (const line of lines) print(line)
    return code
  } catch (error) {
    // An instance that is not there, a database that does not answer: 1 would mean that it was tampered with.
    print(error instanceof Error ? error.message : String(error))
    return 2
  }
}

/** Null when the words are none of these. */
export function parseAudit(words: readonly string[]): Asked | null {
  const [ask, ...rest] = words
  const numbers = rest.map(Number)
  if (!numbers.every((number) => Number.isSafeInteger(number) && number > 0)) return null
  const [first, second] = numbers
  if (ask === 'verify' && rest.length === 0) return { ask }
  if (ask === 'public-key' && rest.length === 0) return { ask }
  if (ask === 'erase' && rest.length === 0) return { ask }
  if (ask === 'prove' && first && rest.length === 1) return { ask, seq: first }
  if (ask === 'consistency' && first && second && rest.length === 2) return { ask, sizes: [first, second] }
  return null
}

/** @throws InvalidInputError when it cannot be read */
async function checkpointFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw new InvalidInputError(`${path} cannot be read: ${error instanceof Error ? error.message : error}`)
  }
}

async function answerTo(question: Question, dir: string | null, env: AuditOptions['env']): Promise<Answer> {
  const dataDir = dir ?? (env.DATA_DIR || './.sergas')
  const databaseUrl = dir === null && env.DATABASE_URL ? env.DATABASE_URL : null
  if (!databaseUrl && !holdsDatabase(dataDir))
    throw new InvalidInputError(`There is no instance in ${dataDir}; name its directory with --dir`)
  const running = databaseUrl ? null : livingHolder(dataDir)?.admin
  if (running) {
    const response = await fetch(`${running.url}/admin/audit`, {
      method: 'POST',
      headers: { authorization: `Bearer ${running.token}`, 'content-type': 'application/json' },
      body: JSON.stringify(question),
    })
    return Answer.parse(await response.json())
  }
  const platform = await openPlatform({ dataDir, databaseUrl, redisUrl: null, log: createLog('warn') })
  try {
    return await answer({ db: platform.db, ...trailKeys(readAuditConfig(env)) }, question)
  } finally {
    await platform.close()
  }
}

function trailKeys({ encryptionKey, origin, signingKey, publishTo }: AuditConfig) {
  return {
    key: encryptionKey,
    verifier: signingKey ? signerOf(origin, signingKey).verifier : null,
    publishedFile: publishTo?.to === 'file' ? publishTo.path : null,
  }
}
