import type { OnRecord } from '../store/memory-source.ts'
import { wordsIn } from './fold.ts'

/** What an account may have in common with others, beside what its texts mention. Only what the CRM says. */
export type Trait = { key: string; name: string; sourceKey: string }

/** Annual revenue; the CRM names no currency, so neither do the words. */
const SIZES = [
  { below: 1e6, name: 'under 1 million in revenue' },
  { below: 1e7, name: '1 to 10 million in revenue' },
  { below: 5e7, name: '10 to 50 million in revenue' },
  { below: 2.5e8, name: '50 to 250 million in revenue' },
  { below: 1e9, name: '250 million to 1 billion in revenue' },
  { below: Number.POSITIVE_INFINITY, name: 'over 1 billion in revenue' },
]

export function traitsOf({ account, deals, changes }: OnRecord): Trait[] {
  const { id, industry, annualRevenue } = account
  const self = `Accounts:${id}`
  const traits: Trait[] = []
  const industryKey = wordsIn(industry ?? '').join(' ')
  if (industry && industryKey)
    traits.push({ key: `industry:${industryKey}`, name: industry, sourceKey: self })
  const size = annualRevenue !== null && annualRevenue > 0 && SIZES.find(({ below }) => annualRevenue < below)
  if (size) traits.push({ key: `size:${size.name}`, name: size.name, sourceKey: self })

  for (const { id: dealId, outcome, stage } of deals) {
    const sourceKey = `Deals:${dealId}`
    if (outcome === 'won' || outcome === 'lost')
      traits.push({ key: `deal:${outcome}`, name: `a ${outcome} deal`, sourceKey })
    else if (stage) traits.push({ key: `stage:${wordsIn(stage).join(' ')}`, name: stage, sourceKey })
  }
  // Where its deals have been, not only where they are.
  const own = new Set(deals.map((deal) => deal.id))
  for (const { field, old, recordId } of changes) {
    if (field !== 'stage' || !old || !own.has(recordId) || /^closed/i.test(old)) continue
    traits.push({ key: `stage:${wordsIn(old).join(' ')}`, name: old, sourceKey: `Deals:${recordId}` })
  }
  return traits
}
