import { z } from 'zod'
import { CRM_DEMO, hasCrmDemo, NO_CRM_DEMO, withDemo } from './demo.ts'
import type { Measurement } from './figure.ts'

const ACCOUNTS = 150
const Calls = z.object({ total: z.number(), by: z.record(z.string(), z.number()) })

export const crmCalls: Measurement = {
  name: 'CRM calls per account from empty mirror to reviewed portfolio',
  unit: 'calls/account',
  target: 0.2,
  async measure() {
    if (!hasCrmDemo()) return NO_CRM_DEMO
    return withDemo(['--data', CRM_DEMO], async ({ url }) => {
      const { total, by } = Calls.parse(await (await fetch(`${url}/control/zoho/calls`)).json())
      const list = Object.entries(by).map(([endpoint, count]) => `${count} ${endpoint}`)
      return { value: total / ACCOUNTS, note: `${total} calls: ${list.join(', ')}` }
    })
  },
}
