import { asRow, type Measurement, notTaken, take } from './figure.ts'

/** Takes each and prints it: a row for a person; with `--json` one object per line. `--all`, `--only <part of a name>`. */
export async function printFigures(
  measurements: readonly Measurement[],
  args: readonly string[],
): Promise<void> {
  const json = args.includes('--json')
  const only = args.includes('--only') ? (args[args.indexOf('--only') + 1] ?? '').toLowerCase() : ''
  for (const measurement of measurements) {
    if (!measurement.name.toLowerCase().includes(only)) continue
    const [figure, note] =
      measurement.long && !args.includes('--all')
        ? [notTaken(measurement), 'takes minutes: ask for it with --all']
        : await take(measurement)
    process.stdout.write(`${json ? JSON.stringify(figure) : asRow(figure, note)}\n`)
    // What reads the lines wants the figures alone; a person may still want to know.
    if (json) process.stderr.write(`${figure.name}: ${note}\n`)
  }
}
