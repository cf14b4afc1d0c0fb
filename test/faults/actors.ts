import { AsyncLocalStorage } from 'node:async_hooks'
import { promisify } from 'node:util'
import type postgres from 'postgres'

/** What befalls a process at one of its steps: before or after a statement, a commit or a call to the CRM. */
export type Fate = { kind: 'dies' | 'sleeps'; step: number }

/** One run of the product's code on one node; it ends, sleeps until it is woken, or dies where it stands. */
export type Actor = {
  skewMs: number
  /** The operation it works on. */
  operationId: string | null
  /** What goes wrong with its next request to the CRM. */
  fault: string | null
  state: 'running' | 'asleep' | 'dead' | 'done'
  /** Until when it sleeps of its own will; null: until somebody wakes it. */
  sleepsUntil: number | null
  wake: () => void
  /** Resolves when it stands still, for whatever reason. */
  still: () => Promise<void>
  failure: unknown
}

type Inner = Actor & {
  stepsLeft: number
  fate: Fate | null
  inTransaction: boolean
  stop: (state: Actor['state']) => void
  death: Promise<never>
  die: () => void
}

// `node:timers/promises` itself stands in for the world's time here.
const realSleep = promisify(setTimeout)

const acting = new AsyncLocalStorage<Inner>()

export const currentActor = (): Actor | undefined => acting.getStore()

/** Starts a run; `still` tells when it stands. */
export function act(
  work: () => Promise<unknown>,
  given: Partial<Pick<Actor, 'skewMs' | 'operationId' | 'fault'>> & { fate?: Fate | null } = {},
): Actor {
  let stood: () => void = () => {}
  let standing = new Promise<void>((resolve) => {
    stood = resolve
  })
  let die: () => void = () => {}
  const death = new Promise<never>((_, reject) => {
    die = () => reject(DEAD)
  })
  death.catch(() => {})
  const actor: Inner = {
    skewMs: given.skewMs ?? 0,
    operationId: given.operationId ?? null,
    fault: given.fault ?? null,
    fate: given.fate ?? null,
    stepsLeft: given.fate?.step ?? 0,
    state: 'running',
    sleepsUntil: null,
    inTransaction: false,
    failure: null,
    death,
    die,
    wake: () => {},
    still: () => (actor.state === 'running' ? standing : Promise.resolve()),
    stop(state) {
      actor.state = state
      stood()
      if (state !== 'asleep') return
      standing = new Promise((resolve) => {
        stood = resolve
      })
    },
  }
  acting
    .run(actor, work)
    .catch((error: unknown) => {
      actor.failure = error
    })
    .finally(() => actor.stop('done'))
  return actor
}

const DEAD = new Error('The process died')
const never = new Promise<never>(() => {})

/** One point at which fate may come; nothing to wait for when it does not. */
function point(): Promise<unknown> | null {
  const actor = acting.getStore()
  if (!actor) return null
  if (actor.state === 'dead') return never
  if (!actor.fate) return null
  if (actor.stepsLeft > 0) {
    actor.stepsLeft -= 1
    return null
  }
  if (actor.fate.kind === 'dies') {
    actor.fate = null
    actor.die()
    // With a transaction open it stands only when that is rolled back.
    if (actor.inTransaction) actor.state = 'dead'
    else actor.stop('dead')
    return never
  }
  // With its transaction open it would hold what others wait for: that is for a real Postgres.
  if (actor.inTransaction) return null
  actor.fate = null
  return sleep(actor, null)
}

function sleep(actor: Inner, until: number | null): Promise<void> {
  return new Promise((resolve) => {
    actor.sleepsUntil = until
    actor.wake = () => {
      actor.state = 'running'
      actor.wake = () => {}
      resolve()
    }
    actor.stop('asleep')
  })
}

/** What `setTimeout` of `node:timers/promises` is to an actor: it sleeps until the world's time has come. */
export function sleepFor(now: () => number) {
  return (ms: number): Promise<unknown> => {
    const actor = acting.getStore()
    return actor ? sleep(actor, now() + ms) : realSleep(ms)
  }
}

/** The same work, with a point before it and one after it. */
export async function guarded<T>(work: () => PromiseLike<T>): Promise<T> {
  const before = point()
  if (before) await before
  const result = await work()
  const after = point()
  if (after) await after
  return result
}

type Unsafe = postgres.Sql['unsafe']
/** A statement as a bug would have it; for most there is none. */
export type Rewrite = (text: string) => string

/** A database client whose every statement, and every commit, is a step of whoever sends it. */
export function steppedClient(client: postgres.Sql, rewrite: Rewrite = (text) => text): postgres.Sql {
  const stepped = (unsafe: Unsafe) => (text: string, parameters?: never[], options?: object) => {
    const rewritten = rewrite(text)
    const send = () => unsafe(rewritten, parameters, options)
    return {
      // biome-ignore lint/suspicious/noThenProperty: a query of postgres-js is one, and is sent only when awaited.
      then: (...on: Parameters<Promise<unknown>['then']>) => guarded(send).then(...on),
      values: () => guarded(() => send().values()),
    }
  }
  const begin = async (work: (tx: postgres.Sql) => Promise<unknown>) => {
    const actor = acting.getStore()
    const before = point()
    if (before) await before
    if (actor) actor.inTransaction = true
    let result: unknown
    try {
      result = await client.begin((tx) => {
        const steps = {
          ...withOptions(client),
          unsafe: stepped(tx.unsafe.bind(tx)),
        } as unknown as postgres.Sql
        return actor ? Promise.race([work(steps), actor.death]) : work(steps)
      })
    } catch (error) {
      if (error !== DEAD) throw error
      actor?.stop('dead')
      return never
    } finally {
      if (actor) actor.inTransaction = false
    }
    const after = point()
    if (after) await after
    return result
  }
  return {
    ...withOptions(client),
    unsafe: stepped(client.unsafe.bind(client)),
    begin,
  } as unknown as postgres.Sql
}

const withOptions = ({ options }: postgres.Sql) => ({ options })
