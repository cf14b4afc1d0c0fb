/** Runs at most `limit` pieces of work at once; the rest wait their turn in order. */
export function createConcurrency(limit: number): <T>(work: () => Promise<T>) => Promise<T> {
  let running = 0
  const waiting: (() => void)[] = []

  return async (work) => {
    if (running >= limit) await new Promise<void>((resolve) => waiting.push(resolve))
    else running += 1
    try {
      return await work()
    } finally {
      // The place is handed on, not freed: a newcomer must not overtake those who wait.
      const next = waiting.shift()
      if (next) next()
      else running -= 1
    }
  }
}
