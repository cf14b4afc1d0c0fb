import { accessSync, constants, existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { ConfigError } from '../errors.ts'

/** A finished database directory; without it a crash during the first start left only a part. */
const READY = 'PG_VERSION'

/** Where the embedded database of a data directory is kept. */
export const databaseFolder = (dataDir: string) => join(dataDir, 'db')

export function holdsDatabase(dataDir: string): boolean {
  return existsSync(join(databaseFolder(dataDir), READY))
}

/**
 * Starts something that lives in a directory. A start that fails takes the directories it made with it.
 *
 * @throws ConfigError when the directory cannot be made or written to.
 */
export async function inDataDir<Started>(dataDir: string, start: () => Promise<Started>): Promise<Started> {
  const made = usable(dataDir)
  try {
    return await start()
  } catch (error) {
    if (made) rmSync(made, { recursive: true, force: true })
    throw error
  }
}

/** @returns the first directory that had to be made for it */
function usable(dataDir: string): string | undefined {
  try {
    const made = mkdirSync(dataDir, { recursive: true, mode: 0o700 })
    accessSync(dataDir, constants.W_OK | constants.X_OK)
    return made
  } catch (error) {
    throw new ConfigError([
      `${dataDir} cannot be used as a directory: ${error instanceof Error ? error.message : error}`,
    ])
  }
}
