import { z } from 'zod'
import { largeCompany } from '../../src/sandbox/data/large-company.ts'
import type { RecommendationRow } from '../../src/store/recommendations.ts'
import { until } from '../processes.ts'
import { type Measurement, percentile, spread } from './figure.ts'
import { approvePresses, pressAll } from './presses.ts'
import { withRig } from './rig.ts'

const PER_SECOND = 5
const PRESSES = 20 * PER_SECOND
const COPIES = 8
const WRITTEN_WITHIN_MS = 60_000

const Writes = z.array(z.looseObject({ at: z.string(), path: z.string(), body: z.unknown() }))

export const pressToWrite: Measurement = {
  name: 'press Approve → write received by Zoho, p95 at 5 presses/s, embedded',
  unit: 'ms',
  target: 1000,
  measure() {
    // One card for each account, so that a write tells which press it follows.
    const seen = new Set<string>()
    const pick = ({ accountId }: RecommendationRow) => seen.size < seen.add(accountId).size
    return withRig({ company: largeCompany(COPIES), cards: PRESSES, pick }, async (rig) => {
      const writes = async () =>
        Writes.parse(await (await fetch(`${rig.sandbox.url}/control/zoho/writes`)).json())
      const pressed = await pressAll(await approvePresses(rig), { rig, perSecond: PER_SECOND })
      await until(async () => (await writes()).length >= PRESSES, WRITTEN_WITHIN_MS)
      const arrived = (await writes()).map(({ at, path, body }) => ({
        at: Date.parse(at),
        text: `${path} ${JSON.stringify(body)}`,
      }))
      const took = pressed.map(({ approvalId, sentAt }) => {
        const about = touchedRecord(rig.shown.get(approvalId))
        const write = arrived.find(({ text }) => text.includes(about))
        if (!write) throw new Error(`No write came of ${approvalId}`)
        return write.at - sentAt
      })
      return { value: percentile(took, 0.95), note: spread(took) }
    })
  },
}

/** The record that is changed, or the one a new record is attached to. */
function touchedRecord(recommendation: RecommendationRow | undefined): string {
  if (!recommendation) throw new Error('A card was posted that nobody asked for')
  const { change } = recommendation
  return change.action === 'create' ? change.parent.id : change.recordId
}
