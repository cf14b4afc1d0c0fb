import { join } from 'node:path'
import postgres from 'postgres'
import { asUser, type OwnPostgres, ownFolder, startPostgresOn } from '../sandbox/local-postgres.ts'
import { until } from '../sandbox/processes.ts'
import type { Backup, Beat } from './primary.ts'

const RECOVERED_WITHIN_MS = 120_000

/**
 * The newest decision that the archive is sure to hold. The worst moment to come back to is right behind it: the press
 * is on record and its write is not, although the CRM has it.
 */
export function worstMoment(beats: readonly Beat[], endLsn: number): string | null {
  return beats.findLast(({ lsn, xid }) => xid !== null && lsn <= endLsn)?.xid ?? null
}

/** @param xid the last transaction to come back; null: everything that was archived */
export async function restoreBeside(
  { dir }: Backup,
  { archive, xid }: { archive: string; xid: string | null },
): Promise<OwnPostgres> {
  const home = ownFolder('restored')
  const dataDir = join(home.path, 'data')
  await asUser('cp', ['-a', dir, dataDir])
  await asUser('touch', [join(dataDir, 'recovery.signal')])
  const server = await startPostgresOn(
    dataDir,
    {
      restore_command: `cp ${archive}/%f %p`,
      recovery_target_action: 'promote',
      ...(xid === null ? {} : { recovery_target_xid: xid }),
    },
    home.remove,
  )
  const client = postgres(server.url, { max: 1, onnotice: () => {} })
  try {
    await until(async () => {
      const [row] = await client`select pg_is_in_recovery() as recovering`
      return row?.recovering === false
    }, RECOVERED_WITHIN_MS)
  } finally {
    await client.end()
  }
  return server
}
