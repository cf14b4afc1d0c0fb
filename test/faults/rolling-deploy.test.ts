import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createLog } from '../../src/log.ts'
import { migrationsFolder, packageRoot } from '../../src/platform/migrations.ts'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts'
import { sergas, temporaryFolder } from '../flows/bot-process.ts'
import { type Card, companyOf, RATE_FACTOR, type Visitor, visit } from '../flows/world.ts'
import { freePort } from '../free-port.ts'
import { type OwnPostgres, type OwnRedis, serversMissing, startPostgres, startRedis } from '../servers.ts'

/**
 * The build before the newest migration goes on while the database is brought forward under it, and then beside this
 * build: people press in both.
 */

const git = (...args: string[]) =>
  execFileSync('git', args, { cwd: packageRoot(), stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 1 << 28 })

const newestIn = (journal: string): string =>
  (JSON.parse(journal) as { entries: { tag: string }[] }).entries.at(-1)?.tag ?? ''

/** The newest commit with an older schema than ours; null without a history to look in. */
function commitBefore(): string | null {
  const ours = newestIn(readFileSync(join(migrationsFolder, 'meta', '_journal.json'), 'utf8'))
  try {
    const commits = git('rev-list', '--max-count=2000', 'HEAD').toString().trim().split('\n')
    const journal = (commit: string) => git('show', `${commit}:migrations/meta/_journal.json`).toString()
    return commits.find((commit) => newestIn(journal(commit)) !== ours) ?? null
  } catch {
    // Not a repository, or one without the whole history.
    return null
  }
}

const commit = commitBefore()
const missing = commit === null ? 'There is no history to build the older version from' : serversMissing()
if (missing) process.stderr.write(`Left out: ${missing}\n`)

describe.skipIf(missing !== null)('while a new build takes the place of an old one', () => {
  const folder = temporaryFolder()
  const old = join(folder.path, 'old')
  const running: ReturnType<typeof sergas>[] = []
  let sandbox: Sandbox
  let database: OwnPostgres
  let redis: OwnRedis
  let inOld: Visitor
  let inNew: Visitor

  beforeAll(async () => {
    buildInto(old)
    const [oldPort, newPort] = [await freePort(), await freePort()]
    ;[database, redis] = await Promise.all([startPostgres(), startRedis()])
    expect(await command(['migrate'], old)).toMatchObject({ code: 0 })
    const url = (port: number) => `http://127.0.0.1:${port}`
    sandbox = await startSandbox({
      port: 0,
      dir: null,
      company: companyOf({}),
      log: createLog('silent'),
      rateFactor: RATE_FACTOR,
      botUrl: url(oldPort),
    })
    inOld = visit(sandbox.url, sandbox.env, url(oldPort))
    inNew = visit(sandbox.url, sandbox.env, url(newPort))
    await start('web', inOld, old)
    await start('worker', null, old)
    for (const owner of await inOld.owners()) {
      await inOld.until(
        'the portfolio is reviewed',
        async () => (await inOld.home(owner)).includes('Review'),
        90_000,
      )
      await inOld.command(owner, '/sergas', 'digest now')
    }
  }, 240_000)
  afterAll(async () => {
    await Promise.all(running.map((bot) => bot.end('SIGKILL')))
    await sandbox?.close()
    await Promise.all([database?.stop(), redis?.stop()])
    folder.remove()
  })

  function buildInto(path: string): void {
    mkdirSync(path)
    execFileSync('tar', ['-x', '-C', path], { input: git('archive', commit ?? '') })
    symlinkSync(join(packageRoot(), 'node_modules'), join(path, 'node_modules'))
    const tsc = join(packageRoot(), 'node_modules', '.bin', 'tsc')
    execFileSync(tsc, ['-p', 'tsconfig.build.json'], { cwd: path })
  }

  const settings = () => ({ ...sandbox?.env, DATABASE_URL: database.url, REDIS_URL: redis.url })

  async function command(args: readonly string[], root?: string) {
    const run = sergas(args, settings(), root)
    return { code: await run.exited, output: run.output() }
  }

  /** @param at where it is to answer; a worker answers wherever there is room */
  async function start(role: 'web' | 'worker', at: Visitor | null, root?: string): Promise<void> {
    const port = at ? new URL(at.botUrl).port : String(await freePort())
    const bot = sergas(
      [role],
      { ...settings(), HOST: '127.0.0.1', PORT: port, WEBHOOK_MERGE_WINDOW: '10m' },
      root,
    )
    running.push(bot)
    const answers = async () => (await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => null))?.ok
    await inOld.until(`the ${role} answers`, answers, 60_000).catch((error: unknown) => {
      throw new Error(`${error}\n${bot.output()}`)
    })
  }

  async function pressedAndDone(cards: readonly Card[], where: (index: number) => Visitor): Promise<void> {
    const presses = cards.map((card, index) => where(index).pressUnseen(card, 'approval.approve'))
    expect((await Promise.all(presses)).map(({ status }) => status)).toEqual(cards.map(() => 200))
    for (const card of cards) await inOld.becomes(card, 'done', 60_000)
  }

  const fresh = async (many: number) => {
    const cards: Card[] = []
    while (cards.length < many)
      cards.push(await inOld.freshCard(cards.length % 3 === 2 ? 'create' : 'update'))
    return cards
  }

  test('a migration that a busy table holds up gives way instead of standing in everybody’s way', async () => {
    const holder = postgres(database.url, { max: 1, onnotice: () => {} })
    // Whichever tables a migration is about, somebody is reading them.
    const tables = await holder.unsafe(
      "select format('%I', tablename) as name from pg_tables where schemaname = 'public'",
    )
    const all = tables.map(({ name }) => name).join(', ')
    await holder.unsafe(`begin; lock table ${all} in access share mode`)
    await holder.unsafe('lock table settings in share row exclusive mode')
    const before = performance.now()

    const { code } = await command(['migrate'])

    expect(code).toBe(1)
    expect(performance.now() - before).toBeLessThan(15_000)
    await holder.unsafe('rollback')
    await holder.end()
  }, 60_000)

  test('the old build goes on while the database is brought forward under it', async () => {
    const [before, during, after] = [await fresh(1), await fresh(2), await fresh(1)]
    await pressedAndDone(before, () => inOld)

    const [migrated] = await Promise.all([command(['migrate']), pressedAndDone(during, () => inOld)])

    expect(migrated).toMatchObject({ code: 0 })
    await pressedAndDone(after, () => inOld)
  }, 120_000)

  test('presses in both builds are carried out, each once, by workers of both', async () => {
    await start('web', inNew)
    await start('worker', null)
    const cards = await fresh(8)

    await pressedAndDone(cards, (index) => (index % 2 === 0 ? inOld : inNew))

    for (const card of cards.filter(({ recordId }) => recordId !== null))
      expect(await inOld.writesTo(card.recordId!)).toHaveLength(1)
    expect(await command(['audit', 'verify'])).toMatchObject({ code: 0 })
  }, 240_000)

  test('the new build goes on alone', async () => {
    const cards = await fresh(2)
    for (const bot of running.splice(0, 2)) expect(await bot.end('SIGTERM')).toBe(0)

    await pressedAndDone(cards, () => inNew)

    expect(await command(['audit', 'verify'])).toMatchObject({ code: 0 })
  }, 120_000)

  test('a build that comes back on a newer schema is let in where that schema still serves it, and else is not', async () => {
    const client = postgres(database.url, { max: 1, onnotice: () => {} })
    const future = Date.now() + 86_400_000
    await client`insert into drizzle.__drizzle_migrations (hash, created_at) values ('newer', ${future})`
    const worker = async () => {
      const bot = sergas(['worker'], { ...settings(), HOST: '127.0.0.1', PORT: '0' })
      const ended = bot.exited.then((code) => code)
      const alive = new Promise<'alive'>((resolve) => setTimeout(resolve, 8_000, 'alive'))
      const came = await Promise.race([ended, alive])
      await bot.end('SIGTERM')
      return { came, output: bot.output() }
    }

    expect(await worker()).toMatchObject({ came: 'alive' })
    await client`update settings set value = to_jsonb(${future}::bigint) where key = 'schema_works_from'`
    const refused = await worker()

    expect(refused.came).toBe(1)
    expect(refused.output).toContain('migrated by a newer build')
    await client.end()
  }, 60_000)
})
