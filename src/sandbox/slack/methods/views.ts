import { z } from 'zod'
import { SlackError } from '../objects.ts'
import { findView, openModal, publishHome, pushModal, updateView } from '../views.ts'
import { json, type Method, type MethodParts, parse } from './call.ts'

const triggered = z.object({ trigger_id: z.string(), view: json })

function redeemed({ tickets }: MethodParts, triggerId: string) {
  const trigger = tickets.redeemTrigger(triggerId)
  if ('error' in trigger) throw new SlackError(trigger.error)
  return trigger
}

export const views: Record<string, Method> = {
  'views.open'(args, parts) {
    const { trigger_id, view } = parse(triggered, args)
    return { view: openModal(parts.workspace, redeemed(parts, trigger_id).user, view) }
  },

  'views.push'(args, parts) {
    const { trigger_id, view } = parse(triggered, args)
    const { user, viewId } = redeemed(parts, trigger_id)
    // Only an interaction inside a modal that is still open can put another one on top of it.
    if (!parts.workspace.modalsOf(user).some(({ id }) => id === viewId)) throw new SlackError('not_found')
    return { view: pushModal(parts.workspace, user, view) }
  },

  'views.update'(args, { workspace }) {
    const { view_id, external_id, hash, view } = parse(
      z.object({
        view_id: z.string().optional(),
        external_id: z.string().optional(),
        hash: z.string().optional(),
        view: json,
      }),
      args,
    )
    if (!view_id && !external_id) throw new SlackError('view_not_found')
    const found = findView(workspace, {
      ...(view_id && { id: view_id }),
      ...(external_id && { externalId: external_id }),
    })
    if (!found) throw new SlackError('not_found')
    if (hash && hash !== found.view.hash) throw new SlackError('hash_conflict')
    return { view: updateView(workspace, found.user, found.view, view) }
  },

  'views.publish'(args, { workspace }) {
    const { user_id, hash, view } = parse(
      z.object({ user_id: z.string(), hash: z.string().optional(), view: json }),
      args,
    )
    if (!workspace.people.has(user_id)) throw new SlackError('user_not_found')
    const current = workspace.home(user_id)
    if (hash && current && hash !== current.hash) throw new SlackError('hash_conflict')
    return { view: publishHome(workspace, user_id, view) }
  },
}
