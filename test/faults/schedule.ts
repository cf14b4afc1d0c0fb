import type postgres from 'postgres'
import type { HeldConnection } from './held-connection.ts'

/** One who takes part: its code runs on a connection of its own, one statement at a time. */
export type Participant = { name: string; connection: HeldConnection; work: () => Promise<unknown> }
/** Something that happens at once, at any point: a deadline passes, a person edits a record. */
export type Happening = { name: string; happen: () => Promise<void> }

export type Played = {
  /** Who went, and with what, in order. */
  steps: string[]
  /** What each one's work came to, in the order of the participants. */
  results: PromiseSettledResult<unknown>[]
}

/** How long an answer may take before the server is asked whether it waits for a lock. */
const PATIENCE_MS = 1

/**
 * Runs them against each other. Whoever is ready and is drawn goes one statement further; one that waits for a lock
 * inside Postgres is left there while the others go on.
 *
 * @param draw a number from 0 up to, but not including, the one given.
 */
export async function playSchedule(
  participants: readonly Participant[],
  happenings: readonly Happening[],
  { draw, monitor }: { draw: (below: number) => number; monitor: postgres.Sql },
): Promise<Played> {
  const steps: string[] = []
  let wakeUp: () => void = () => {}
  const runners = participants.map(({ name, connection, work }) => {
    connection.holding = true
    connection.changed = () => wakeUp()
    const runner = { name, connection, isDone: false, isBlocked: false }
    const ended = (async () => work())().finally(() => {
      runner.isDone = true
      wakeUp()
    })
    ended.catch(() => {})
    return { runner, ended }
  })
  const all = runners.map(({ runner }) => runner)

  type Runner = (typeof all)[number]
  const isStuck = (each: Runner) => each.isBlocked && each.connection.isAwaitingAnswer()
  const isMoving = (each: Runner) =>
    !each.isDone && !isStuck(each) && (each.connection.isAwaitingAnswer() || each.connection.next() === null)

  const change = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms)
      wakeUp = () => {
        clearTimeout(timer)
        resolve()
      }
    })

  /** Until each is done, holds its next statement, or is blocked. */
  async function settle(last: Runner | null): Promise<void> {
    let mayFree = last
    for (;;) {
      // Locks go with the transaction that took them, and not before.
      if (mayFree && !mayFree.connection.isAwaitingAnswer() && mayFree.connection.isIdle()) {
        for (const each of all) each.isBlocked = false
        mayFree = null
      }
      if (!all.some(isMoving)) return
      const before = performance.now()
      await change(PATIENCE_MS)
      if (performance.now() - before < PATIENCE_MS) continue
      for (const each of all.filter((one) => isMoving(one) && one.connection.isAwaitingAnswer())) {
        const [row] = await monitor`select cardinality(pg_blocking_pids(${each.connection.pid})) as by`
        each.isBlocked = row?.by > 0 && each.connection.isAwaitingAnswer()
      }
    }
  }

  const still = [...happenings]
  let last: Runner | null = null
  for (;;) {
    await settle(last)
    const ready = all.filter((each) => !each.isDone && !isStuck(each) && each.connection.next() !== null)
    const choices = ready.length + still.length
    if (choices === 0) {
      if (all.every(({ isDone }) => isDone)) break
      // Both blocked: Postgres ends it for one of them.
      await change(PATIENCE_MS)
      continue
    }
    const drawn = draw(choices)
    const runner = ready[drawn]
    if (runner) {
      steps.push(`${runner.name}: ${runner.connection.next()?.slice(0, 60).replace(/\s+/g, ' ')}`)
      runner.connection.pass()
      last = runner
    } else {
      const [happening] = still.splice(drawn - ready.length, 1)
      steps.push(`— ${happening?.name}`)
      await happening?.happen()
    }
  }
  for (const { connection } of participants) connection.holding = false
  return { steps, results: await Promise.allSettled(runners.map(({ ended }) => ended)) }
}

/** mulberry32: a few lines, and the same on every machine. */
export function seededDraw(seed: number): (below: number) => number {
  let state = seed >>> 0
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) % below
  }
}
