/** A message or view as a person meets it: its words in order, buttons in brackets. */
export function aloud(value: { text?: unknown; blocks: readonly unknown[] }): string {
  return value.blocks.flatMap(words).join('\n')
}

/** Every action id a person can use, with repetitions. */
export function actionIds(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(actionIds)
  if (typeof value !== 'object' || value === null) return []
  const own = 'action_id' in value && typeof value.action_id === 'string' ? [value.action_id] : []
  return [...own, ...Object.values(value).flatMap(actionIds)]
}

/** The values of all choices of an overflow menu or select with that action id. */
export function choicesOf(value: unknown, action: string): string[] {
  if (Array.isArray(value)) return value.flatMap((each) => choicesOf(each, action))
  if (typeof value !== 'object' || value === null) return []
  const options =
    'action_id' in value && value.action_id === action && 'options' in value ? value.options : []
  const own = Array.isArray(options) ? options.map((option: { value: string }) => option.value) : []
  return [...own, ...Object.values(value).flatMap((each) => choicesOf(each, action))]
}

function words(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(words)
  if (typeof value !== 'object' || value === null) return []
  const { type, text, ...rest } = value as Record<string, unknown>
  if (type === 'button') return [`[${words(text).join('')}]`]
  const own =
    typeof text === 'string' ? [text.replaceAll(/<!date\^\d+\^[^|]*\|([^>]*)>/g, '$1')] : words(text)
  return [...own, ...Object.values(rest).flatMap(words)]
}
