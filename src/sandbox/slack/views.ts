import { z } from 'zod'
import { blockProblems, invalid } from './block-kit.ts'
import { type Check, fields, optional, type Rule, required, string, text } from './block-rules.ts'
import { elementsIn, stateValues, withIds } from './elements.ts'
import { isObject, SlackError, type View } from './objects.ts'
import { newId, type Workspace } from './workspace.ts'

const Draft = z.object({
  type: z.enum(['modal', 'home']),
  blocks: z.array(z.record(z.string(), z.unknown())),
  title: z.record(z.string(), z.unknown()).optional(),
  submit: z.record(z.string(), z.unknown()).nullish(),
  close: z.record(z.string(), z.unknown()).nullish(),
  callback_id: z.string().default(''),
  external_id: z.string().default(''),
  private_metadata: z.string().default(''),
  clear_on_close: z.boolean().default(false),
  notify_on_close: z.boolean().default(false),
})

const label = text(24, 'plain_text')
const accepted: Rule = () => {}
const viewRules = {
  modal: fields({
    ...commonFields(),
    title: required(label),
    submit: optional(label),
    close: optional(label),
  }),
  home: fields(commonFields()),
}

function commonFields() {
  return {
    blocks: required(accepted),
    callback_id: optional(string(255, 0)),
    external_id: optional(string(255, 0)),
    private_metadata: optional(string(3000, 0)),
    clear_on_close: optional(accepted),
    notify_on_close: optional(accepted),
    submit_disabled: optional(accepted),
  }
}

const maxViewBytes = 250_000

/** A bot's view as Slack would store it, or `invalid_arguments` naming what is wrong. */
function checkedView(value: unknown, type: View['type']): z.infer<typeof Draft> {
  if (!isObject(value)) throw invalid('invalid_arguments', ['must be an object [json-pointer:/view]'])
  if (value.type !== type) throw invalid('invalid_arguments', [`must be ${type} [json-pointer:/view/type]`])
  const check: Check = { surface: type, at: '/view', problems: [] }
  viewRules[type](value, check)
  const blocks = Array.isArray(value.blocks) ? value.blocks : []
  const problems = [...check.problems, ...blockProblems(value.blocks, type, '/view/blocks')]
  const asksForInput = blocks.some((block) => isObject(block) && block.type === 'input')
  if (type === 'modal' && asksForInput && !value.submit) {
    problems.push('missing required field: submit, as there are input blocks [json-pointer:/view]')
  }
  if (problems.length > 0) throw invalid('invalid_arguments', problems)
  if (Buffer.byteLength(JSON.stringify(value)) > maxViewBytes) throw new SlackError('view_too_large')
  const draft = Draft.safeParse(value)
  if (draft.success) return draft.data
  throw invalid(
    'invalid_arguments',
    draft.error.issues.map(({ message, path }) => `${message} [json-pointer:/view/${path.join('/')}]`),
  )
}

function newHash(): string {
  return `${(Date.now() / 1000).toFixed(3)}.${newId('').toLowerCase().slice(0, 8)}`
}

function freshView(workspace: Workspace, value: unknown, type: View['type'], below: View | undefined): View {
  const draft = checkedView(value, type)
  const id = newId('V')
  const blocks = withIds(draft.blocks)
  return {
    ...draft,
    id,
    team_id: workspace.team.id,
    app_id: workspace.bot.app_id,
    bot_id: workspace.bot.bot_id,
    hash: newHash(),
    root_view_id: below?.root_view_id ?? id,
    previous_view_id: below?.id ?? null,
    blocks,
    state: { values: stateValues(blocks, {}) },
  }
}

/** Shows a modal in place of whatever modals the person had open. */
export function openModal(workspace: Workspace, user: string, value: unknown): View {
  const view = freshView(workspace, value, 'modal', undefined)
  workspace.saveModals(user, [view])
  return view
}

/** @throws SlackError `push_limit_reached` on the fourth modal, `not_found` when there is none to push onto */
export function pushModal(workspace: Workspace, user: string, value: unknown): View {
  const stack = workspace.modalsOf(user)
  const top = stack.at(-1)
  if (!top) throw new SlackError('not_found')
  if (stack.length >= 3) throw new SlackError('push_limit_reached')
  const view = freshView(workspace, value, 'modal', top)
  workspace.saveModals(user, [...stack, view])
  return view
}

/** Replaces an open modal or an App Home, keeping its id. Elements that stay keep what was typed into them. */
export function updateView(workspace: Workspace, user: string, current: View, value: unknown): View {
  const draft = checkedView(value, current.type)
  const blocks = withIds(draft.blocks)
  const view: View = {
    ...current,
    ...draft,
    hash: newHash(),
    blocks,
    state: { values: stateValues(blocks, {}) },
  }
  if (current.type === 'home') workspace.saveHome(user, view)
  else
    workspace.saveModals(
      user,
      workspace.modalsOf(user).map((open) => (open.id === current.id ? view : open)),
    )
  return view
}

export function publishHome(workspace: Workspace, user: string, value: unknown): View {
  const current = workspace.home(user)
  if (current) return updateView(workspace, user, current, value)
  const view = freshView(workspace, value, 'home', undefined)
  workspace.saveHome(user, view)
  return view
}

/** Whose view this is, by its own id or the bot's `external_id`. */
export function findView(
  workspace: Workspace,
  key: { id?: string; externalId?: string },
): { user: string; view: View } | undefined {
  for (const user of workspace.people.keys()) {
    const views = [
      ...workspace.modalsOf(user),
      ...[workspace.home(user)].filter((home) => home !== undefined),
    ]
    const view = views.find((each) => (key.id ? each.id === key.id : each.external_id === key.externalId))
    if (view) return { user, view }
  }
  return undefined
}

/** What Slack itself tells a person before submitting, by block id. */
export function inputErrors(view: View): Record<string, string> {
  const errors: Record<string, string> = {}
  for (const { blockId, element } of elementsIn(view.blocks)) {
    const block = view.blocks.find((each) => each.block_id === blockId)
    if (block?.type !== 'input') continue
    const { type: _type, ...state } = view.state.values[blockId]?.[element.action_id] ?? {}
    const [value] = Object.values(state)
    const empty = value === null || value === undefined || (Array.isArray(value) && value.length === 0)
    if (empty && !block.optional) errors[blockId] = 'Please complete this required field.'
    else if (!empty) {
      const problem = typedProblem(element, value)
      if (problem) errors[blockId] = problem
    }
  }
  return errors
}

function typedProblem(element: Record<string, unknown>, value: unknown): string | null {
  if (element.type === 'number_input') {
    const number = Number(value)
    if (!Number.isFinite(number)) return 'Please enter a number.'
    if (!element.is_decimal_allowed && !Number.isInteger(number)) return 'Please enter a whole number.'
    if (element.min_value !== undefined && number < Number(element.min_value)) {
      return `Please enter a number of at least ${element.min_value}.`
    }
    if (element.max_value !== undefined && number > Number(element.max_value)) {
      return `Please enter a number of at most ${element.max_value}.`
    }
  }
  if (element.type === 'plain_text_input' && typeof value === 'string') {
    if (value.length < Number(element.min_length ?? 0)) {
      return `Please enter at least ${element.min_length} characters.`
    }
    if (value.length > Number(element.max_length ?? 3000)) {
      return `Please enter at most ${element.max_length ?? 3000} characters.`
    }
  }
  if (element.type === 'email_text_input' && !/^\S+@\S+\.\S+$/.test(String(value))) {
    return 'Please enter an email address.'
  }
  return null
}
