/** What a drill measured and found. */
export type DrillReport = {
  backup: { bytes: number; ms: number }
  wal: { segments: number; bytes: number; archiveTimeoutS: number }
  /** The transaction that the restore ended with; null: the end of the archive. */
  moment: { xid: string | null; lastCommit: string; disaster: string }
  rpoMs: number
  /** From the disaster until the bot answers with writes held, and until writes go on. */
  rto: { restoredMs: number; readyMs: number; writesOnMs: number }
  presses: { acknowledged: number; whileHeld: number }
  lost: { decisions: number; operations: number; events: number }
  /** Restored as approved and not over. */
  unfinished: { restored: number; inCrm: number }
  withoutRecord: { found: number; expected: number }
  doubleWrites: number
  chain: { code: number; said: string }
  problems: string[]
  tookMs: number
}

const RPO_AT_MOST_MS = 60_000
const RTO_AT_MOST_MS = 300_000

/** What was not kept; empty when all was. */
export function failuresOf({ rpoMs, rto, problems }: DrillReport): string[] {
  return [
    ...(rpoMs > RPO_AT_MOST_MS ? [`more was lost than ${seconds(RPO_AT_MOST_MS)} of commits`] : []),
    ...(rto.writesOnMs > RTO_AT_MOST_MS
      ? [`writes went on later than after ${seconds(RTO_AT_MOST_MS)}`]
      : []),
    ...problems,
  ]
}

export function tableOf(report: DrillReport): string {
  const { backup, wal, moment, rpoMs, rto, presses, lost, unfinished, withoutRecord, doubleWrites, chain } =
    report
  const rows: [string, string][] = [
    ['base backup', `${megabytes(backup.bytes)} in ${seconds(backup.ms)}`],
    [
      'WAL archived',
      `${wal.segments} segments, ${megabytes(wal.bytes)}; every ${wal.archiveTimeoutS} s at least`,
    ],
    ['disaster', moment.disaster],
    ['restored up to', `${moment.lastCommit}${moment.xid ? `, transaction ${moment.xid}` : ''}`],
    ['RPO', `${seconds(rpoMs)} of commits lost (at most ${seconds(RPO_AT_MOST_MS)})`],
    [
      'RTO',
      `database ${seconds(rto.restoredMs)}, bot ready with writes held ${seconds(rto.readyMs)}, writes on ${seconds(rto.writesOnMs)} (at most ${seconds(RTO_AT_MOST_MS)})`,
    ],
    ['presses', `${presses.acknowledged} acknowledged before, ${presses.whileHeld} while writes were held`],
    [
      'lost',
      `${lost.decisions} acknowledged decisions, ${lost.operations} operations, ${lost.events} audit events`,
    ],
    [
      'not over',
      `${unfinished.restored} operations came back unfinished, ${unfinished.inCrm} of them in Zoho already`,
    ],
    ['without a record', `${withoutRecord.found} effects found, ${withoutRecord.expected} expected`],
    ['double writes', String(doubleWrites)],
    ['audit trail', `${chain.said} (${chain.code})`],
  ]
  const width = Math.max(...rows.map(([name]) => name.length))
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join('\n')
}

export const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`
const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`
