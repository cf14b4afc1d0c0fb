import type { BackendFactory, ConnectionOptions } from 'bullmq'
import type { Config } from '../config.ts'
import type { Log } from '../log.ts'
import type { Db } from '../store/db.ts'
import { embedded } from './embedded.ts'
import { production } from './production.ts'

/**
 * Where it runs: one code path, three sizes. Chosen once, here; nothing else in `src/` can see which it is.
 */
export type Platform = {
  size: 'embedded' | 'single' | 'scaled'
  /** For what a person waits for. */
  db: Db
  /** The same database for what runs in the background, which lets the other go first. */
  jobsDb: Db
  /** What BullMQ is built on; the producer's connection fails fast instead of waiting for a lost Redis. */
  queue: {
    producer: ConnectionOptions
    worker: ConnectionOptions
    backend: BackendFactory | undefined
  }
  /** Embedded only: tells the command line whom to ask, since it may not open the same directory. */
  announce?(admin: { url: string; token: string }): void
  /** Resolves when the database answers. */
  ping(): Promise<void>
  close(): Promise<void>
}

export type PlatformOptions = Config['platform'] & {
  log: Log
  /** Makes and migrates a new data directory; by default in this process. */
  initialise?: (dataDir: string) => Promise<void>
}

const SIZES = {
  embedded: (options: PlatformOptions) => embedded(options.dataDir, options.initialise),
  single: (options: PlatformOptions) => production(options.databaseUrl ?? '', null, options.log),
  scaled: (options: PlatformOptions) => production(options.databaseUrl ?? '', options.redisUrl, options.log),
} as const satisfies Record<Platform['size'], (options: PlatformOptions) => Promise<Platform>>

/**
 * @throws ConfigError when the database or Redis cannot serve us: not migrated, a pooler without LISTEN, an
 *   eviction policy that loses jobs, a data directory in use.
 */
export function openPlatform(options: PlatformOptions): Promise<Platform> {
  const size = !options.databaseUrl ? 'embedded' : !options.redisUrl ? 'single' : 'scaled'
  return SIZES[size](options)
}
