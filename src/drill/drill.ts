import { ConfigError } from '../errors.ts'
import { postgresMissing } from '../sandbox/local-postgres.ts'
import { type After, afterDisaster } from './after.ts'
import { type Before, type Undo, untilDisaster } from './before.ts'
import { doubleWrites, effectsWithoutRecord, problemsOf } from './judge.ts'
import { OVER } from './ledger.ts'
import { archived } from './primary.ts'
import { type DrillReport, failuresOf, tableOf } from './report.ts'

/**
 * A rehearsal of the loss of the database, beside nothing of anybody's: servers, a company and a bot of its own. What
 * is lost and what comes back is measured, and held against the logs of what really happened.
 */
export type DrillOptions = {
  /** How long people press before the disaster. */
  seconds: number
  json: boolean
  env: Readonly<Record<string, string | undefined>>
  print: (line: string) => void
}

/** @returns the exit code: 1 when too much was lost, it took too long, or anything does not hold */
export async function runDrill(options: DrillOptions): Promise<0 | 1> {
  const missing = postgresMissing()
  const problems = [
    ...(options.env.NODE_ENV === 'production'
      ? ['NODE_ENV is production, but the drill starts servers and made-up people: unset it to run the drill']
      : []),
    ...(missing ? [missing] : []),
  ]
  if (problems.length > 0) throw new ConfigError(problems)
  const { json, print } = options
  const report = await rehearse(options.seconds, json ? () => {} : print)
  const failures = failuresOf(report)
  if (json) print(JSON.stringify({ ...report, failures }, null, 2))
  else print([tableOf(report), ...failures.map((each) => `FAILED: ${each}`)].join('\n'))
  return failures.length > 0 ? 1 : 0
}

async function rehearse(loadSeconds: number, step: (line: string) => void): Promise<DrillReport> {
  const undo: Undo[] = []
  try {
    const started = performance.now()
    const before = await untilDisaster(loadSeconds, { step, undo })
    const after = await afterDisaster(before, { step, undo })
    return { ...reportOf(before, after), tookMs: Math.round(performance.now() - started) }
  } finally {
    for (const each of undo.reverse()) await each()
  }
}

function reportOf(before: Before, after: After): Omit<DrillReport, 'tookMs'> {
  const { backup, primary, pressed, lost, disasterAt, archiveTimeoutS } = before
  const { evidence, xid, rto } = after
  const { restored } = evidence
  const wal = archived(primary.archive)
  const acknowledged = pressed.filter(({ ok, at, action }) => ok && at <= disasterAt && isApprove(action))
  return {
    backup: { bytes: backup.bytes, ms: Math.round(backup.tookMs) },
    wal: { segments: wal.segments, bytes: wal.bytes, archiveTimeoutS },
    moment: {
      xid,
      lastCommit: new Date(restored.lastBeatAt).toISOString(),
      disaster: new Date(disasterAt).toISOString(),
    },
    rpoMs: Math.round(disasterAt - restored.lastBeatAt),
    rto,
    presses: { acknowledged: acknowledged.length, whileHeld: after.heldPresses },
    lost: {
      decisions: acknowledged.filter(({ approvalId }) => !restored.approved.has(approvalId)).length,
      operations: lost.operations.length - restored.operations.length,
      events: lost.trail.length - restored.trail.length,
    },
    unfinished: {
      restored: restored.operations.filter(({ state }) => !OVER.has(state)).length,
      inCrm: after.carriedOut,
    },
    withoutRecord: { found: evidence.reported.length, expected: effectsWithoutRecord(evidence).length },
    doubleWrites: doubleWrites(evidence).length,
    chain: after.chain,
    problems: [...after.failedSteps, ...problemsOf(evidence)],
  }
}

const isApprove = (action: string): boolean => action === 'approval.approve'
