/** Calls a minute by tier, as Slack publishes them (each is a floor there; here it is the limit). */
const perMinute = { tier2: 20, tier3: 50, tier4: 100, special: 600 }

const tiers: Record<string, keyof typeof perMinute> = {
  'chat.update': 'tier3',
  'chat.delete': 'tier3',
  'conversations.open': 'tier3',
  'conversations.info': 'tier3',
  'conversations.history': 'tier3',
  'conversations.replies': 'tier3',
  'users.lookupByEmail': 'tier3',
  'reactions.add': 'tier3',
  'team.info': 'tier3',
  'bots.info': 'tier3',
  'conversations.list': 'tier2',
  'users.list': 'tier2',
  'chat.postEphemeral': 'tier4',
  'conversations.members': 'tier4',
  'users.info': 'tier4',
  'users.profile.get': 'tier4',
  'views.open': 'tier4',
  'views.update': 'tier4',
  'views.push': 'tier4',
  'views.publish': 'tier4',
}

/** One message a second per channel with a short burst, and several hundred a minute per workspace. */
const posting = { perChannel: { burst: 4, perSecond: 1 }, perWorkspace: { burst: 300, perSecond: 5 } }

type Bucket = { tokens: number; at: number }

/**
 * Slack's rate limits as token buckets. `factor` multiplies sizes and speeds alike: 1 is Slack, a load run
 * takes more.
 */
export function createRateLimits(factor: number, now: () => number = Date.now) {
  const buckets = new Map<string, Bucket>()

  function missing(key: string, burst: number, perSecond: number): { bucket: Bucket; waitMs: number } {
    const at = now()
    const size = Math.max(1, burst * factor)
    const previous = buckets.get(key) ?? { tokens: size, at }
    const refilled = previous.tokens + ((at - previous.at) / 1000) * perSecond * factor
    const bucket = { tokens: Math.min(size, refilled), at }
    buckets.set(key, bucket)
    return { bucket, waitMs: bucket.tokens >= 1 ? 0 : ((1 - bucket.tokens) / (perSecond * factor)) * 1000 }
  }

  return {
    /** Seconds to wait, as in Slack's `Retry-After`, or null: the call may go ahead and is counted. */
    take(method: string, channel: string | null): number | null {
      const tier = perMinute[tiers[method] ?? 'special']
      const needed =
        method === 'chat.postMessage'
          ? [
              missing(`post ${channel}`, posting.perChannel.burst, posting.perChannel.perSecond),
              missing('post', posting.perWorkspace.burst, posting.perWorkspace.perSecond),
            ]
          : [missing(method, tier, tier / 60)]
      const waitMs = Math.max(...needed.map((need) => need.waitMs))
      if (waitMs > 0) return Math.ceil(waitMs / 1000)
      for (const { bucket } of needed) bucket.tokens -= 1
      return null
    },
  }
}
