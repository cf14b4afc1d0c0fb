import type {
  AllMiddlewareArgs,
  App,
  BlockAction,
  ButtonAction,
  SlackActionMiddlewareArgs,
} from '@slack/bolt'
import { mayAdminister } from '../access/roles.ts'
import { LETTER_WORDS } from '../digest/dead-letters-view.ts'
import { tellAdmins } from '../jobs/dead-letter-card.ts'
import { discardLetter, retryLetter } from '../jobs/dead-letters.ts'
import { plainMessage } from '../slack/blocks.ts'
import { actorOf, ended } from './person.ts'
import type { TriggerTools } from './tools.ts'

type Press = SlackActionMiddlewareArgs<BlockAction<ButtonAction>> & AllMiddlewareArgs

const PRESSES = { 'dead_letter.retry': retryLetter, 'dead_letter.discard': discardLetter }

/** The buttons of the admins' message about dead letters. */
export function registerDeadLetters(app: App, tools: TriggerTools): void {
  for (const [action, press] of Object.entries(PRESSES)) {
    app.action<BlockAction<ButtonAction>>(action, async ({ context, ack, action: { value } }: Press) => {
      const actor = await actorOf(tools, context)
      const permission = mayAdminister(actor.person)
      const outcome = permission.ok && actor.person ? await press(tools, value ?? '', actor.person.id) : null
      const isDone = outcome?.kind === 'retried' || outcome?.kind === 'discarded'
      await ended(tools, actor, isDone ? 'applied' : 'refused', outcome?.kind ?? 'not an admin')
      await ack()
      if (outcome) await tellAdmins(tools)
      const told = outcome ? LETTER_WORDS[outcome.kind] : permission.ok ? null : permission.say
      if (told && actor.channel)
        await tools.messenger.ephemeral(actor.channel, actor.slackUserId, plainMessage(told))
    })
  }
}
