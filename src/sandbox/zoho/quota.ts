/** Zoho's two limits: credits over a rolling day, and calls in progress at one time. */

export type Limits = {
  /** Credits per rolling 24 h. */
  credits: number
  concurrency: number
  /** Calls in progress of the expensive kind: COQL, and writes of more than ten records. */
  heavyConcurrency: number
}

/** The Enterprise edition, with credits for a thousand users. */
export const ENTERPRISE: Limits = { credits: 1_050_000, concurrency: 20, heavyConcurrency: 10 }

export type Quota = ReturnType<typeof createQuota>

const MINUTE_MS = 60_000
const DAY_MINUTES = 24 * 60

export function createQuota(limits: Limits, now: () => Date) {
  const spentByMinute = new Map<number, number>()
  let spent = 0
  let active = 0
  let heavyActive = 0
  let total = 0
  let allCredits = 0
  const by: Record<string, number> = {}

  function forgetYesterday() {
    const oldest = Math.floor(now().getTime() / MINUTE_MS) - DAY_MINUTES
    for (const [minute, credits] of spentByMinute) {
      if (minute > oldest) break
      spentByMinute.delete(minute)
      spent -= credits
    }
  }

  return {
    /** Counts a request, answered or not. */
    count(endpoint: string) {
      total += 1
      by[endpoint] = (by[endpoint] ?? 0) + 1
    },
    /** Begins a call; null when a limit is reached. */
    begin(): { weigh(): boolean; end(): void } | null {
      forgetYesterday()
      if (spent >= limits.credits || active >= limits.concurrency) return null
      active += 1
      let heavy = false
      let ended = false
      return {
        /** Makes it one of the few expensive calls; false when there are too many. */
        weigh() {
          if (heavyActive >= limits.heavyConcurrency) return false
          heavyActive += 1
          heavy = true
          return true
        },
        end() {
          if (ended) return
          ended = true
          active -= 1
          if (heavy) heavyActive -= 1
        },
      }
    },
    spend(credits: number) {
      const minute = Math.floor(now().getTime() / MINUTE_MS)
      spentByMinute.set(minute, (spentByMinute.get(minute) ?? 0) + credits)
      spent += credits
      allCredits += credits
    },
    /** What is left of the day; null while less than half is used, when Zoho does not tell. */
    remaining: () => (spent * 2 >= limits.credits ? Math.max(0, limits.credits - spent) : null),
    calls: () => ({ total, credits: allCredits, by: { ...by } }),
  }
}
