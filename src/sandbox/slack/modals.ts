import { type Answer, wentWell } from './delivery.ts'
import { type Choice, stateValues, strayChoices } from './elements.ts'
import { isObject, type Json, SlackError, type View } from './objects.ts'
import { MissingError, requirePerson, type SlackParts } from './parts.ts'
import { interactionHead } from './payloads.ts'
import { inputErrors, pushModal, updateView } from './views.ts'
import type { Workspace } from './workspace.ts'

export type Submission = {
  /** Null when Slack itself found the input wanting and never asked the bot. */
  answer: Answer | null
  /** By block id: from Slack's own checks or from the bot's `response_action: errors`. */
  errors: Record<string, string>
}

function openModalOf(parts: SlackParts, user: string, viewId: string): View {
  requirePerson(parts, user)
  const view = parts.workspace.modalsOf(user).find(({ id }) => id === viewId)
  if (!view) throw new MissingError(`${user} has no modal ${viewId} open`)
  return view
}

/** Submits a modal and does what the bot's answer says: close, clear, update, push or show errors. */
export async function submitModal(
  parts: SlackParts,
  submitted: { user: string; view_id: string; values: Record<string, Choice> },
): Promise<Submission> {
  const { workspace, delivery, tickets, log } = parts
  const { user } = submitted
  const open = openModalOf(parts, user, submitted.view_id)
  const strays = strayChoices(open.blocks, submitted.values)
  if (strays.length > 0) throw new MissingError(`The modal does not offer ${strays.join(', ')} as given`)
  const view: View = { ...open, state: { values: stateValues(open.blocks, submitted.values) } }
  const missing = inputErrors(view)
  if (Object.keys(missing).length > 0) return { answer: null, errors: missing }

  const answer = await delivery.interaction({
    type: 'view_submission',
    ...interactionHead(workspace, user),
    trigger_id: tickets.trigger(user, view.id),
    view,
    response_urls: [],
  })
  if (!wentWell(answer)) return { answer, errors: {} }
  try {
    return { answer, errors: followAnswer(workspace, user, view, isObject(answer.body) ? answer.body : {}) }
  } catch (error) {
    if (!(error instanceof SlackError)) throw error
    const { code, details } = error
    log.warn({ error: code, details }, 'local slack refused the answer to a submission')
    return { answer: { ...answer, error: code }, errors: {} }
  }
}

function followAnswer(workspace: Workspace, user: string, view: View, body: Json): Record<string, string> {
  switch (body.response_action) {
    case 'errors':
      return knownErrors(view, body.errors)
    case 'update':
      updateView(workspace, user, view, body.view)
      return {}
    case 'push':
      pushModal(workspace, user, body.view)
      return {}
    case 'clear':
      workspace.saveModals(user, [])
      return {}
    default:
      // The bot may have opened another modal meanwhile: only this one closes.
      workspace.saveModals(
        user,
        workspace.modalsOf(user).filter(({ id }) => id !== view.id),
      )
      return {}
  }
}

/** Slack shows errors on input blocks only; an answer naming anything else is an error of the bot's. */
function knownErrors(view: View, errors: unknown): Record<string, string> {
  const inputs = new Set(view.blocks.filter(({ type }) => type === 'input').map(({ block_id }) => block_id))
  const entries = Object.entries(isObject(errors) ? errors : {})
  const unknown = entries.filter(([blockId]) => !inputs.has(blockId)).map(([blockId]) => blockId)
  if (entries.length === 0 || unknown.length > 0) throw new SlackError('invalid_errors', { unknown })
  return Object.fromEntries(entries.map(([blockId, message]) => [blockId, String(message)]))
}

/** Closes the modal, or all of them where it says `clear_on_close`; the bot hears of it if it asked to. */
export async function closeModal(
  parts: SlackParts,
  closed: { user: string; view_id: string },
): Promise<Answer | null> {
  const { workspace, delivery } = parts
  const { user } = closed
  const view = openModalOf(parts, user, closed.view_id)
  const stack = workspace.modalsOf(user)
  workspace.saveModals(user, view.clear_on_close ? [] : stack.filter(({ id }) => id !== view.id))
  if (!view.notify_on_close) return null
  return delivery.interaction({
    type: 'view_closed',
    ...interactionHead(workspace, user),
    view,
    is_cleared: view.clear_on_close,
  })
}
