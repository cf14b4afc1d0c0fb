/** One row of the table: what was measured, and what it should be. */
export type Figure = {
  name: string
  /** Null when it was not measured. */
  value: number | null
  unit: 's' | 'ms' | 'MB' | 'calls/account' | 'events/s' | 'rows/s' | 'cases' | 'share' | 'USD'
  /** The value may not be above it, or not below it with `atLeast`. */
  target: number
  atLeast?: true
  /** Null when it was not measured; false when it could not be. */
  ok: boolean | null
}

/** A figure before its value is known; `measure` also says what it saw, or why it could not. */
export type Measurement = Pick<Figure, 'name' | 'unit' | 'target' | 'atLeast'> & {
  /** Takes minutes: only measured when asked for. */
  long?: true
  measure: () => Promise<{ value: number; note: string } | { skipped: string }>
}

export async function take(measurement: Measurement): Promise<[Figure, string]> {
  const { name, unit, target, atLeast, measure } = measurement
  const wanted = { name, unit, target, ...(atLeast && { atLeast }) }
  const result = await measure().catch((error: unknown) => ({ failed: String(error) }))
  // The other figures are worth having all the same.
  if ('failed' in result) return [{ ...wanted, value: null, ok: false }, result.failed]
  if ('skipped' in result) return [notTaken(measurement), result.skipped]
  const value = Number(result.value.toPrecision(3))
  return [{ ...wanted, value, ok: atLeast ? value >= target : value <= target }, result.note]
}

export function notTaken({ name, unit, target, atLeast }: Measurement): Figure {
  return { name, value: null, unit, target, ...(atLeast && { atLeast }), ok: null }
}

export function asRow({ name, value, unit, target, atLeast, ok }: Figure, note: string): string {
  const verdict = ok === null ? 'not run' : ok ? 'ok' : 'MISSED'
  return [
    verdict.padEnd(8),
    `${value ?? '–'} ${unit}`.padEnd(20),
    `${atLeast ? '≥' : '≤'} ${target}`.padEnd(8),
    `${name}\n${' '.repeat(38)}${note}`,
  ].join(' ')
}

/** The value that `share` of all values do not exceed; nearest rank, so it is one that was seen. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  const value = sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)]
  if (value === undefined) throw new Error('There is nothing to take a percentile of')
  return value
}

/** Percentiles in one line, whole milliseconds. */
export function spread(values: readonly number[]): string {
  const at = (share: number) => Math.round(percentile(values, share))
  return `p50 ${at(0.5)}, p95 ${at(0.95)}, p99 ${at(0.99)}, max ${at(1)} ms of ${values.length}`
}
