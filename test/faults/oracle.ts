import type { DecisionOutcome } from '../../src/model/approval.ts'
import type { Fields, FieldValue } from '../../src/model/change.ts'
import type { Effect } from './memory-crm.ts'
import type { Row } from './sql-reader.ts'
import { type Press, type Stage, TTL_MS, TWO_ABOVE, type World } from './world.ts'

/**
 * What is allowed, in the plainest words: it knows the cards that were shown, the presses, the CRM's own log and the
 * rows, and nothing of how the product comes from one to the other.
 */
export type Oracle = {
  /** What is wrong after a step, or nothing. */
  look(world: World): Promise<void>
  /** What is wrong when everything has come to its end. */
  conclude(world: World): Promise<void>
}

export class BrokenPromise extends Error {
  override name = 'BrokenPromise'
}

const DECIDED = ['approved', 'rejected', 'expired', 'superseded', 'withdrawn', 'stale']
const OVER = ['applied', 'conflict', 'failed']

export function createOracle(stage: Stage): Oracle {
  const ends = new Map<string, string>()
  const outcomes = new Map<string, string>()
  let judged = 0
  let heard = 0

  function assert(holds: boolean, promise: string, ...about: unknown[]): void {
    if (!holds) throw new BrokenPromise(`${promise}: ${about.map((each) => JSON.stringify(each)).join(' ')}`)
  }

  async function look(world: World): Promise<void> {
    const approvals = await stage.rows('approvals')
    const operations = await stage.rows('operations')
    const [failure] = world.failures
    if (failure) throw failure
    for (const approval of approvals) endsOnce(approval)
    for (const approval of approvals) decidedRightly(approval, world)
    for (const operation of operations) {
      operationFits(operation, approvals)
      comesOutOnce(operation)
    }
    for (; judged < world.crm.effects.length; judged += 1) {
      const effect = world.crm.effects[judged]
      if (effect) effectAllowed(effect, { world, approvals, operations })
    }
    for (; heard < world.presses.length; heard += 1) toldTheTruth(heard, approvals, world)
  }

  function endsOnce({ id, state, version, decided_at, decided_by }: Row): void {
    const end = JSON.stringify({ state, version, decided_at, decided_by })
    const earlier = ends.get(String(id))
    assert(!earlier || earlier === end, 'an approval ends once', earlier, end)
    if (DECIDED.includes(String(state))) ends.set(String(id), end)
  }

  /** Only what failed is ever tried again. */
  function comesOutOnce({ id, state, receipt, finished_at }: Row): void {
    const end = JSON.stringify({ state, receipt, finished_at })
    const earlier = outcomes.get(String(id))
    assert(!earlier || earlier === end, 'an outcome stays as it was recorded', earlier, end)
    if (state === 'applied' || state === 'conflict') outcomes.set(String(id), end)
  }

  function decidedRightly(approval: Row, world: World): void {
    if (approval.state !== 'approved') return
    if (approval.kind === 'undo') {
      const by = world.undone.some(
        ({ approvalId, person }) => approvalId === approval.undo_of && person === approval.decided_by,
      )
      assert(by, 'an undo is approved by who pressed it', approval)
      return
    }
    const proposal = world.proposals.find(({ approvalId }) => approvalId === approval.id)
    const versions = proposal?.versions.slice(0, Number(approval.version)) ?? []
    const deadline = (proposal?.openedAt ?? 0) + TTL_MS
    assert(
      Number(approval.decided_at) < deadline,
      'it is decided before its time is over',
      approval,
      deadline,
    )
    const for_ = world.presses.filter(
      ({ approvalId, what, version }) =>
        approvalId === approval.id &&
        ((what === 'approve' && version === approval.version) ||
          (what === 'edit' && version + 1 === approval.version)),
    )
    const people = new Set(for_.map(({ person }) => person))
    const needed = versions.some(isLarge) ? 2 : 1
    assert(people.size >= needed, 'as many people as it takes pressed on what is approved', approval, for_)
    assert(people.has(String(approval.decided_by)), 'who decided pressed', approval, for_)
  }

  const isLarge = (change: { fields?: Fields; before?: Fields }) =>
    [change.fields?.Amount, change.before?.Amount].some((amount) => Number(amount ?? 0) >= TWO_ABOVE)

  function operationFits(operation: Row, approvals: readonly Row[]): void {
    const approval = approvals.find(({ id }) => id === operation.approval_id)
    assert(approval?.state === 'approved', 'there is no operation without an approval', operation, approval)
    assert(approval?.version === operation.version, 'what was approved is planned', operation, approval)
    assert(
      approval?.change_hash === operation.change_hash,
      'what was approved is planned',
      operation,
      approval,
    )
  }

  type Rows = { world: World; approvals: readonly Row[]; operations: readonly Row[] }

  /** What an approval lets be written, over what; of an undo, the other way round. */
  function writeOf(approval: Row | undefined, { world, approvals }: Pick<Rows, 'world' | 'approvals'>) {
    const isUndo = approval?.kind === 'undo'
    const of = isUndo ? approval?.undo_of : approval?.id
    const proposal = world.proposals.find(({ approvalId }) => approvalId === of)
    const original = approvals.find(({ id }) => id === of)
    const change = proposal?.versions[Number(original?.version) - 1]
    if (!change || change.action === 'remove') throw new BrokenPromise('a write of a card nobody knows')
    const was = change.action === 'update' ? change.before : {}
    return { isUndo, of, to: isUndo ? was : change.fields, from: isUndo ? change.fields : was }
  }

  function effectAllowed(effect: Effect, { world, approvals, operations }: Rows): void {
    const twins = world.crm.effects.filter(({ operationId }) => operationId === effect.operationId)
    assert(twins.length === 1, 'a write takes effect once', twins)
    const operation = operations.find(({ id }) => id === effect.operationId)
    const approval = approvals.find(({ id }) => id === operation?.approval_id)
    assert(approval?.state === 'approved', 'only what was approved is written', effect, approval)
    const { to, from, isUndo, of } = writeOf(approval, { world, approvals })
    if (effect.kind === 'remove') {
      removalAllowed(effect, { world, isUndo, of, operations })
      return
    }
    assert(same(effect.fields, to), 'what was shown is what is written', effect, to)
    if (effect.kind === 'create') return
    assert(same(effect.before, from), 'nothing is overwritten that nobody was shown', effect, from)
  }

  function removalAllowed(
    effect: Effect,
    {
      world,
      isUndo,
      of,
      operations,
    }: { world: World; isUndo: boolean; of: unknown } & Pick<Rows, 'operations'>,
  ): void {
    const made = world.crm.effects.find(
      ({ kind, recordId }) => kind === 'create' && recordId === effect.recordId,
    )
    const maker = operations.find(({ id }) => id === made?.operationId)
    assert(isUndo && maker?.approval_id === of, 'only what we made is removed, and only to undo it', effect)
    const second = (at: number) => Math.floor(at / 1_000)
    const theirs = world.crm.edits.filter(
      // Within the second of our own write the CRM's times cannot tell it: that is not promised.
      ({ recordId, at }) => recordId === effect.recordId && second(at) > second(made?.at ?? 0),
    )
    assert(theirs.length === 0, 'what a person added to is not removed', effect, theirs)
  }

  function toldTheTruth(index: number, approvals: readonly Row[], world: World): void {
    const press = world.presses[index]
    const row = approvals.find(({ id }) => id === press?.approvalId)
    if (!press?.outcome) return
    const holds = row !== undefined && isTrue(press.outcome, row, press)
    assert(holds, 'who pressed is told the truth', press, row)
  }

  function isTrue(outcome: DecisionOutcome, row: Row, { person, version }: Press): boolean {
    switch (outcome.kind) {
      case 'decided':
        return row.state === outcome.state && row.decided_by === person
      case 'waiting_for_second':
        return row.state === 'pending'
      case 'already':
        return row.state === outcome.state && row.decided_by === outcome.by
      case 'expired':
        return row.state === 'expired'
      case 'changed':
        return row.version === outcome.version && row.version !== version
      case 'not_found':
        return false
    }
  }

  async function conclude(world: World): Promise<void> {
    await look(world)
    const operations = await stage.rows('operations')
    for (const approval of await stage.rows('approvals')) {
      assert(approval.state !== 'pending', 'every approval ends', approval)
      const planned = operations.filter((each) => each.approval_id === approval.id)
      assert(planned.length === (approval.state === 'approved' ? 1 : 0), 'one write per approval', approval)
    }
    const approvals = await stage.rows('approvals')
    for (const operation of operations) cameOut(operation, { world, approvals, operations })
    const trail = await stage.trail()
    for (const [id, end] of ends) {
      const said = trail.filter(({ subject, action }) => subject === id && DECIDED.includes(action.slice(9)))
      const { state } = JSON.parse(end) as { state: string }
      assert(
        said.length === 1 && said[0]?.action === `approval.${state}`,
        'the trail has each end once',
        said,
        end,
      )
    }
  }

  function cameOut(operation: Row, { world, approvals }: Rows): void {
    const { crm } = world
    assert(OVER.includes(String(operation.state)), 'every write comes to an end', operation)
    const effect = crm.effects.find(({ operationId }) => operationId === operation.id)
    if (operation.state === 'applied') {
      const approval = approvals.find(({ id }) => id === operation.approval_id)
      const { to } = writeOf(approval, { world, approvals })
      const { recordId } = operation.receipt as { recordId: string }
      // Somebody who set the very same is told apart from us by nobody.
      const byOthers = Object.entries(to).every(
        ([name, value]) =>
          crm.edits.some(
            (edit) => edit.recordId === recordId && edit.field === name && edit.value === value,
          ) || crm.effects.some((other) => other.recordId === recordId && other.fields[name] === value),
      )
      assert(!!effect || byOthers, 'what is called written was written', operation)
      return
    }
    // A request that lands, or leaves a sleeper, after all was said is not promised to be told.
    if (!effect || effect.late || effect.at > Number(operation.finished_at)) return
    const byPerson = crm.edits.some(
      ({ recordId, field, at }) => recordId === effect.recordId && field in effect.fields && at >= effect.at,
    )
    // Another approved write of the same field, before anybody could look, is no different.
    const byAnother = crm.effects.some(
      ({ operationId, recordId, fields, at }) =>
        operationId !== operation.id &&
        recordId === effect.recordId &&
        at >= effect.at &&
        Object.keys(fields).some((name) => name in effect.fields),
    )
    // A conflict, or a failure when Zoho refuses to have it repeated: only the record could have told of the first.
    assert(byPerson || byAnother, 'what was written is called written', operation, effect)
  }

  return { look, conclude }
}

function same(a: Fields, b: Fields): boolean {
  const names = new Set([...Object.keys(a), ...Object.keys(b)])
  const plain = (value: FieldValue | undefined) => JSON.stringify(value ?? null)
  return [...names].every((name) => plain(a[name]) === plain(b[name]))
}
