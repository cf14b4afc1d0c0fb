import type postgres from 'postgres'
import type { DecisionOutcome } from '../../src/model/approval.ts'
import { changeHash } from '../../src/model/change.ts'
import { BrokenPromise } from './oracle.ts'
import type { Action, Case } from './pair-world.ts'
import type { Played } from './schedule.ts'

/** What must be true after any schedule, asked in plain SQL. */
export async function judge(
  control: postgres.Sql,
  each: Case,
  actions: readonly Action[],
  { results }: Played,
): Promise<void> {
  const id = each.approvalId
  const [approvals, decisions, operations, moves, cards, trail] = await Promise.all([
    control`select * from approvals where id = ${id} or undo_of = ${id} order by kind`,
    control`select * from decisions where approval_id = ${id} order by at`,
    control`select o.*, a.kind from operations o join approvals a on a.id = o.approval_id
      where a.id = ${id} or a.undo_of = ${id} order by a.kind`,
    control`select * from faults.moves where approval_id = ${id}`,
    control`select count(*)::int as n from outbox where message_key = ${`card:${id}`} and action = 'update'`,
    control`select envelope from audit_events where seq > (select max(seq) - 60 from audit_events)`,
  ])
  const assert = (holds: boolean, promise: string, ...about: unknown[]) => {
    if (!holds) throw new BrokenPromise(`${promise}: ${JSON.stringify(about)}`)
  }
  const [approval] = approvals
  const began = each.beginning === 'pending' ? 'pending' : 'approved'
  const changed = approval?.state !== began

  for (const result of results) if (result.status === 'rejected') throw result.reason
  assert(moves.length === (changed ? 1 : 0), 'an approval ends once', moves, approval)
  const [move] = moves
  const late = move?.to_state === 'approved' && +move.at >= each.expiresAt
  assert(!late, 'nothing is approved after its deadline', move, new Date(each.expiresAt))
  assert(move?.to_state !== 'expired' || +move.at + 2 >= each.expiresAt, 'nothing expires early', move)
  if (approval?.state === 'approved') assert(+approval.decided_at < each.expiresAt, 'in time', approval)

  const said = changed ? decisions : []
  assert(said.length === (changed ? 1 : 0), 'one decision per end', decisions)
  for (const one of said) {
    assert(one.version === approval?.version && one.change_hash === approval?.change_hash, 'as decided', one)
    assert(one.person === approval?.decided_by, 'by who decided', one, approval)
  }

  const [own, undo, more] = operations
  assert(more === undefined, 'one write, and one undo of it', operations)
  assert(
    (own?.kind === 'change') === (approval?.state === 'approved'),
    'a write is for an approval',
    approval,
  )
  for (const operation of operations) {
    const from = approvals.find((row) => row.id === operation.approval_id)
    assert(
      operation.version === from?.version && operation.change_hash === from?.change_hash,
      'as approved',
      operation,
    )
  }
  if (undo) {
    const from = approvals.find((row) => row.id === undo.approval_id)
    assert(from?.state === 'approved' && each.undoneBy.includes(from.decided_by), 'an undo is approved', from)
    assert(own?.state === 'applied', 'only what was written is undone', own)
  }

  const shown = approval?.version === 2 ? each.edited : each.change
  assert(approval?.change_hash === changeHash(shown), 'what was shown is what is approved', approval)
  const writes = each.crm.effects.filter(({ operationId }) => operationId.startsWith('write'))
  const takenBack = each.crm.effects.filter(({ operationId }) => operationId.startsWith('undo'))
  assert(writes.length <= 1 && takenBack.length <= 1, 'a write takes effect once', each.crm.effects)
  if (writes[0]) {
    const fields = shown.action === 'update' ? shown.fields : {}
    assert(JSON.stringify(writes[0].fields) === JSON.stringify(fields), 'what is approved is written', writes)
    assert(writes[0].before.Next_Step === 'Wait', 'a person is not overwritten', writes, each.crm.edits)
    assert(own?.state !== 'planned' && own?.state !== 'failed', 'what was written is recorded', own)
  }
  if (own?.state === 'applied' && each.beginning !== 'applied') assert(writes.length === 1, 'written', own)
  if (takenBack[0]) {
    const fields = shown.action === 'update' ? shown.fields : {}
    assert(takenBack[0].before.Next_Step === fields.Next_Step, 'a person is not overwritten', takenBack)
  }

  assert(!changed || cards[0]?.n > 0, 'the card is drawn anew', cards)
  const events = trail
    .map(({ envelope }) => JSON.parse(envelope) as { subject: string; action: string })
    .filter(({ subject }) => subject === id)
  assert(events.length === (changed ? 1 : 0), 'the trail has each end once', events, approval)
  assert(!changed || events[0]?.action === `approval.${approval?.state}`, 'the trail tells the end', events)

  const winners = actions.filter((action, index) => {
    const result = results[index]
    const outcome = (result?.status === 'fulfilled' ? result.value : null) as DecisionOutcome | null
    const press = action === 'approve' || action === 'reject' || action === 'edit'
    if (!press) return action === 'supersede' && (outcome as unknown) === true
    if (outcome?.kind === 'decided') {
      const state = action === 'reject' ? 'rejected' : 'approved'
      assert(outcome.state === state && approval?.state === state, 'told it was decided', outcome, approval)
      return true
    }
    if (outcome?.kind === 'already') {
      assert(
        outcome.state === approval?.state && outcome.by === approval?.decided_by,
        'told',
        outcome,
        approval,
      )
    } else if (outcome?.kind === 'changed') assert(approval?.version === outcome.version, 'told', outcome)
    else assert(outcome?.kind === 'expired' && approval?.state === 'expired', 'told', outcome, approval)
    return false
  })
  assert(winners.length <= 1, 'one of them decides', winners)
}
