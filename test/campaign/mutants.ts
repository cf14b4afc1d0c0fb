import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Fault } from '../../src/sandbox/faults.ts'
import { ROOT } from '../processes.ts'
import type { Rule } from './auditor/rules.ts'
import type { Weather } from './faults.ts'
import type { Mix, Story } from './plan.ts'
import type { Roles } from './stage.ts'

/**
 * Bugs that a bot like this one could have, each sown into a copy of the build: a campaign that does not find them
 * proves nothing. An edit must fit exactly once, so that none is lost when the code moves.
 */
export type Mutant = {
  name: string
  edits: readonly Edit[]
  /** Any of these finds it. */
  caughtBy: readonly Rule[]
  count: number
  mix: Mix
  weather: Weather
  /** By default one process. */
  roles?: Roles
}

type Edit = { file: string; find: string; replace: string }

const CALM: Weather = {
  standing: [],
  kill: null,
  pause: null,
  flush: null,
  crash: null,
  slackOutage: null,
  tokenStorm: null,
}
const SEVERAL: Roles = [
  { name: 'all', role: 'start' },
  { name: 'worker-1', role: 'worker' },
  { name: 'worker-2', role: 'worker' },
]
const only = (...stories: Story[]): Mix => ({
  stories: Object.fromEntries(stories.map((story) => [story, 1])),
  creates: 0,
})
const creates: Mix = { ...only('approve'), creates: 1 }
const zoho = (kind: Fault['kind'], rate: number, method?: string): Fault => ({
  service: 'zoho',
  kind,
  rate,
  ...(method ? { method } : {}),
})

/** What is to be done after the commit, by nobody in particular: longer than any of its processes lives. */
const LATER = `
const later = [];
setInterval(() => { for (const work of later.splice(0)) work().catch(() => {}); }, 30_000).unref();
`

export const MUTANTS: readonly Mutant[] = [
  {
    name: 'the record is not compared with what was shown',
    edits: [
      {
        file: 'dist/execution/attempt.js',
        find: `    if (movedFields(change.before, found).length > 0)
        return movedSince(found);
    if (ageMs > STALE_APPROVAL_MS)
        return tooOld;
    // The first`,
        replace: '    // The first',
      },
    ],
    caughtBy: ['overwritten'],
    count: 20,
    mix: only('human_before'),
    weather: CALM,
  },
  {
    name: 'the write carries no precondition',
    edits: [
      {
        file: 'dist/crm/zoho/rest-writer.js',
        find: `headers: { 'if-unmodified-since': zohoInstant(unmodifiedSince) },
                body:`,
        replace: 'body:',
      },
    ],
    caughtBy: ['overwritten'],
    count: 60,
    mix: only('human_after'),
    weather: { ...CALM, standing: [zoho('slow', 1, 'PUT')] },
  },
  {
    name: 'a lost answer is not read back',
    edits: [
      {
        file: 'dist/execution/attempt.js',
        find: 'if (sent.before && movedFields(change.fields, found).length === 0)',
        replace: 'if (false)',
      },
    ],
    caughtBy: ['lost'],
    count: 40,
    mix: only('approve'),
    weather: { ...CALM, standing: [zoho('lost_answer', 0.5, 'PUT')] },
  },
  {
    name: 'what was made is not looked for before it is made again',
    edits: [
      {
        file: 'dist/execution/attempt.js',
        find: 'const made = await crm.findCreated(change, operation.id);',
        replace: 'const made = null;',
      },
      {
        file: 'dist/crm/zoho/rest-writer.js',
        find: '...link(change), [field]: operationId }',
        replace: '...link(change) }',
      },
      { file: 'dist/crm/zoho/rest-writer.js', find: 'duplicate_check_fields: [field],', replace: '' },
    ],
    caughtBy: ['double'],
    count: 40,
    mix: creates,
    weather: { ...CALM, standing: [zoho('lost_answer', 0.5, 'POST')] },
  },
  {
    name: 'the operation is planned after the decision is committed',
    edits: [
      {
        file: 'dist/approval/approval.js',
        find: 'planOperation(tx, approved, operationId),',
        replace: 'later.push(() => transaction(tools.db, (tx) => planOperation(tx, approved, operationId))),',
      },
      {
        file: 'dist/approval/approval.js',
        find: '/** Approves what the pressed card showed. */',
        replace: LATER,
      },
    ],
    caughtBy: ['lost'],
    count: 60,
    mix: only('approve'),
    weather: { ...CALM, kill: [1_500, 3_000] },
  },
  {
    name: 'nothing is swept up: the queue is trusted',
    edits: [
      {
        file: 'dist/jobs/sweep.js',
        find: 'for (const [part, section] of Object.entries(SECTIONS)) {',
        replace: 'for (const [part, section] of []) {',
      },
    ],
    caughtBy: ['stuck'],
    count: 60,
    mix: only('approve', 'nobody'),
    weather: { ...CALM, flush: [300, 600] },
  },
  {
    name: 'a press is answered before it is committed',
    edits: [
      {
        file: 'dist/triggers/decisions.js',
        find: 'const outcome = await work({ ...ref, person: allowed.person.id, ...interaction });',
        replace:
          'await acknowledge();\n    await new Promise((resolve) => setTimeout(resolve, 1_000));\n    const outcome = await work({ ...ref, person: allowed.person.id, ...interaction });',
      },
    ],
    caughtBy: ['unrecorded'],
    count: 60,
    mix: only('approve'),
    weather: { ...CALM, kill: [1_500, 3_000] },
  },
  {
    name: 'the trail is written after the decision is committed',
    edits: [
      {
        file: 'dist/approval/approval.js',
        find: `appendEvent(tx, tools, approved, 'approval.approved', person, { ...payload, operationId }),`,
        replace: `later.push(() => transaction(tools.db, (tx) => appendEvent(tx, tools, approved, 'approval.approved', person, { ...payload, operationId }))),`,
      },
      {
        file: 'dist/approval/approval.js',
        find: '/** Approves what the pressed card showed. */',
        replace: LATER,
      },
    ],
    caughtBy: ['audit'],
    count: 60,
    mix: only('approve'),
    weather: { ...CALM, kill: [1_500, 3_000] },
  },
  {
    name: 'a message is posted again without a look',
    edits: [
      {
        file: 'dist/slack/sending.js',
        find: 'row.attempt > 1 ? await findEarlier(row, place, sending) : null',
        replace: 'null',
      },
    ],
    caughtBy: ['card'],
    count: 40,
    mix: only('approve'),
    weather: { ...CALM, standing: [{ service: 'slack', kind: 'lost_answer', rate: 0.3 }] },
  },
  {
    name: 'what is written is the proposal, not what was approved',
    edits: [
      {
        file: 'dist/store/approvals.js',
        find: 'eq(approvalVersions.version, operation.version)',
        replace: 'eq(approvalVersions.version, 1)',
      },
      {
        file: 'dist/execution/execute.js',
        find: 'if (changeHash(change) !== operation.changeHash) {',
        replace: 'if (false) {',
      },
    ],
    caughtBy: ['content'],
    count: 20,
    mix: only('edit'),
    weather: CALM,
  },
  {
    name: 'anybody may decide',
    edits: [
      {
        file: 'dist/access/roles.js',
        find: 'export function mayDecide(person, subject) {',
        replace: 'export function mayDecide(person, subject) {\n    if (person) return yes;',
      },
    ],
    caughtBy: ['stranger'],
    count: 20,
    mix: only('stranger'),
    weather: CALM,
  },
  {
    name: 'the deadline is the sweeper’s business alone',
    edits: [
      {
        file: 'dist/store/approvals.js',
        find: `eq(approvals.state, 'pending'), \n    // The stored times are rounded to a millisecond.\n    sql \`\${approvals.expiresAt} > clock_timestamp() + interval '2 milliseconds'\``,
        replace: `eq(approvals.state, 'pending')`,
      },
      {
        file: 'migrations/0000_first.sql',
        find: `CHECK (state <> 'approved' or decided_at < expires_at)`,
        replace: 'CHECK (true)',
      },
    ],
    caughtBy: ['late'],
    count: 60,
    mix: only('at_expiry'),
    weather: CALM,
  },
  {
    name: 'the card is not drawn again after the write',
    edits: [
      {
        file: 'dist/execution/execute.js',
        find: 'const [cardChannels] = await Promise.all([refreshCard(tx, card), appended]);',
        replace: 'const cardChannels = []; await appended; void card;',
      },
    ],
    caughtBy: ['card'],
    count: 20,
    mix: only('approve'),
    weather: { ...CALM, standing: [zoho('slow', 1)] },
    roles: SEVERAL,
  },
]

/**
 * Copies the build and sows the bug.
 *
 * @returns where the copy's `dist` is
 * @throws Error when an edit does not fit exactly once
 */
export function sow({ name, edits }: Mutant, dir: string): string {
  mkdirSync(dir, { recursive: true })
  for (const part of ['dist', 'migrations', 'package.json'])
    cpSync(join(ROOT, part), join(dir, part), { recursive: true })
  symlinkSync(join(ROOT, 'node_modules'), join(dir, 'node_modules'))
  for (const { file, find, replace } of edits) {
    const path = join(dir, file)
    const parts = readFileSync(path, 'utf8').split(find)
    if (parts.length !== 2)
      throw new Error(`"${name}" fits ${parts.length - 1} times in ${file}: its edit must follow the code`)
    writeFileSync(path, parts.join(replace))
  }
  return join(dir, 'dist')
}
