import { z } from 'zod'
import { type AuditVerdict, verifyAudit } from './audit/audit.ts'
import { InvalidInputError } from './errors.ts'
import { createLog } from './log.ts'
import { holdsDatabase } from './platform/data-dir.ts'
import { livingHolder } from './platform/data-lock.ts'
import { openPlatform } from './platform/platform.ts'

const Verdict = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), events: z.number(), head: z.string() }),
  z.object({
    ok: z.literal(false),
    seq: z.number(),
    table: z.enum(['audit_events', 'audit_payloads', 'audit_pending', 'audit_head']),
    problem: z.string(),
  }),
])

/**
 * Recomputes the audit trail, of a stopped instance from its database, of a running embedded one by asking it.
 *
 * @returns the exit code: 0 when it fits, 1 when it does not.
 * @throws InvalidInputError when there is no instance in the directory; none is made.
 */
export async function runAudit(options: {
  dir: string | null
  env: Readonly<Record<string, string | undefined>>
  print: (line: string) => void
}): Promise<0 | 1> {
  const { env, print } = options
  const dataDir = options.dir ?? (env.DATA_DIR || './.sergas')
  const databaseUrl = options.dir === null && env.DATABASE_URL ? env.DATABASE_URL : null
  if (!databaseUrl && !holdsDatabase(dataDir)) {
    throw new InvalidInputError(`There is no instance in ${dataDir}; name its directory with --dir`)
  }
  const verdict = await verdictOn(dataDir, databaseUrl, env)
  if (verdict.ok) {
    print(`The audit trail fits: ${verdict.events} events, head ${verdict.head}`)
    return 0
  }
  print(`The audit trail was tampered with: ${verdict.table} seq ${verdict.seq}: ${verdict.problem}`)
  return 1
}

async function verdictOn(
  dataDir: string,
  databaseUrl: string | null,
  env: Readonly<Record<string, string | undefined>>,
): Promise<AuditVerdict> {
  const running = databaseUrl ? null : livingHolder(dataDir)?.admin
  if (running) {
    const answer = await fetch(`${running.url}/admin/audit`, {
      headers: { authorization: `Bearer ${running.token}` },
    })
    return Verdict.parse(await answer.json())
  }
  const platform = await openPlatform({ dataDir, databaseUrl, redisUrl: null, log: createLog('warn') })
  try {
    // The chain needs no key; with one it is also seen that every payload still opens.
    const key = env.ENCRYPTION_KEY ? Buffer.from(env.ENCRYPTION_KEY, 'base64') : null
    return await verifyAudit(platform.db, key)
  } finally {
    await platform.close()
  }
}
