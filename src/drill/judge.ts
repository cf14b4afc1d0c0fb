import type { Ledger, Operation } from './ledger.ts'
import { OVER } from './ledger.ts'
import { type Effect, isOf } from './zoho-log.ts'

/** What must hold after a restore, told from the local Zoho's own log and from the rows before and after. */
export type Evidence = {
  /** The lost database, as it was when it was lost. */
  lost: Ledger
  /** The restored one, before anything was done to it. */
  restored: Ledger
  /** The same at the end. */
  final: Ledger
  /** All that Zoho was made to do, from first to last. */
  effects: readonly Effect[]
  disasterAt: number
  /** When writes went on. */
  resumedAt: number
  /** What `reconcile` found without a record, each as `did module record`. */
  reported: readonly string[]
}

export const keyOf = ({ did, module, recordId }: Pick<Effect, 'did' | 'module' | 'recordId'>): string =>
  `${did} ${module} ${recordId}`

/** Effects in the CRM of decisions that the restored database does not know. */
export function effectsWithoutRecord({ effects, restored, disasterAt }: Evidence): Effect[] {
  const before = effects.filter(({ at }) => at <= disasterAt)
  const isGone = (effect: Effect) => effect.did === 'created' && wasRemoved(effect, before)
  return before.filter(
    (effect) => !isGone(effect) && !restored.operations.some((operation) => isOf(effect, operation)),
  )
}

const wasRemoved = ({ recordId }: Effect, effects: readonly Effect[]): boolean =>
  effects.some((later) => later.did === 'removed' && later.recordId === recordId)

/** Writes beyond the first of an operation, and a second record for what was asked once. */
export function doubleWrites({ effects, lost, final }: Evidence): Effect[] {
  const operations = known(lost, final)
  return operations.flatMap((operation) => effects.filter((effect) => isOf(effect, operation)).slice(1))
}

/** @returns what does not hold, in words; empty when all does */
export function problemsOf(evidence: Evidence): string[] {
  const { lost, restored, final, effects, disasterAt, resumedAt, reported } = evidence
  const operations = known(lost, final)
  const head = restored.trail.length
  const expected = effectsWithoutRecord(evidence).map(keyOf)
  return [
    ...doubleWrites(evidence).map((effect) => `written twice: ${keyOf(effect)}`),
    ...effects
      .filter((effect) => !operations.some((operation) => isOf(effect, operation)))
      .map((effect) => `written, and nobody approved it: ${keyOf(effect)}`),
    ...effects
      .filter(({ at }) => at > disasterAt && at < resumedAt)
      .map((effect) => `written while writes were held: ${keyOf(effect)}`),
    ...without(expected, reported).map((key) => `in Zoho without a record, and not reported: ${key}`),
    ...without(reported, expected).map((key) => `reported, and not so: ${key}`),
    ...final.operations
      .filter(({ state }) => !OVER.has(state))
      .map(({ id, state }) => `not over: operation ${id} is ${state}`),
    ...final.operations
      .filter(
        (each) =>
          each.state !== 'applied' &&
          effects.some((effect) => isOf(effect, each) && !wasRemoved(effect, effects)),
      )
      .map(({ id, state }) => `written, and told as ${state}: operation ${id}`),
    ...final.operations
      .filter(({ hashes }) => new Set(hashes).size !== 1)
      .map(({ id }) => `not what was approved: operation ${id}`),
    ...(restored.trail.every((hash, index) => hash === lost.trail[index])
      ? []
      : ['the restored trail is not the beginning of the lost one']),
    ...(final.trail.length > head && final.trail[head - 1] === restored.trail[head - 1]
      ? []
      : ['the trail did not go on from where the backup ended']),
  ]
}

/** Those of before and those of after; what came back is told by its state now. */
function known(lost: Ledger, final: Ledger): Operation[] {
  const ids = new Set(final.operations.map(({ id }) => id))
  return [...final.operations, ...lost.operations.filter(({ id }) => !ids.has(id))]
}

/** Each counts as often as it is there. */
function without(all: readonly string[], some: readonly string[]): string[] {
  const left = [...some]
  return all.filter((each) => {
    const at = left.indexOf(each)
    if (at !== -1) left.splice(at, 1)
    return at === -1
  })
}
