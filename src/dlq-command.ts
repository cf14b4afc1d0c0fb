import { z } from 'zod'
import { createAudit } from './audit/audit.ts'
import { ConfigError, InvalidInputError, NotFoundError } from './errors.ts'
import { discardLetter, type LetterOutcome, retryLetter } from './jobs/dead-letters.ts'
import { createLog } from './log.ts'
import { DeadLetter } from './model/dead-letter.ts'
import { holdsDatabase } from './platform/data-dir.ts'
import { livingHolder } from './platform/data-lock.ts'
import { openPlatform } from './platform/platform.ts'
import { deadLetter, deadLetters } from './store/dead-letters.ts'
import { installationOf } from './store/installations.ts'

/** `list`, or what is to be done with one letter. */
export type DlqAsk = { does: 'list' } | { does: 'show' | 'retry' | 'discard'; id: string }

/** Null: the words are no command. */
export function parseDlq(words: readonly string[]): DlqAsk | null {
  const [does, id, ...more] = words
  if (more.length > 0) return null
  if (does === 'list') return id === undefined ? { does } : null
  return (does === 'show' || does === 'retry' || does === 'discard') && id ? { does, id } : null
}

/** Where letters are: asked of a running embedded instance, or in the database of one that is stopped or on a server. */
type Letters = {
  list(): Promise<DeadLetter[]>
  one(id: string): Promise<DeadLetter | null>
  settle(does: 'retry' | 'discard', id: string): Promise<LetterOutcome['kind']>
}

type Options = {
  dir: string | null
  json: boolean
  env: Readonly<Record<string, string | undefined>>
  print: (line: string) => void
}

/**
 * Dead letters on the command line.
 *
 * @throws InvalidInputError when there is no instance in the directory, ConfigError without the key of the audit trail
 *   that keeps what is done, NotFoundError when no letter is called so.
 */
export async function runDlq(ask: DlqAsk, options: Options): Promise<void> {
  const { json, print } = options
  await withLetters(options, async (letters) => {
    switch (ask.does) {
      case 'list':
        return print(json ? JSON.stringify(await letters.list(), null, 2) : tableOf(await letters.list()))
      case 'show':
        return print(JSON.stringify((await letters.one(ask.id)) ?? noLetter(ask.id), null, 2))
      case 'retry':
      case 'discard':
        return print(said(await letters.settle(ask.does, ask.id), ask.id))
    }
  })
}

function said(outcome: LetterOutcome['kind'], id: string): string {
  switch (outcome) {
    case 'retried':
      return `${id} is tried again by the running bot within seconds; if it fails again, it is listed again.`
    case 'discarded':
      return `${id} stays undone and is no longer listed.`
    case 'unanswered':
      throw new InvalidInputError(
        `Nobody knows yet whether ${id} took effect, so it cannot be discarded. Zoho is asked until it answers.`,
      )
    case 'gone':
      return noLetter(id)
  }
}

function noLetter(id: string): never {
  throw new NotFoundError(`There is no dead letter ${id}, or no more: sergas dlq list`)
}

const MOST = 1_000

async function withLetters(options: Options, work: (letters: Letters) => Promise<void>): Promise<void> {
  const { env, dir } = options
  const dataDir = dir ?? (env.DATA_DIR || './.sergas')
  const databaseUrl = dir === null && env.DATABASE_URL ? env.DATABASE_URL : null
  if (!databaseUrl && !holdsDatabase(dataDir))
    throw new InvalidInputError(`There is no instance in ${dataDir}; name its directory with --dir`)
  const running = databaseUrl ? null : livingHolder(dataDir)?.admin
  if (running) return work(askedOf(running))
  const platform = await openPlatform({ dataDir, databaseUrl, redisUrl: null, log: createLog('warn') })
  try {
    await work({
      list: () => deadLetters(platform.db, MOST),
      one: (id) => deadLetter(platform.db, id),
      async settle(does, id) {
        if (!env.ENCRYPTION_KEY)
          throw new ConfigError(['ENCRYPTION_KEY is missing: what is done here is kept in the audit trail'])
        const audit = createAudit(Buffer.from(env.ENCRYPTION_KEY, 'base64'))
        const teamId = (await installationOf(platform.db))?.teamId ?? ''
        const settle = does === 'retry' ? retryLetter : discardLetter
        return (await settle({ db: platform.db, audit, teamId }, id, 'system')).kind
      },
    })
  } finally {
    await platform.close()
  }
}

const Settled = z.object({ outcome: z.enum(['retried', 'discarded', 'gone', 'unanswered']) })

function askedOf({ url, token }: { url: string; token: string }): Letters {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const get = async (path: string): Promise<unknown> =>
    (await fetch(`${url}/admin/dead-letters${path}`, { headers })).json()
  return {
    list: async () => z.array(DeadLetter).parse(await get('')),
    one: async (id) => DeadLetter.nullable().parse(await get(`/${encodeURIComponent(id)}`)),
    async settle(does, id) {
      const answer = await fetch(`${url}/admin/dead-letters`, {
        method: 'POST',
        headers,
        body: JSON.stringify({ does, id }),
      })
      return Settled.parse(await answer.json()).outcome
    },
  }
}

const COLUMNS = ['id', 'what', 'account', 'since', 'error'] as const
const WIDEST = 60

/** For a terminal: as wide as what is in it, long words cut. */
function tableOf(letters: readonly DeadLetter[]): string {
  if (letters.length === 0) return 'There are no dead letters.'
  const rows = letters.map(({ id, what, account, since, error, state }) => [
    id,
    cut(what),
    cut(account ?? '–'),
    since.toISOString().slice(0, 16).replace('T', ' '),
    cut(state === 'unanswered' ? `not known whether written: ${error}` : error),
  ])
  const lines = [[...COLUMNS], ...rows]
  const widths = COLUMNS.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? '').length)))
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** One line, and nothing in it that a terminal would act on. */
function cut(text: string): string {
  const line = text.replaceAll(/[\p{Cc}\s]+/gu, ' ').trim()
  return line.length > WIDEST ? `${line.slice(0, WIDEST - 1)}…` : line
}
