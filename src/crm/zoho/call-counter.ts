/** What our calls to Zoho come to: Zoho itself sends no counts, and its credits are a daily budget. */
export type CallCounts = { total: number; credits: number; by: Record<string, number> }

export type CallCounter = {
  /** @param credits what Zoho's price list says the call costs */
  count(endpoint: string, credits: number): void
  counts(): CallCounts
}

export function createCallCounter(): CallCounter {
  const by = new Map<string, number>()
  let total = 0
  let credits = 0
  return {
    count(endpoint, cost) {
      total += 1
      credits += cost
      by.set(endpoint, (by.get(endpoint) ?? 0) + 1)
    },
    counts: () => ({ total, credits, by: Object.fromEntries(by) }),
  }
}
