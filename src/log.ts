import { appendFileSync } from 'node:fs'
import { type DestinationStream, type Logger, pino } from 'pino'

export type Log = Logger

/**
 * One JSON line per event; a fixed sentence plus fields, no secrets and no whole records.
 * Redaction is by path: the names under which a secret could ever reach a log call.
 */
export function createLog(level: string, destination?: DestinationStream): Log {
  const options = {
    level,
    base: undefined,
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    redact: {
      paths: [
        'token',
        '*.token',
        'authorization',
        '*.authorization',
        'refreshToken',
        '*.refreshToken',
        'secret',
        '*.secret',
      ],
      censor: '[redacted]',
    },
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
