/**
 * The mark by which we find a record again that has no field for our operation id: the last line of its text.
 * A person sees it in Zoho; it is not part of what they approved, so reading takes it off again.
 */
const MARK = 'Ref sergas:'

export function marked(text: unknown, operationId: string): string {
  const mark = MARK + operationId
  return typeof text === 'string' && text !== '' ? `${text}\n\n${mark}` : mark
}

export function unmarked(text: unknown): { text: string; operationId: string | null } {
  if (typeof text !== 'string') return { text: '', operationId: null }
  const at = text.lastIndexOf(MARK)
  const operationId = text.slice(at + MARK.length).trimEnd()
  const isLastLine = at === 0 || text[at - 1] === '\n'
  if (at === -1 || !isLastLine || !/^[\w-]+$/.test(operationId)) return { text, operationId: null }
  const before = text.slice(0, at)
  return { text: before.endsWith('\n\n') ? before.slice(0, -2) : before, operationId }
}
