import { isObject, type Json } from './objects.ts'

/**
 * The vocabulary in which Block Kit's limits are written down (`block-elements.ts`, `block-kit.ts`). A rule
 * looks at one value and reports what Slack would refuse, in Slack's words, with a JSON pointer to the place.
 */
export type Surface = 'message' | 'modal' | 'home'

export type Check = {
  surface: Surface
  /** JSON pointer of the value being looked at, e.g. `/blocks/3/accessory`. */
  at: string
  problems: string[]
}

/** `at`: where, when it is not the value itself. */
export function report(check: Check, rule: string, at: string = check.at) {
  check.problems.push(`${rule} [json-pointer:${at}]`)
}

export type Rule = (value: unknown, check: Check) => void

export type Field = { rule: Rule; required: boolean }

export const required = (rule: Rule): Field => ({ rule, required: true })
export const optional = (rule: Rule): Field => ({ rule, required: false })

export function within(check: Check, step: string | number): Check {
  return { ...check, at: `${check.at}/${step}` }
}

/** An object with exactly these fields (beside `type` and `block_id`). */
export function fields(shape: Record<string, Field>): Rule {
  return (value, check) => {
    if (!isObject(value)) return report(check, 'must be an object')
    for (const [name, { rule, required }] of Object.entries(shape)) {
      if (value[name] !== undefined && value[name] !== null) rule(value[name], within(check, name))
      else if (required) report(check, `missing required field: ${name}`)
    }
    for (const name of Object.keys(value)) {
      if (!(name in shape) && name !== 'type' && name !== 'block_id') {
        report(check, `invalid additional property: ${name}`)
      }
    }
  }
}

/** A string of at most `max` characters. */
export function string(max: number, min = 1): Rule {
  return (value, check) => {
    if (typeof value !== 'string') return report(check, 'must be a string')
    if (value.length < min) report(check, `must be more than ${min - 1} characters`)
    if (value.length > max) report(check, `must be less than ${max + 1} characters`)
  }
}

/** A text object. Slack counts the characters of `text`. */
export function text(max: number, kind: 'plain_text' | 'mrkdwn' | 'any'): Rule {
  return (value, check) => {
    if (!isObject(value)) return report(check, 'must be a text object')
    const { type } = value
    const allowed = kind === 'any' ? ['plain_text', 'mrkdwn'] : [kind]
    if (typeof type !== 'string' || !allowed.includes(type)) {
      return report(check, `must be ${allowed.join(' or ')}`, `${check.at}/type`)
    }
    const shape: Record<string, Field> =
      type === 'plain_text'
        ? { text: required(string(max)), emoji: optional(boolean) }
        : { text: required(string(max)), verbatim: optional(boolean) }
    fields(shape)(value, check)
  }
}

export function list(rule: Rule, { min = 1, max }: { min?: number; max: number }): Rule {
  return (value, check) => {
    if (!Array.isArray(value)) return report(check, 'must be an array')
    if (value.length < min) report(check, `must provide at least ${min} items`)
    if (value.length > max) report(check, `no more than ${max} items allowed`)
    for (const [index, item] of value.entries()) rule(item, within(check, index))
  }
}

export function oneOf(...values: string[]): Rule {
  return (value, check) => {
    if (typeof value !== 'string' || !values.includes(value))
      report(check, `must be one of ${values.join(', ')}`)
  }
}

export const boolean: Rule = (value, check) => {
  if (typeof value !== 'boolean') report(check, 'must be a boolean')
}

export const integer =
  (min: number, max: number): Rule =>
  (value, check) => {
    if (!Number.isInteger(value) || Number(value) < min || Number(value) > max) {
      report(check, `must be an integer from ${min} to ${max}`)
    }
  }

export const object: Rule = (value, check) => {
  if (!isObject(value)) report(check, 'must be an object')
}

export const anything: Rule = () => {}

export const matching =
  (pattern: RegExp, meaning: string): Rule =>
  (value, check) => {
    if (typeof value !== 'string' || !pattern.test(value)) report(check, `must be ${meaning}`)
  }

/** Dispatches on `type`; a type outside the table is refused the way Slack does. */
export function typed(table: Record<string, Rule>): Rule {
  return (value, check) => {
    if (!isObject(value)) return report(check, 'must be an object')
    const rule = typeof value.type === 'string' ? table[value.type] : undefined
    if (!rule) return report(check, `unsupported type: ${String(value.type)}`, `${check.at}/type`)
    rule(value, check)
  }
}

export function pick(table: Record<string, Rule>, ...types: string[]): Record<string, Rule> {
  return Object.fromEntries(types.map((type) => [type, table[type]!]))
}

/** Items that carry the same value under `key`, which Slack allows once per container. */
export function unique(items: unknown, key: string, check: Check) {
  if (!Array.isArray(items)) return
  const seen = new Set<unknown>()
  for (const [index, item] of items.filter((each): each is Json => isObject(each)).entries()) {
    if (item[key] === undefined) continue
    if (seen.has(item[key]))
      report(check, `\`${key}\` "${String(item[key])}" already exists`, `${check.at}/${index}`)
    seen.add(item[key])
  }
}
