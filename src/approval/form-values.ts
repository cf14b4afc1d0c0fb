/** What a person filled in: Slack's `view.state.values`, as far as our forms use it. */
export type FormValues = Record<string, Record<string, FormValue>>

export type FormValue = {
  type?: string
  value?: string | null
  selected_date?: string | null
  selected_date_time?: number | null
  selected_time?: string | null
  selected_option?: { value?: string } | null
  selected_user?: string | null
}

export type Answer = { blockId: string; text: string | null }

/** The answer to one input by its action id, whatever its type; null when the form had no such input. */
export function answerTo(values: FormValues, action: string): Answer | null {
  for (const [blockId, actions] of Object.entries(values)) {
    const given = actions[action]
    if (given) return { blockId, text: textOf(given) }
  }
  return null
}

function textOf(given: FormValue): string | null {
  const chosen =
    given.value ??
    given.selected_date ??
    given.selected_date_time ??
    given.selected_time ??
    given.selected_option?.value ??
    given.selected_user
  return chosen === null || chosen === undefined || chosen === '' ? null : String(chosen)
}
