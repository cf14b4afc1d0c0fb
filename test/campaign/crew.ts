import { openSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from '../free-port.ts'
import { ROOT, type Running, run } from '../processes.ts'

/** The bot as several processes, each of which is started again whenever it is gone, as an orchestrator does. */
export type Member = {
  name: string
  role: 'start' | 'web' | 'worker'
  url: string
  /** Its clock, from everybody else's. */
  skewMs: number
  running: Running | null
  starts: number
}

export type Crew = {
  members: readonly Member[]
  /** Where Slack would send a press: any that takes them. */
  webs: readonly Member[]
  kill(member: Member): void
  /** Ends all and starts none again. */
  stop(): Promise<void>
}

/** After a kill, an orchestrator needs a moment. */
const BACK_AFTER_MS = 100

export async function startCrew(options: {
  roles: readonly { name: string; role: Member['role']; skewMs?: number }[]
  env: Record<string, string>
  dir: string
  /** Where the build to run is. */
  build: string
}): Promise<Crew> {
  const { env, dir, build } = options
  let stopping = false
  const log = openSync(join(dir, 'bot.log'), 'a')
  const members: Member[] = await Promise.all(
    options.roles.map(async ({ name, role, skewMs = 0 }) => {
      const port = await freePort()
      return { name, role, url: `http://127.0.0.1:${port}`, skewMs, running: null, starts: 0 }
    }),
  )

  function start(member: Member): void {
    const skew = ['--import', join(ROOT, 'test', 'campaign', 'skewed-clock.mjs')]
    const running = run(
      process.execPath,
      [...(member.skewMs ? skew : []), join(build, 'main.js'), member.role],
      {
        env: { ...env, PORT: new URL(member.url).port, CLOCK_SKEW_MS: String(member.skewMs) },
        log,
      },
    )
    member.running = running
    member.starts += 1
    void running.ended.then(() => {
      member.running = null
      if (!stopping) setTimeout(() => !stopping && start(member), BACK_AFTER_MS)
    })
  }

  for (const member of members) start(member)
  return {
    members,
    webs: members.filter(({ role }) => role !== 'worker'),
    kill: ({ running }) => running?.signal('SIGKILL'),
    async stop() {
      stopping = true
      await Promise.all(
        members.map(async ({ running }) => {
          running?.signal('SIGCONT')
          running?.signal('SIGTERM')
          await running?.ended
        }),
      )
    },
  }
}
