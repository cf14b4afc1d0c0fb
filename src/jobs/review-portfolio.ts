import { z } from 'zod'
import { ownerById } from '../access/identity.ts'
import { accountIdsExcept, accountIdsOf } from '../store/account-ids.ts'
import { digestRecipients } from '../store/portfolio.ts'
import { reviewMany } from './account-reviews.ts'
import { defineJob } from './define.ts'

/**
 * The daily review of every account whose morning it is: in its owner's zone, or in the company's where nobody in
 * Slack owns it, such as a leaver's and those without an owner.
 */
export const reviewPortfolio = defineJob({
  name: 'review-portfolio',
  lane: 'work',
  payload: z.object({ zone: z.string() }),
  subject: ({ zone }) => zone,
  whileRunning: 'once',
  attempts: 3,
  async run({ zone }, tools) {
    const { db, settings } = tools
    const people = await Promise.all((await digestRecipients(db)).map((id) => ownerById(db, id)))
    const idsWhere = (here: boolean) =>
      people.flatMap((person) => (person && (person.zone === zone) === here ? person.id : []))
    const accountIds =
      zone === settings.zone
        ? await accountIdsExcept(db, idsWhere(false))
        : await accountIdsOf(db, idsWhere(true))
    if (accountIds.length > 0) await reviewMany(tools, accountIds, 'schedule')
  },
})
