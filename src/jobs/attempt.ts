import type { Log } from '../log.ts'

/**
 * One of several independent pieces of work, such as a section of the sweep or one account of many: what it throws is
 * told to the log, and the pieces behind it still get their turn.
 *
 * @returns whether it went through
 */
export async function attempt(
  log: Log,
  what: { part: string } & Record<string, unknown>,
  work: () => Promise<unknown>,
): Promise<boolean> {
  try {
    await work()
    return true
  } catch (error) {
    log.error({ err: error, ...what }, 'a part failed')
    return false
  }
}
