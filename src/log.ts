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
