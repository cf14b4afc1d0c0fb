import { type Answer, wentWell } from './delivery.ts'
import { accepts, type Choice, choiceOf, elementsIn, type Placed, stateValues } from './elements.ts'
import { postAsSlack } from './messages.ts'
import { isObject, type Json, type Message, type View } from './objects.ts'
import { MissingError, type Origin, requireChannel, requirePerson, type SlackParts } from './parts.ts'
import { interactionHead, messageObject } from './payloads.ts'

export type Press = {
  user: string
  channel?: string | undefined
  ts?: string | undefined
  view_id?: string | undefined
  action_id: string
  block_id?: string | undefined
  /** The option chosen, date picked or text typed; not needed for a button. */
  value?: Choice | undefined
  /** What else stands in the message's or view's inputs, by action id. */
  state?: Record<string, Choice> | undefined
}

/** Presses, chooses or picks in a message, a modal or the App Home. */
export async function press(parts: SlackParts, origin: Origin, pressed: Press): Promise<Answer> {
  requirePerson(parts, pressed.user)
  const where = pressed.ts ? inMessage(parts, pressed) : inView(parts, pressed)
  const { blocks, ...surface } = where.message ?? where.view
  const { element, blockId } = findElement(blocks ?? [], pressed)
  const { workspace, delivery, tickets } = parts
  const { user } = pressed

  const choices = {
    ...pressed.state,
    ...(pressed.value !== undefined && { [`${blockId}/${pressed.action_id}`]: pressed.value }),
  }
  const state = { values: stateValues(blocks ?? [], choices) }
  const action = {
    action_id: element.action_id,
    block_id: blockId,
    ...(isObject(element.text) && { text: element.text }),
    ...choiceOf(element, pressed.value ?? null),
    type: element.type,
    action_ts: workspace.nextTs(),
  }
  const place = where.message
    ? messagePlace(parts, origin, user, where.message, state)
    : viewPlace({ ...surface, blocks, state } as View)
  const answer = await delivery.interaction({
    type: 'block_actions',
    ...interactionHead(workspace, user),
    ...place,
    trigger_id: tickets.trigger(user, where.view?.type === 'modal' ? where.view.id : null),
    actions: [action],
  })
  const channel = where.message?.channel ?? workspace.directMessageOf(user)!.id
  if (!wentWell(answer) && where.message) {
    const why = answer.error
      ? `This app did not respond (${answer.error}).`
      : `This app responded with status ${answer.status}.`
    postAsSlack(parts, {
      channel,
      ephemeralFor: user,
      text: `${why} What you pressed may not have been done.`,
      ...(where.message.thread_ts && { threadTs: where.message.thread_ts }),
    })
  }
  return answer
}

type Where = { message: Message; view?: undefined } | { message?: undefined; view: View }

function inMessage(parts: SlackParts, { user, channel, ts }: Press): Where {
  // Whoever was once in a channel may still press there: who may decide is for the bot to say.
  const id = channel ?? requireChannel(parts, user, channel).id
  const message = parts.workspace.message(id, ts!)
  if (!message || (message.ephemeral_for && message.ephemeral_for !== user)) {
    throw new MissingError(`${user} sees no message ${ts} in ${id}`)
  }
  return { message }
}

function inView({ workspace }: SlackParts, pressed: Press): Where {
  const { user, view_id } = pressed
  const open = [...workspace.modalsOf(user).toReversed(), workspace.home(user)].filter(
    (view) => view !== undefined,
  )
  const view = view_id
    ? open.find(({ id }) => id === view_id)
    : (open.find(({ blocks }) =>
        elementsIn(blocks).some(({ element }) => element.action_id === pressed.action_id),
      ) ?? open[0])
  if (!view) throw new MissingError(`${user} has no ${view_id ? `view ${view_id}` : 'modal and no App Home'}`)
  return { view }
}

function findElement(blocks: View['blocks'], { action_id, block_id, value }: Press): Placed {
  const all = elementsIn(blocks)
  const candidates = all.filter(
    ({ element, blockId }) =>
      element.action_id === action_id && (block_id === undefined || blockId === block_id),
  )
  const found = candidates.find((candidate) => accepts(candidate, value))
  if (found) return found
  if (candidates.length === 0) {
    const present = all.map(({ element }) => element.action_id).join(', ') || 'none'
    throw new MissingError(`There is no element ${action_id} there; present: ${present}`)
  }
  throw new MissingError(`${action_id} does not offer ${JSON.stringify(value ?? null)}`)
}

function messagePlace(parts: SlackParts, origin: Origin, user: string, message: Message, state: Json): Json {
  const { workspace, tickets } = parts
  const { channel, ts, thread_ts } = message
  const response = tickets.response({ channel, user, ts })
  return {
    container: {
      type: 'message',
      message_ts: ts,
      channel_id: channel,
      is_ephemeral: message.ephemeral_for !== undefined,
      ...(thread_ts && thread_ts !== ts && { thread_ts }),
    },
    channel: { id: channel, name: workspace.channels.get(channel)!.name },
    // Slack sends no content of an ephemeral message back.
    ...(message.ephemeral_for === undefined && { message: messageObject(workspace, message, true) }),
    state,
    response_url: `${origin}/api/response/${response}`,
  }
}

function viewPlace(view: View): Json {
  return { container: { type: 'view', view_id: view.id }, view }
}
