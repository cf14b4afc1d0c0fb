import { CRM_DEMO, hasCrmDemo, withDemo } from './demo.ts'
import type { Measurement } from './figure.ts'

export const demoMemory: Measurement = {
  name: 'resident memory of the demo after the portfolio review, first start',
  unit: 'MB',
  target: 700,
  measure: () =>
    withDemo(hasCrmDemo() ? ['--data', CRM_DEMO] : [], async (demo) => ({
      value: demo.residentBytes() / 1e6,
      note: `npm and all it started, ${hasCrmDemo() ? '150 accounts of crm-demo' : 'made-up company'}`,
    })),
}
