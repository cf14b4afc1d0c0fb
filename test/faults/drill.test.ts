import { expect, test } from 'vitest'
import { z } from 'zod'
import { sergas } from '../flows/bot-process.ts'
import { serversMissing } from '../servers.ts'

const missing = serversMissing()
if (missing) process.stderr.write(`Left out: ${missing}\n`)

const Report = z.object({
  rpoMs: z.number(),
  rto: z.object({ restoredMs: z.number(), readyMs: z.number(), writesOnMs: z.number() }),
  presses: z.object({ acknowledged: z.number(), whileHeld: z.number() }),
  lost: z.object({ decisions: z.number(), operations: z.number(), events: z.number() }),
  unfinished: z.object({ restored: z.number(), inCrm: z.number() }),
  withoutRecord: z.object({ found: z.number(), expected: z.number() }),
  doubleWrites: z.number(),
  chain: z.object({ code: z.number(), said: z.string() }),
  failures: z.array(z.string()),
})

test.skipIf(missing !== null)(
  'a database that is lost and restored writes nothing twice, and what it forgot is told',
  async () => {
    const command = sergas(['drill', '--seconds', '10', '--json'], {})
    const code = await command.exited
    expect(command.output()).toMatch(/^\{/)
    const report = Report.parse(JSON.parse(command.output()))
    const { rpoMs, rto, lost, unfinished, withoutRecord } = report
    process.stdout.write(`${JSON.stringify({ rpoMs, rto, lost, unfinished, withoutRecord })}\n`)

    expect(report.failures).toEqual([])
    expect(code).toBe(0)
    expect(report.doubleWrites).toBe(0)
    expect(withoutRecord.found).toBe(withoutRecord.expected)
    expect(report.chain.code).toBe(0)
    expect(report.presses).toMatchObject({ acknowledged: expect.any(Number), whileHeld: 4 })
    // The drill came back to the worst moment: something was lost, and something was under way.
    expect(lost.decisions).toBeGreaterThan(0)
    expect(unfinished.restored).toBeGreaterThan(0)
  },
  400_000,
)
