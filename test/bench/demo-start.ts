import { withDemo } from './demo.ts'
import type { Measurement } from './figure.ts'

export const demoStart: Measurement = {
  name: 'npm run demo to /control/ready, first start',
  unit: 's',
  target: 20,
  measure: () =>
    withDemo([], async ({ readyMs }) => ({
      value: readyMs / 1000,
      note: 'from typing it: build, new database, sync, review, digests and cards posted',
    })),
}
