import { setTimeout as sleep } from 'node:timers/promises'
import type { CardsSeen } from './cards-seen.ts'
import type { Clicker } from './clicks.ts'
import { dealOf, FIELD, manager, ownerOf, stranger, textOf } from './company.ts'
import type { Story } from './plan.ts'
import type { Asked, Stage } from './stage.ts'

/** Carries out every plan, as fast as the bot keeps up. */

export type Scene = { asked: Asked; clicker: Clicker; cards: CardsSeen; zoho: string }
/** What somebody comes back for later, when there is such a thing. */
type Later = (() => Promise<void>) | undefined
type Act = (scene: Scene) => Promise<Later>

/** People who act at the same time. */
const AT_ONCE = 40
const APPROVE = 'approval.approve'
const SETTLED = ['done', 'stale', 'failed']

const done = (_answer: unknown): undefined => undefined
const who = ({ asked }: Scene) => ownerOf(asked.plan)
const on = ({ asked: { plan, approvalId } }: Scene) => ({ plan, approvalId })
const approve: Act = async (scene) => done(await scene.clicker.press(APPROVE, on(scene), who(scene)))

export const ACTS: Record<Story, Act> = {
  approve,
  async race(scene) {
    const { presses, spreadMs } = scene.asked.plan
    await Promise.all(
      Array.from({ length: presses }, async (_, index) => {
        await sleep(index * spreadMs)
        await scene.clicker.press(APPROVE, on(scene), index % 2 === 0 ? who(scene) : manager)
      }),
    )
  },
  async approve_reject(scene) {
    await Promise.all([approve(scene), scene.clicker.reject(on(scene), manager)])
  },
  reject: async (scene) => done(await scene.clicker.reject(on(scene), who(scene))),
  snooze: async (scene) => done(await scene.clicker.choose('snooze:week', on(scene), who(scene))),
  edit: async (scene) => done(await scene.clicker.edit(on(scene), who(scene))),
  async undo(scene) {
    await approve(scene)
    return async () => {
      const card = await scene.cards.when(scene.asked.approvalId, SETTLED)
      if (card?.state === 'done') await scene.clicker.press('approval.undo', on(scene), who(scene))
    }
  },
  at_expiry: async (scene) => done(await scene.clicker.pressOnce(APPROVE, on(scene), who(scene))),
  async human_before(scene) {
    await editInCrm(scene)
    await approve(scene)
  },
  async human_after(scene) {
    await approve(scene)
    await sleep(scene.asked.plan.afterMs)
    await editInCrm(scene)
  },
  stranger: async (scene) => done(await scene.clicker.press(APPROVE, on(scene), stranger)),
  replay: async (scene) => done(await scene.clicker.replayed(APPROVE, on(scene), who(scene))),
  async twice(scene) {
    await approve(scene)
    await approve(scene)
  },
  nobody: async () => undefined,
}

async function editInCrm({ asked: { plan }, zoho }: Scene): Promise<void> {
  const answer = await fetch(`${zoho}/control/zoho/edit`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ module: 'Deals', id: dealOf(plan), fields: { [FIELD]: textOf.human(plan) } }),
  })
  if (!answer.ok) throw new Error(`The edit in the CRM failed: ${await answer.text()}`)
}

/** Resolves when everybody has done what they meant to. */
export async function carryOut(
  stage: Pick<Stage, 'asked' | 'sandbox'>,
  { clicker, cards }: { clicker: Clicker; cards: CardsSeen },
): Promise<void> {
  const inTurn = turnsOf(AT_ONCE)
  await Promise.all(
    stage.asked.map(async (asked) => {
      const { plan, approvalId, expiresAt } = asked
      if (plan.story === 'nobody') return
      // Nobody presses what is not there yet.
      if (!(await cards.when(approvalId, ['pending', 'expired']))) return
      const act = () => ACTS[plan.story]({ asked, clicker, cards, zoho: stage.sandbox.url })
      if (plan.story === 'at_expiry') {
        await sleep(Math.max(0, expiresAt + plan.offsetMs - Date.now()))
        await act()
      } else await (await inTurn(act))?.()
    }),
  )
}

/** So many at a time, in the order they came. */
function turnsOf(places: number): <T>(act: () => Promise<T>) => Promise<T> {
  const line: (() => void)[] = []
  let free = places
  return async (act) => {
    if (free === 0) await new Promise<void>((called) => line.push(called))
    else free -= 1
    try {
      return await act()
    } finally {
      const next = line.shift()
      if (next) next()
      else free += 1
    }
  }
}
