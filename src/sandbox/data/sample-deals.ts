import { recordId, zohoTime } from './crm-data.ts'
import { addDays, dayOf } from './days.ts'
import { isCustomer, type Scene } from './sample-accounts.ts'
import { addLetter } from './sample-activities.ts'
import { type Draft, type Ledger, stamps } from './sample-draft.ts'
import * as words from './sample-words.ts'

const STAGES = [
  { name: 'Qualification', probability: 10 },
  { name: 'Needs Analysis', probability: 20 },
  { name: 'Value Proposition', probability: 40 },
  { name: 'Proposal', probability: 60 },
  { name: 'Negotiation', probability: 80 },
] as const

/** @param began days ago the account was created */
export function addDeals(ledger: Ledger, draft: Draft, began: number) {
  const { account, random } = draft
  if (isCustomer(account.scene)) addWonDeal(ledger, draft, began)
  for (const deal of openDeals(account.scene, random)) addOpenDeal(ledger, draft, deal)
}

type OpenDeal = { movedDaysAgo: number; closesInDays: number }

function openDeals(scene: Scene, random: Draft['random']): OpenDeal[] {
  switch (scene.kind) {
    case 'healthy':
      return Array.from({ length: scene.deals ?? 0 }, () => ({
        movedDaysAgo: random.between(3, 18),
        closesInDays: random.between(25, 75),
      }))
    case 'stalled':
      return [{ movedDaysAgo: scene.days, closesInDays: random.between(12, 40) }]
    case 'overdue-close':
      return [{ movedDaysAgo: random.between(12, 25), closesInDays: -scene.days }]
    case 'at-risk':
      return [{ movedDaysAgo: 24, closesInDays: 30 }]
    case 'new':
      return [{ movedDaysAgo: scene.daysAgo, closesInDays: 60 }]
    default:
      return []
  }
}

function addWonDeal({ records, nextOrdinal, daysAgo }: Ledger, draft: Draft, began: number) {
  const { account, random, id, owner, contacts } = draft
  const closed = daysAgo(Math.max(120, began - 40), 15 * 60)
  const amount = account.employees * random.between(40, 70)
  records.Deals.push({
    id: recordId('Deals', nextOrdinal('Deals')),
    Deal_Name: `${account.name} – annual subscription`,
    Account_Name: { id },
    Contact_Name: contacts[0] ? { id: contacts[0].id } : null,
    Stage: 'Closed Won',
    Amount: amount,
    Probability: 100,
    Expected_Revenue: amount,
    Closing_Date: dayOf(closed),
    Pipeline: 'New Business',
    Type: 'New Business',
    Stage_Changed_Time: zohoTime(closed),
    ...stamps(owner, daysAgo(began, 11 * 60), closed),
  })
}

function addOpenDeal(ledger: Ledger, draft: Draft, { movedDaysAgo, closesInDays }: OpenDeal) {
  const { records, nextOrdinal, daysAgo, today } = ledger
  const { account, random, owner } = draft
  const isNew = account.scene.kind === 'new'
  const lowest = closesInDays < 0 ? 3 : 1
  const step = isNew ? 0 : random.between(lowest, STAGES.length - 1)
  const stage = STAGES[step] ?? STAGES[0]
  const what = random.pick(words.DEAL_NAMES)
  const dealId = recordId('Deals', nextOrdinal('Deals'))
  const moved = daysAgo(movedDaysAgo, 14 * 60 + random.between(0, 120))
  const created = isNew ? moved : daysAgo(movedDaysAgo + random.between(10, 40), 9 * 60)
  const amount = account.employees * random.between(12, 45)
  const customer = isCustomer(account.scene)
  records.Deals.push({
    id: dealId,
    Deal_Name: `${account.name} – ${what}`,
    Account_Name: { id: draft.id },
    Contact_Name: draft.contacts[0] ? { id: draft.contacts[0].id } : null,
    Stage: stage.name,
    Amount: amount,
    Probability: stage.probability,
    Expected_Revenue: (amount * stage.probability) / 100,
    Closing_Date: addDays(today, closesInDays),
    Pipeline: customer ? 'Expansion' : 'New Business',
    Type: customer ? 'Existing Business' : 'New Business',
    Next_Step: random.pick(words.NEXT_STEPS),
    Stage_Changed_Time: zohoTime(moved),
    ...stamps(owner, created, moved),
  })
  if (isNew) return
  ledger.tell({ module: 'Deals', id: dealId, at: moved }, owner, [
    { field: 'Stage', old: STAGES[step - 1]?.name ?? null, new: stage.name },
  ])
  for (const [index, letter] of words.DEAL_LETTERS.entries()) {
    addLetter(ledger, draft, { days: movedDaysAgo - index, letter, about: { id: dealId, name: what } })
  }
}
