import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { expect, test } from 'vitest'
import { packageRoot } from '../src/platform/migrations.ts'

/**
 * Which part may know which: this table is the architecture document, and the tests below hold the code to it.
 *
 * `values` may be imported to be run; `types` only with `import type`. Everyone may import model, errors and log;
 * model imports nothing of ours. A path names a folder or one file of it.
 */

/** The pure half of slack/: words and values in, Block Kit out. Nothing in it can reach Slack. */
const SLACK_WORDS = [
  'slack/blocks',
  'slack/citation',
  'slack/dates',
  'slack/inputs',
  'slack/limits',
  'slack/message',
  'slack/mrkdwn',
]

const MAY_IMPORT: Record<string, { values: string[]; types?: string[] }> = {
  config: { values: [] },
  // No line leaves unread.
  log: { values: ['privacy/log-line'] },
  model: { values: [] },
  store: { values: [] },
  platform: { values: ['store'], types: ['config'] },
  access: { values: ['store'] },
  // The edges know their tables and how to encrypt what they keep there, and never each other.
  crm: { values: ['store', 'access/crypto'] },
  slack: { values: ['store'] },
  // What a person adds is in the trail.
  memory: { values: ['store'], types: ['audit'] },
  recommendations: { values: [] },
  llm: { values: ['store'] },
  privacy: { values: [] },
  pipeline: { values: ['privacy', 'recommendations', 'store'], types: ['llm', 'memory/memory'] },
  // The trail's payloads are encrypted at rest.
  audit: { values: ['store', 'access/crypto'] },
  // An edited text is cut to the CRM's limits by the same rules as a proposed one.
  approval: { values: ['recommendations/text', 'store', ...SLACK_WORDS], types: ['audit'] },
  // All that can write to the CRM: what it writes comes from a stored, approved row and from nowhere else.
  execution: { values: ['store'], types: ['audit', 'crm/crm'] },
  digest: { values: ['store', ...SLACK_WORDS] },
  jobs: {
    // Whom a job is for is looked up like any person.
    values: [
      'access/identity',
      'access/sight',
      'approval',
      'digest',
      'execution',
      'pipeline',
      // Errors that are kept beside a job.
      'privacy/redact',
      'store',
      ...SLACK_WORDS,
    ],
    types: ['memory/memory', 'platform/platform', 'slack/messenger'],
  },
  triggers: {
    values: [
      'access',
      'approval',
      'audit',
      'digest',
      // Undo and retry are presses like any other; what they plan is run by execution alone.
      'execution/undo',
      'jobs',
      // A person may ask for an account's history without a new review.
      'pipeline/memory-analyst',
      // And for how they work.
      'pipeline/owner-habits',
      // How far the request of a handler has come stands in Bolt's context.
      'slack/recording-app',
      'store',
      ...SLACK_WORDS,
    ],
    types: ['crm/zoho/webhook', 'memory/memory', 'slack/messenger'],
  },
  sandbox: { values: [] },
  app: {
    values: [
      'access',
      'approval',
      'audit',
      // What the log may not show.
      'config',
      'crm',
      'digest',
      'execution',
      'jobs',
      'llm',
      'memory',
      'pipeline',
      'platform',
      'slack',
      'store',
      'triggers',
    ],
  },
  // Looking back judges with the pipeline that judges today.
  backtest: { values: ['pipeline', 'store'] },
  'audit-command': { values: ['audit', 'config', 'platform'] },
  'backtest-command': { values: ['backtest', 'platform'] },
  'dlq-command': { values: ['audit', 'jobs/dead-letters', 'platform', 'store'] },
  // What a backup forgot, told from the CRM: it reads, and what it settles is on record already.
  'restore-command': {
    values: ['approval', 'audit', 'config', 'crm', 'execution/reconcile', 'platform', 'store'],
  },
  demo: { values: ['app', 'config', 'platform', 'sandbox'] },
  drill: { values: ['access', 'app', 'approval', 'audit', 'config', 'platform', 'sandbox', 'store'] },
  main: {
    values: [
      'app',
      'audit-command',
      'backtest-command',
      'config',
      'demo',
      'dlq-command',
      'drill/drill',
      'platform',
      'restore-command',
    ],
  },
}
const FOR_ALL = ['model', 'errors', 'log']

type Import = { from: string; to: string; isType: boolean }

const src = join(packageRoot(), 'src')
const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'))
const textOf = (file: string) => readFileSync(join(src, file), 'utf8')
const imports = files.flatMap(importsOf)

/** Imports and re-exports of our own files; one is of types when it, or each of its names, says so. */
function importsOf(from: string): Import[] {
  const text = textOf(from)
  const statement = /^(?:import|export)\s+(?:(type)\s+)?([^'"]*?\sfrom\s+)?'([^']+)'/gms
  const found = [...text.matchAll(statement)].map(([, type, clause = '', target = '']) => {
    const names =
      /\{([^}]*)\}/s
        .exec(clause)?.[1]
        ?.split(',')
        .map((name) => name.trim()) ?? []
    const onlyTypes = /^\s*\{/.test(clause) && names.filter(Boolean).every((name) => name.startsWith('type '))
    return { target, isType: type !== undefined || onlyTypes }
  })
  const whenNeeded = [...text.matchAll(/\bimport\(\s*'([^']+)'/g)].map(([, target = '']) => ({
    target,
    isType: false,
  }))
  return [...found, ...whenNeeded]
    .filter(({ target }) => target.startsWith('.'))
    .map(({ target, isType }) => {
      const to = normalize(join(dirname(from), target)).replace(/\.ts$/, '')
      return { from, to, isType }
    })
}

const areaOf = (path: string) => path.replace(/\.ts$/, '').split('/')[0] ?? ''
const covers = (allowed: readonly string[], path: string) =>
  allowed.some((each) => path === each || path.startsWith(`${each}/`))

test('every part imports only what the table gives it', () => {
  const broken = imports.filter(({ from, to, isType }) => {
    const area = areaOf(from)
    if (area === areaOf(to) || (area !== 'model' && FOR_ALL.includes(areaOf(to)))) return false
    const { values, types = [] } = MAY_IMPORT[area] ?? { values: [] }
    return !covers(isType ? [...values, ...types] : values, to)
  })

  expect(broken.map(({ from, to, isType }) => `${from} imports ${isType ? 'types of ' : ''}${to}`)).toEqual(
    [],
  )
})

test('the table has a row for each part, and no row allows what nobody needs', () => {
  const parts = new Set(files.map(areaOf).filter((area) => area !== 'errors'))
  expect(Object.keys(MAY_IMPORT).toSorted()).toEqual([...parts].toSorted())

  const needless = Object.entries(MAY_IMPORT).flatMap(([area, { values, types = [] }]) => {
    const used = imports.filter(({ from }) => areaOf(from) === area)
    const unusedValues = values.filter((each) => !used.some(({ to }) => covers([each], to)))
    const unusedTypes = types.filter((each) => !used.some(({ to, isType }) => isType && covers([each], to)))
    // The words of Slack are one thing; app.ts is told by folder what it composes.
    return [...unusedValues, ...unusedTypes]
      .filter((each) => !SLACK_WORDS.includes(each) && area !== 'app')
      .map((each) => `${area}: ${each}`)
  })
  expect(needless).toEqual([])
})

test('model knows zod and hashing, and nothing else in the world', () => {
  const packages = files
    .filter((file) => areaOf(file) === 'model')
    .flatMap((file) => [...textOf(file).matchAll(/from\s+'([^'.][^']*)'/g)].map(([, name]) => name))

  expect([...new Set(packages)].toSorted()).toEqual(['node:crypto', 'zod'])
})

test('nothing reachable from execution can hold a model’s words or a proposal’s author', () => {
  const reached = new Set<string>()
  const visit = (file: string) => {
    if (reached.has(file)) return
    reached.add(file)
    for (const { to } of imports.filter(({ from, isType }) => from === file && !isType)) visit(`${to}.ts`)
  }
  for (const file of files.filter((each) => areaOf(each) === 'execution')) visit(file)

  const areas = new Set([...reached].map(areaOf))
  for (const area of ['pipeline', 'llm', 'slack', 'triggers', 'jobs', 'sandbox'])
    expect(areas).not.toContain(area)
})

test('only execution is given what can write to the CRM', () => {
  const naming = files.filter((file) => /\bCrmWriter\b|\bzohoWriter\b|\brestWriter\b/.test(textOf(file)))
  expect(naming.filter((file) => areaOf(file) !== 'execution').toSorted()).toEqual([
    'app.ts',
    'crm/crm.ts',
    'crm/zoho/rest-writer.ts',
    'crm/zoho/rest.ts',
  ])

  // In app.ts the writer goes to execution; besides that only its reading of a record's fields is borrowed.
  const uses = [...textOf('app.ts').matchAll(/^.*\bwriter\b.*$/gm)].map(([line]) => line.trim())
  for (const use of uses) {
    expect(use).toMatch(/^const writer = zohoWriter\(|^execute: \{.*\bcrm: writer\b|writer\.fieldsOf\(/)
  }
})

test('the sandbox is for the demo, the drill and tests, and shares nothing with the bot but the log', () => {
  const importers = imports.filter(({ from, to }) => areaOf(to) === 'sandbox' && areaOf(from) !== 'sandbox')
  expect([...new Set(importers.map(({ from }) => areaOf(from)))].toSorted()).toEqual(['demo', 'drill'])

  const known = imports.filter(({ from, to }) => areaOf(from) === 'sandbox' && areaOf(to) !== 'sandbox')
  expect(known.filter(({ to }) => !FOR_ALL.includes(areaOf(to)))).toEqual([])
})

test('only the command line reads the environment', () => {
  expect(
    files.filter((file) => /process\.env/.test(textOf(file).replace(/\/\*\*?[\s\S]*?\*\//g, ''))),
  ).toEqual(['main.ts'])
})

test('no barrels, and no folder that could hold anything', () => {
  expect(files.filter((file) => /(^|\/)(index\.ts|utils|helpers|services|types)(\/|$)/.test(file))).toEqual(
    [],
  )
})
