import type postgres from 'postgres'
import { mayDecide } from '../../src/access/roles.ts'
import {
  type ApprovalTools,
  approve,
  approveEdited,
  endApproval,
  expireApproval,
  rebase,
  reject,
} from '../../src/approval/approval.ts'
import { openApproval } from '../../src/approval/opening.ts'
import type { Audit } from '../../src/audit/audit.ts'
import type { CrmWriter } from '../../src/crm/crm.ts'
import { execute } from '../../src/execution/execute.ts'
import { retry, undo } from '../../src/execution/undo.ts'
import { createLog } from '../../src/log.ts'
import type { DecisionOutcome } from '../../src/model/approval.ts'
import type { CrmChange, FieldValue } from '../../src/model/change.ts'
import type { ActionClass } from '../../src/model/review.ts'
import { openDb } from '../../src/platform/database.ts'
import { dueToExpire } from '../../src/store/approvals.ts'
import { dueOperations } from '../../src/store/operations.ts'
import { auditPending } from '../../src/store/schema.ts'
import { setSetting } from '../../src/store/settings.ts'
import { bo, dana, recommend } from '../approval/proposal.ts'
import { type Actor, act, currentActor, type Fate, guarded, type Rewrite, steppedClient } from './actors.ts'
import { type Fault, type MemoryCrm, memoryCrm } from './memory-crm.ts'
import type { Command, Script } from './script.ts'
import type { Row } from './sql-reader.ts'

/**
 * Plays a script with the product's own code: on a database, which may be one in memory, against a CRM in memory, and
 * by one clock that both obey.
 */
export type Stage = {
  client: postgres.Sql
  clock: Clock
  /** All rows of a table, by column name and times as milliseconds. */
  rows: (table: 'approvals' | 'operations' | 'decisions') => Promise<readonly Row[]> | readonly Row[]
  trail: () => Promise<TrailEvent[]> | TrailEvent[]
}
export type TrailEvent = { action: string; subject: string }
export type Clock = { now: number }

/** The product with a bug in it. */
export type Variant = { rewrite?: Rewrite; crm?: (crm: MemoryCrm, world: World) => CrmWriter }

export type Proposal = {
  approvalId: string
  recordId: string
  openedAt: number
  /** Every version that was ever shown, the first one first. */
  versions: CrmChange[]
}

export type Press = {
  approvalId: string
  version: number
  what: string
  person: string
  at: number
  /** Null for one whose process died, or that does not decide. */
  outcome: DecisionOutcome | null
  /** What the person made of it. */
  change: CrmChange | null
}

export type World = {
  crm: MemoryCrm
  proposals: Proposal[]
  presses: Press[]
  /** Who pressed Undo on which card. */
  undone: { approvalId: string; person: string }[]
  clock: Clock
  /** Bugs that came to light as an error nobody expects. */
  failures: unknown[]
}

export const START = Date.UTC(2020, 0, 5, 9)
export const TTL_MS = 72 * 3_600_000
export const TWO_ABOVE = 50_000
const LEASE_MS = 60_000
const UNDO_MS = 24 * 3_600_000
const EVE = 'crm-eve'
const PEOPLE = [dana, bo, dana, bo, EVE]
const DEALS = ['100001', '100002']
const STEPS = ['Call', 'Write', 'Meet', 'Wait']
const AMOUNTS = [10_000, 40_000, 60_000, 90_000]
const FIELDS = ['Next_Step', 'Amount', 'Description', 'Priority']
const log = createLog('silent')

/** @param look sees the world after every command. */
export async function play(
  script: Script,
  stage: Stage,
  { look, variant = {} }: { look: (world: World) => void | Promise<void>; variant?: Variant },
): Promise<World> {
  const { clock } = stage
  const inactive = new Set<string>()
  const asleep: Actor[] = []
  let skewMs = 0
  let stopped = false
  let again: (() => Promise<void>) | null = null
  const realNow = Date.now
  const realRandom = Math.random
  // A node's clock, never the database's; whatever else runs meanwhile keeps the real one.
  Date.now = () => {
    const actor = currentActor()
    return actor ? clock.now + actor.skewMs : realNow()
  }
  let drawn = 0
  Math.random = () => {
    drawn = (drawn * 16_807 + 12_345) % 2_147_483_647
    return drawn / 2_147_483_647
  }

  const crm = memoryCrm(clock, () => {
    const actor = currentActor()
    return {
      operationId: actor?.operationId ?? '',
      fault: (request) => takeFault(actor, request),
    }
  })
  for (const id of DEALS) {
    const fields = { Next_Step: 'Call', Amount: 10_000, Description: 'none' }
    crm.records.set(id, { fields, modifiedAt: clock.now - 86_400_000, operationId: null })
  }
  const world: World = { crm, proposals: [], presses: [], undone: [], clock, failures: [] }
  const db = openDb(steppedClient(stage.client, variant.rewrite))
  const tools: ApprovalTools = {
    db,
    audit: plainAudit,
    ttlMs: TTL_MS,
    secondApproverAbove: TWO_ABOVE,
  }
  const undoTools = { db, audit: tools.audit, ttlMs: TTL_MS, undoMs: UNDO_MS }
  const writer = steppedWriter(variant.crm?.(crm, world) ?? crm.writer)

  /** Runs something on a node until it stands still. */
  async function run(work: () => Promise<unknown>, given: Parameters<typeof act>[1] = {}): Promise<void> {
    await settled(act(work, { skewMs, ...given }))
  }
  async function settled(actor: Actor): Promise<void> {
    await actor.still()
    if (actor.state === 'asleep') asleep.push(actor)
    if (actor.failure) world.failures.push(actor.failure)
  }
  async function wakeAll(which: (actor: Actor) => boolean): Promise<void> {
    for (const actor of asleep.splice(0)) {
      if (!which(actor)) {
        asleep.push(actor)
        continue
      }
      actor.wake()
      await settled(actor)
    }
  }
  async function pass(ms: number): Promise<void> {
    const until = clock.now + ms
    for (;;) {
      const next = Math.min(...asleep.map(({ sleepsUntil }) => sleepsUntil ?? Number.POSITIVE_INFINITY))
      if (next > until) break
      clock.now = Math.max(clock.now, next)
      crm.arrive()
      await wakeAll(({ sleepsUntil }) => sleepsUntil !== null && sleepsUntil <= clock.now)
    }
    clock.now = Math.max(clock.now, until)
    crm.arrive()
  }

  const working = (operationId: string, given: { fault?: Fault | null; fate?: Fate | null } = {}) =>
    run(
      () =>
        execute(operationId, {
          db,
          crm: writer,
          audit: tools.audit,
          log,
          leaseMs: LEASE_MS,
          held: new Set(),
        }),
      {
        operationId,
        ...given,
      },
    )

  async function propose({ change: kind, record, value }: Extract<Command, { do: 'propose' }>) {
    const recordId = DEALS[record] ?? ''
    const change = proposed(kind, { recordId, value, crm })
    const actionClass = kind === 'task' ? 'activity' : kind === 'step' ? 'field' : 'amount'
    const id = await recommend(db, { change, actionClass })
    const approvalId = await openApproval(tools, id, { ownerId: dana, place: { channel: 'U0DANA' } })
    if (!approvalId) throw new Error('It was not opened')
    world.proposals.push({ approvalId, recordId, openedAt: clock.now, versions: [change] })
  }

  async function press(command: Extract<Command, { do: 'press' }>): Promise<void> {
    const proposal = pick(world.proposals, command.card)
    const person = pick(PEOPLE, command.who)
    if (!proposal || !person) return
    const { approvalId, versions } = proposal
    const version = command.old ? Math.max(1, versions.length - 1) : versions.length
    const doing = async () => {
      clock.now += 20
      const row = (await stage.rows('approvals')).find(({ id }) => id === approvalId)
      if (!row || !allowed(person, row.action_class as ActionClass, inactive)) return
      await run(() => decide(command, { approvalId, version, person, row }), { fate: command.fate })
      await rememberVersion(proposal)
    }
    again = doing
    await doing()
  }

  /** A version exists once it is committed, whatever became of who made it. */
  async function rememberVersion(proposal: Proposal): Promise<void> {
    const [row] = (await stage.rows('approvals')).filter(({ id }) => id === proposal.approvalId)
    const made = world.presses.findLast(
      ({ approvalId, change }) => approvalId === proposal.approvalId && change,
    )
    if (Number(row?.version) > proposal.versions.length && made?.change) proposal.versions.push(made.change)
  }

  async function decide(
    { what, value }: Extract<Command, { do: 'press' }>,
    { approvalId, version, person, row }: { approvalId: string; version: number; person: string; row: Row },
  ): Promise<void> {
    const versions = world.proposals.find((each) => each.approvalId === approvalId)?.versions ?? []
    const shown = versions[version - 1]
    if (!shown) return
    const said: Press = { approvalId, version, what, person, at: clock.now, outcome: null, change: null }
    const pressed = { approvalId, version, person }
    switch (what) {
      case 'approve':
        world.presses.push(said)
        said.outcome = await approve(tools, pressed)
        return
      case 'reject':
        world.presses.push(said)
        said.outcome = await reject(tools, pressed, 'no')
        return
      case 'edit':
        said.change = edited(shown, value)
        world.presses.push(said)
        said.outcome = await approveEdited(tools, pressed, said.change)
        return
      case 'rebase': {
        if (shown.action !== 'update') return
        const live = crm.records.get(shown.recordId)?.fields ?? {}
        const before = Object.fromEntries(Object.keys(shown.before).map((name) => [name, live[name] ?? null]))
        said.change = { ...shown, before }
        world.presses.push(said)
        await rebase(tools, pressed, before)
        return
      }
      case 'undo':
        if (row.state === 'approved') world.undone.push({ approvalId, person })
        await undo(undoTools, approvalId, person)
        return
      case 'retry':
        await retry(undoTools, approvalId, person)
    }
  }

  async function sweep(): Promise<void> {
    for (const id of await dueToExpire(db, 100)) await run(() => expireApproval(tools, id))
    for (const { id } of await dueOperations(db, 100)) await working(id)
  }

  async function perform(command: Command): Promise<void> {
    switch (command.do) {
      case 'propose':
        return propose(command)
      case 'press':
        return press(command)
      case 'press-again':
        return again?.()
      case 'end': {
        const proposal = pick(world.proposals, command.card)
        if (proposal) await run(() => endApproval(tools, proposal.approvalId, command.as, { by: 'system' }))
        return
      }
      case 'work': {
        const operation = pick(await stage.rows('operations'), command.operation)
        if (operation) await working(String(operation.id), command)
        return
      }
      case 'edit': {
        const { id, field, value } = humanEdit(command, crm)
        return crm.edit(id, field, value)
      }
      case 'pass':
        return pass(command.ms)
      case 'sweep':
        return sweep()
      case 'wake':
        return wakeAll(({ sleepsUntil }) => sleepsUntil === null)
      case 'skew':
        skewMs = command.ms
        return
      case 'leave':
        inactive.add(pick(PEOPLE, command.who) ?? '')
        return
      case 'switch':
        stopped = command.stopped
        return setSetting(db, 'writes_stopped', command.stopped, 'an admin')
    }
  }

  /** Faults stop; whoever sleeps wakes; everything comes to its end. */
  async function calm(): Promise<void> {
    skewMs = 0
    if (stopped) await setSetting(db, 'writes_stopped', false, 'an admin')
    await wakeAll(({ sleepsUntil }) => sleepsUntil === null)
    for (const ms of [10_000, 7_200_000, 10_000, 7_200_000, TTL_MS, 10_000]) {
      await pass(ms)
      if (!(await somethingIsOpen(stage))) break
      await sweep()
    }
    await look(world)
  }

  try {
    for (const command of script) {
      await perform(command)
      await look(world)
    }
    await calm()
    return world
  } finally {
    Date.now = realNow
    Math.random = realRandom
  }
}

async function somethingIsOpen(stage: Stage): Promise<boolean> {
  const states = [...(await stage.rows('approvals')), ...(await stage.rows('operations'))]
  return states.some(({ state }) => ['pending', 'planned', 'writing', 'unknown'].includes(String(state)))
}

/** The trail's rows without its hashes and secrets, which are proved elsewhere. */
const plainAudit: Audit = {
  async append(tx, { action, subject }) {
    const envelope = JSON.stringify({ action, subject })
    await tx
      .insert(auditPending)
      .values({ beforeTime: envelope, afterTime: '', ciphertext: new Uint8Array() })
  },
}

const pick = <T>(among: readonly T[], index: number): T | undefined => among[index % (among.length || 1)]

/** Every call is a step of whoever makes it. */
function steppedWriter(writer: CrmWriter): CrmWriter {
  return {
    read: (...given) => guarded(() => writer.read(...given)),
    update: (...given) => guarded(() => writer.update(...given)),
    create: (...given) => guarded(() => writer.create(...given)),
    findCreated: (...given) => guarded(() => writer.findCreated(...given)),
    remove: (...given) => guarded(() => writer.remove(...given)),
    fieldsOf: writer.fieldsOf,
  }
}

/** A fault is for the first request that it fits. */
function takeFault(actor: Actor | undefined, request: 'read' | 'write'): Fault | null {
  const fault = actor?.fault as Fault | null | undefined
  if (!actor || !fault || (fault === 'cannot-be-read') !== (request === 'read')) return null
  actor.fault = null
  return fault
}

function proposed(
  kind: Extract<Command, { do: 'propose' }>['change'],
  { recordId, value, crm }: { recordId: string; value: number; crm: MemoryCrm },
): CrmChange {
  if (kind === 'task') {
    return {
      action: 'create',
      module: 'Tasks',
      parent: { module: 'Deals', id: recordId, name: 'Acme' },
      fields: { Subject: STEPS[value] ?? null, Priority: 'Low' },
    }
  }
  const field = kind === 'step' ? 'Next_Step' : 'Amount'
  const live = crm.records.get(recordId)?.fields[field] ?? null
  const values: FieldValue[] = kind === 'step' ? STEPS : AMOUNTS
  const to = values[value] === live ? values[(value + 1) % values.length] : values[value]
  return {
    action: 'update',
    module: 'Deals',
    recordId,
    recordName: 'Acme',
    fields: { [field]: to ?? null },
    before: { [field]: live },
  }
}

function edited(change: CrmChange, value: number): CrmChange {
  if (change.action === 'remove') return change
  const [field = ''] = Object.keys(change.fields)
  const to = field === 'Amount' ? (AMOUNTS[value] ?? 0) + 1 : `${STEPS[value]} soon`
  return { ...change, fields: { ...change.fields, [field]: to } }
}

function humanEdit(
  { record, field, value }: Extract<Command, { do: 'edit' }>,
  crm: MemoryCrm,
): { id: string; field: string; value: FieldValue } {
  const id = pick([...crm.records.keys()], record) ?? ''
  const name = FIELDS[field] ?? ''
  return { id, field: name, value: name === 'Amount' ? (AMOUNTS[value] ?? 0) : (STEPS[value] ?? '') }
}

const ASKED = { id: dana, name: 'Dana', active: true }

/** Asked at the press, by the rule that every surface asks. */
function allowed(person: string, actionClass: ActionClass, inactive: ReadonlySet<string>): boolean {
  const role = person === bo ? 'manager' : 'owner'
  const subject = { actionClass, owner: ASKED, manager: { id: bo, name: 'Bo' } }
  return mayDecide({ id: person, role, active: !inactive.has(person) }, subject).ok
}
