import { appendFileSync } from 'node:fs'
import { type DestinationStream, type Logger, pino } from 'pino'
import { lineRedaction } from './privacy/log-line.ts'

export type Log = Logger

/**
 * One JSON line per event; a fixed sentence plus fields, no secrets and no whole records. What slips in all the same
 * (the address in another service's refusal, the token in an error's text) is taken out of the finished line.
 *
 * @param secrets what the configuration holds: no line shows them, whatever they look like
 */
export function createLog(
  level: string,
  { destination, secrets = [] }: { destination?: DestinationStream; secrets?: readonly string[] } = {},
): Log {
  const options = {
    level,
    base: undefined,
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    hooks: { streamWrite: lineRedaction(secrets) },
  }
  return destination ? pino(options, destination) : pino(options)
}

/** A file that lines are appended to, made with the first one. A line that finds no room there is not lost silently. */
export function logTo(file: string): DestinationStream {
  return {
    write(line) {
      try {
        appendFileSync(file, line, { mode: 0o600 })
      } catch (error) {
        process.stderr.write(`${file} cannot be written: ${error}\n${line}`)
      }
    },
  }
}
