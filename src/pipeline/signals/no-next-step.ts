import { dealEvidence, quoted } from '../evidence.ts'
import { openDeals } from '../facts.ts'
import { type Detector, onDeal } from './signal.ts'

/** An open deal with neither a next step written down nor anything planned. */
export const noNextStep: Detector = (facts, { now }) =>
  openDeals(facts)
    .filter((deal) => !deal.nextStep?.trim())
    .filter(
      (deal) => !facts.activities.some(({ dealId, at }) => dealId === deal.id && at !== null && at > now),
    )
    .map((deal) =>
      onDeal('no_next_step', 'low', deal, {
        reason: `${quoted(deal.name)} has no next step and nothing planned.`,
        evidence: [dealEvidence(deal, 'nextStep')],
        value: null,
      }),
    )
