import type {
  AllMiddlewareArgs,
  App,
  BlockAction,
  BlockElementAction,
  SlackActionMiddlewareArgs,
  SlackEventMiddlewareArgs,
} from '@slack/bolt'
import { DateTime } from 'luxon'
import { z } from 'zod'
import { ownerById } from '../access/identity.ts'
import { maySee } from '../access/roles.ts'
import { endApproval } from '../approval/approval.ts'
import { openApproval } from '../approval/opening.ts'
import { draftModal } from '../digest/draft-modal.ts'
import { renderDigestReason, renderNoRoleHome } from '../digest/help-view.ts'
import { noticeModal } from '../digest/notice-modal.ts'
import { isPaused, type Owner, type Preferences } from '../model/owner.ts'
import { plainMessage } from '../slack/blocks.ts'
import { date } from '../slack/dates.ts'
import type { Message } from '../slack/message.ts'
import { mrkdwn } from '../slack/mrkdwn.ts'
import { approvalById } from '../store/approvals.ts'
import { digestById } from '../store/digests.ts'
import { cardCopyKey, cardKey, enqueueCardCopy, messagePosition } from '../store/outbox.ts'
import { homeWasSeen, setPreferences } from '../store/owners.ts'
import {
  openRecommendations,
  pendingApprovalOf,
  recommendationById,
  recommendationsOfAccounts,
} from '../store/recommendations.ts'
import { isVisible, openAccount } from './accounts.ts'
import { tomorrowAtNine } from './buttons.ts'
import { pauseUntil, resume } from './pausing.ts'
import { type Actor, actorOf, ended } from './person.ts'
import type { TriggerTools } from './tools.ts'

/** Everything pressed that is not a decision: digests, briefs, App Home and its settings. */

type Press = SlackActionMiddlewareArgs<BlockAction<BlockElementAction>> & AllMiddlewareArgs
type Answer = (tools: TriggerTools, pressed: Pressed) => Promise<Message | null>
type Pressed = { person: Owner; value: string; values: string[]; triggerId: string }

const ANSWERS: Record<string, Answer> = {
  'digest.review': (tools, { person, value }) => openAccount(tools, person, value),
  'account.open': (tools, { person, value }) => openAccount(tools, person, value),
  'home.review': reviewSuggestion,
  'approvals.review': reviewSuggestion,
  'brief.review': reviewSuggestion,
  'brief.draft': showDraft,
  'brief.propose': proposeUpdate,
  'brief.open_in_crm': async () => null,
  'digest.see_all': async (tools, { person }) => {
    await tools.enqueue('publish-home', { ownerId: person.id })
    return plainMessage('Everything that waits for you and every further suggestion is in my Home tab.')
  },
  'digest.snooze': snoozeDigest,
  'digest.more': digestMenu,
  'digest.feedback': async () => plainMessage('Thank you, noted.'),
  'settings.digest_time': (tools, { person, value }) => set(tools, person, { digestTime: value }),
  'settings.quiet_from': (tools, { person, value }) => set(tools, person, { quietFrom: value }),
  'settings.quiet_until': (tools, { person, value }) => set(tools, person, { quietUntil: value }),
  'settings.digest_days': (tools, { person, values }) =>
    set(tools, person, { digestDays: values.map(Number).sort() }),
  'settings.pause': async (tools, { person, value }) => {
    await pauseUntil(tools, person, pauseEnd(value))
    return null
  },
  'settings.resume': async (tools, { person }) => {
    await resume(tools, person)
    return null
  },
  'settings.unmute': (tools, { person, value }) =>
    set(tools, person, { mutedAccountIds: person.preferences.mutedAccountIds.filter((id) => id !== value) }),
}

export function registerHome(app: App, tools: TriggerTools): void {
  for (const [action, answer] of Object.entries(ANSWERS)) {
    app.action<BlockAction<BlockElementAction>>(
      action,
      async ({ context, ack, body, action: element }: Press) => {
        const actor = await actorOf(tools, context)
        if (!actor.person || actor.person.role === 'none') {
          await ended(tools, actor, 'refused', 'no role')
          await ack()
          return tell(
            tools,
            actor,
            plainMessage('You are not linked to a CRM user. Ask an admin to link you; nothing was done.'),
          )
        }
        const message = await answer(tools, {
          person: actor.person,
          ...valuesOf(element),
          triggerId: body.trigger_id,
        })
        await ended(tools, actor, 'applied', message?.text ?? action)
        await ack()
        await tell(tools, actor, message)
      },
    )
  }
  app.event(
    'app_home_opened',
    async ({ context, event }: SlackEventMiddlewareArgs<'app_home_opened'> & AllMiddlewareArgs) => {
      const actor = await actorOf(tools, context)
      if (event.tab === 'home') await showHome(tools, actor)
      await ended(tools, actor, 'applied', 'app home opened')
    },
  )
}

async function showHome(
  { db, enqueue, messenger }: TriggerTools,
  { person, slackUserId }: Actor,
): Promise<void> {
  if (!person || person.role === 'none') return messenger.publishHome(slackUserId, renderNoRoleHome())
  await homeWasSeen(db, person.id)
  await enqueue('publish-home', { ownerId: person.id })
}

async function tell({ messenger }: TriggerTools, actor: Actor, message: Message | null): Promise<void> {
  if (message && actor.channel) await messenger.ephemeral(actor.channel, actor.slackUserId, message)
}

const Element = z.looseObject({
  value: z.string().nullish(),
  selected_time: z.string().nullish(),
  selected_option: z.looseObject({ value: z.string().nullish() }).nullish(),
  selected_options: z.array(z.looseObject({ value: z.string() })).nullish(),
})

/** What was chosen, whatever the control. */
function valuesOf(element: unknown): { value: string; values: string[] } {
  const { value, selected_time, selected_option, selected_options } = Element.parse(element)
  return {
    value: value ?? selected_time ?? selected_option?.value ?? '',
    values: selected_options?.map((option) => option.value) ?? [],
  }
}

/** The settings shown in App Home are drawn anew from the row, so an answer would only repeat them. */
async function set(
  { db, enqueue }: TriggerTools,
  person: Owner,
  preferences: Partial<Preferences>,
): Promise<null> {
  await setPreferences(db, person.id, preferences)
  await enqueue('publish-home', { ownerId: person.id })
  return null
}

function pauseEnd(choice: string): Date {
  const days = Number(/^(\d+)d$/.exec(choice)?.[1] ?? 1)
  return DateTime.now().plus({ days }).toJSDate()
}

/** Opens the approval, if it was not, and says where its card is: with whoever looks, even if another was asked. */
async function reviewSuggestion(tools: TriggerTools, { person, value, triggerId }: Pressed): Promise<null> {
  const { db, messenger, gather } = tools
  const card = await cardFor(tools, person, value)
  if (!card) {
    const gone = 'This is not, or no longer, among your suggestions. Nothing was done.'
    await messenger.openView(triggerId, noticeModal(gone, null))
    return null
  }
  const position = await messagePosition(db, card.messageKey)
  const here = 'The card is in your messages with me: there you can approve, edit or reject it.'
  await messenger.openView(triggerId, noticeModal(here, position ? gather.permalink(position) : null))
  return null
}

/**
 * The account's owner is asked, unless they pause; a manager, or whoever it was handed to, gets the same card beside
 * them.
 */
async function cardFor(
  { db, teamId, approval, enqueue }: TriggerTools,
  person: Owner,
  recommendationId: string,
): Promise<{ messageKey: string } | null> {
  const recommendation = await recommendationById(db, recommendationId)
  const slackUserId = person.slackUserId
  if (!recommendation || !slackUserId) return null
  const owner = recommendation.ownerId ? await ownerById(db, recommendation.ownerId) : null
  const pending = await pendingApprovalOf(db, recommendationId)
  const askedId = pending ? ((await approvalById(db, pending))?.askedOwnerId ?? null) : null
  const sees = maySee(person, { ownerId: recommendation.ownerId, ownerManagerId: owner?.managerId ?? null })
  if (!sees && askedId !== person.id) return null

  const asked =
    owner?.active && owner.slackUserId && (owner.id === person.id || !isPaused(owner, new Date()))
      ? { ...owner, slackUserId: owner.slackUserId }
      : { ...person, slackUserId }
  const place = { channel: asked.slackUserId }
  const opened = pending ? null : await openApproval(approval, recommendationId, { ownerId: asked.id, place })
  if (opened) await enqueue('deliver-messages', place)
  const approvalId = pending ?? opened
  if (!approvalId) return null
  if ((askedId ?? asked.id) === person.id) return { messageKey: cardKey(approvalId) }
  await enqueueCardCopy(db, { teamId, approvalId, slackUserId })
  await enqueue('deliver-messages', { channel: slackUserId })
  return { messageKey: cardCopyKey(approvalId, slackUserId) }
}

async function showDraft(
  tools: TriggerTools,
  { person, value, triggerId }: Pressed,
): Promise<Message | null> {
  if (!(await isVisible(tools, person, value)))
    return plainMessage('I can’t find this account among those you can see.')
  const suggestions = await recommendationsOfAccounts(tools.db, [value], ['open', 'shown'])
  const email = suggestions.find(({ draft }) => draft !== null)?.draft
  if (!email) return plainMessage('Nothing about this account calls for an e-mail now, so I have no draft.')
  await tools.messenger.openView(triggerId, draftModal(email))
  return null
}

async function proposeUpdate(tools: TriggerTools, { person, value }: Pressed): Promise<Message> {
  const { db, approval, enqueue } = tools
  if (!(await isVisible(tools, person, value)))
    return plainMessage('I can’t find this account among those you can see.')
  const open = await openRecommendations(db, { accountId: value })
  const update = open.find(({ change }) => change.action === 'update')
  if (!update)
    return plainMessage(
      'Zoho’s fields agree with what I see, so I have no change to propose. Open cards stay as they are.',
    )
  const channel = person.slackUserId ?? ''
  await openApproval(approval, update.id, { ownerId: person.id, place: { channel } })
  await enqueue('deliver-messages', { channel })
  return plainMessage('I put the proposed change below. Nothing is written until you approve it.')
}

/** Takes the digest's undecided cards back until tomorrow morning. */
async function snoozeDigest(
  { db, approval, enqueue }: TriggerTools,
  { person, value }: Pressed,
): Promise<Message> {
  const digest = await digestById(db, value)
  if (!digest || digest.recipient !== person.id)
    return plainMessage('This digest is not yours. Nothing was done.')
  const until = tomorrowAtNine(DateTime.now().setZone(person.zone), person.preferences.digestDays)
  let snoozed = 0
  for (const recommendationId of digest.recommendationIds) {
    const pending = await pendingApprovalOf(db, recommendationId)
    const ending = { by: person.id, reason: 'snoozed', snoozedUntil: until }
    if (pending && (await endApproval(approval, pending, 'withdrawn', ending))) snoozed += 1
  }
  if (person.slackUserId) await enqueue('deliver-messages', { channel: person.slackUserId })
  return plainMessage(
    snoozed === 0
      ? 'Everything in this digest is decided already.'
      : mrkdwn`Snoozed until ${date(until, 'dayTime', person.zone)}. What still stands then returns with fresh facts.`,
  )
}

async function digestMenu(tools: TriggerTools, { person, value }: Pressed): Promise<Message> {
  const [choice, accountId] = value.split(':')
  if (choice === 'why') {
    const digestTime = person.preferences.digestTime ?? tools.gather.digestTime
    return renderDigestReason({ digestTime, zone: person.zone })
  }
  if (choice === 'mute' && accountId) {
    const mutedAccountIds = [...new Set([...person.preferences.mutedAccountIds, accountId])]
    await set(tools, person, { mutedAccountIds })
    return plainMessage('Muted: I suggest nothing about this account until you unmute it in my Home tab.')
  }
  return plainMessage('Choose the time, the days and your quiet hours in my Home tab, under Settings.')
}
