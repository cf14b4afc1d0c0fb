import { type Logger, LogLevel } from '@slack/bolt'
import type { Log } from '../log.ts'

/**
 * Our log as Slack's libraries want one. Their debug lines hold whole request bodies, so they become trace,
 * and they never set our level.
 */
export function slackLogger(log: Log): Logger {
  let name = 'slack'
  const said = (parts: unknown[]) => ({
    from: name,
    said: parts.map((part) => (part instanceof Error ? part.message : String(part))).join(' '),
  })
  return {
    debug: (...parts) => log.trace(said(parts), 'slack library'),
    info: (...parts) => log.debug(said(parts), 'slack library'),
    warn: (...parts) => log.warn(said(parts), 'slack library'),
    error: (...parts) => log.error(said(parts), 'slack library'),
    setLevel: () => {},
    getLevel: () => LogLevel.INFO,
    setName: (given) => {
      name = given
    },
  }
}
