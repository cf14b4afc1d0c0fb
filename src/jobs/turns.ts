import { setImmediate as nextLoop, setTimeout as sleep } from 'node:timers/promises'
import { LANES, type Lane } from './define.ts'

/** So many jobs at once leave a person's press the processor, */
const BESIDE_PEOPLE = 2
/** for so long after the last one was answered. */
const QUIET_AFTER_MS = 250
/** Jobs that wait for Slack or Zoho must not keep the others from beginning. */
const ONE_EVERY_MS = 100
const LOOK_EVERY_MS = 5
/** However much people approve: what comes last in order still gets every fifth turn. */
const TURNS_IN_A_ROW = 4

/** Runs a job of this lane when its turn has come. */
export type InTurn = (lane: Lane, job: () => Promise<void>) => Promise<void>

const inOrder = Object.keys(LANES) as Lane[]

/**
 * People first, in the process that serves both: while they keep coming, few jobs run at once; otherwise each begins as
 * soon as it likes. What people approved goes before all else.
 */
export function jobTurns(somebodyWaits: () => boolean): InTurn {
  const lines = new Map<Lane, (() => void)[]>(inOrder.map((lane) => [lane, []]))
  let running = 0
  let turns = 0
  let begun = 0
  let lastWaited = Number.NEGATIVE_INFINITY
  let calling = false

  const linesWaiting = () => inOrder.flatMap((lane) => (lines.get(lane)?.length ? [lines.get(lane)] : []))

  function callNext(): void {
    const isLasts = turns % (TURNS_IN_A_ROW + 1) === TURNS_IN_A_ROW
    turns += 1
    linesWaiting()
      .at(isLasts ? -1 : 0)
      ?.shift()?.()
  }

  function mustWait(): boolean {
    const now = performance.now()
    if (somebodyWaits()) lastWaited = now
    const people = now - lastWaited < QUIET_AFTER_MS
    return people && running >= BESIDE_PEOPLE && now - begun < ONE_EVERY_MS
  }

  async function call(): Promise<void> {
    calling = true
    while (linesWaiting().length > 0) {
      while (mustWait()) await sleep(LOOK_EVERY_MS)
      begun = performance.now()
      callNext()
      // Whoever came in meanwhile is seen before the next is called.
      await nextLoop()
    }
    calling = false
  }

  return async (lane, job) => {
    await new Promise<void>((begin) => {
      lines.get(lane)?.push(begin)
      if (!calling) void call()
    })
    running += 1
    try {
      await job()
    } finally {
      running -= 1
    }
  }
}
