import type { Question } from './llm.ts'

/** What a model filled in, or what is wrong with it, a sentence each: nothing outside the form gets through. */
export function readForm<T>(
  input: unknown,
  { form, problemsOf }: Pick<Question<T>, 'form' | 'problemsOf'>,
): { value: T } | { problems: string[] } {
  if (input === null) return { problems: ['Answer by calling the tool.'] }
  const parsed = form.safeParse(input)
  if (!parsed.success) {
    const words = parsed.error.issues.map(
      ({ path, message }) => `${path.map(String).join('.') || 'the answer'}: ${message}`,
    )
    return { problems: words }
  }
  const problems = problemsOf?.(parsed.data) ?? []
  return problems.length > 0 ? { problems: [...problems] } : { value: parsed.data }
}
