import { ApiError } from './api-error.ts'
import type { Comparison, Criterion } from './coql-parser.ts'

/**
 * The `criteria` of a search: `(Field:operator:value)`, joined in pairs by `and` and `or`. Brackets, commas and
 * backslashes inside a value are escaped by a backslash.
 */
export function parseCriteria(text: string): Criterion {
  let at = 0
  const fail = () =>
    new ApiError(400, 'INVALID_QUERY', 'the criteria cannot be read', {
      param_name: 'criteria',
      near: text.slice(at),
    })

  function group(): Criterion {
    if (text[at] !== '(') throw fail()
    at += 1
    let found = text[at] === '(' ? group() : term()
    while (text[at] !== ')') {
      const joint = /^(and|or)(?=\()/.exec(text.slice(at))?.[1]
      if (joint !== 'and' && joint !== 'or') throw fail()
      at += joint.length
      found = { is: joint, left: found, right: group() }
    }
    at += 1
    return found
  }

  function term(): Criterion {
    const match = /^(\w[\w.$]*):(\w+):((?:\\.|[^()\\])*)/.exec(text.slice(at))
    const [whole, column, operator, raw] = match ?? []
    if (whole === undefined || column === undefined || operator === undefined || raw === undefined)
      throw fail()
    at += whole.length
    const criterion = criterionOf(column, operator, splitValues(raw))
    if (!criterion) throw fail()
    return criterion
  }

  const spaced = text.trim()
  text = spaced.startsWith('((') ? spaced : `(${spaced})`
  const found = group()
  if (at !== text.length) throw fail()
  return found
}

const COMPARISONS: Record<string, Comparison> = {
  equals: '=',
  not_equal: '!=',
  greater_than: '>',
  greater_equal: '>=',
  less_than: '<',
  less_equal: '<=',
}

function criterionOf(column: string, operator: string, values: string[]): Criterion | null {
  const [first = '', second] = values
  if (operator === 'starts_with') return { is: 'like', column, not: false, pattern: `${first}%` }
  if (operator === 'in') return { is: 'in', column, not: false, values }
  if (operator === 'between' && second !== undefined) {
    return { is: 'between', column, not: false, low: first, high: second }
  }
  const comparison = COMPARISONS[operator]
  const value = values.join(',')
  return comparison ? { is: 'compare', column, operator: comparison, value } : null
}

function splitValues(raw: string): string[] {
  const values = ['']
  for (const [, escaped, plain] of raw.matchAll(/\\(.)|([^\\])/gs)) {
    if (plain === ',') values.push('')
    else values[values.length - 1] += escaped ?? plain ?? ''
  }
  return values
}
