import { z } from 'zod'

/**
 * What a test may break. `error`: 500 before anything happened. `lost_answer`: done, then the socket is cut.
 * `reset`: the socket is cut before anything happened. `rate_limit`: 429. `hang`: no answer until the caller
 * gives up. `expired_token`: 401 INVALID_TOKEN (Zoho). `html`: a proxy's 502 page. `slow`: carried out half a second
 * later, and answered.
 */
export const Fault = z.object({
  service: z.enum(['slack', 'zoho']),
  kind: z.enum(['error', 'lost_answer', 'reset', 'rate_limit', 'hang', 'expired_token', 'html', 'slow']),
  /** Share of calls hit, 0 to 1. */
  rate: z.number().min(0).max(1).default(1),
  /** Calls to hit before the fault ends by itself; absent: until cleared. */
  count: z.int().positive().optional(),
  /** Only calls whose path contains this. */
  path: z.string().optional(),
  /** Only calls of this method, e.g. `PUT`. */
  method: z.string().optional(),
})
export type Fault = z.infer<typeof Fault>

export const SLOW_MS = 500

export type Faults = ReturnType<typeof createFaults>

/** Faults in force. `take` says which one, if any, strikes this call, and counts it. */
export function createFaults(random: () => number = Math.random) {
  let active: Fault[] = []
  return {
    add(fault: Fault) {
      active.push({ ...fault })
    },
    clear() {
      active = []
    },
    list: (): readonly Fault[] => active,
    take(service: Fault['service'], path: string, method?: string): Fault['kind'] | null {
      const fault = active.find(
        (candidate) =>
          candidate.service === service &&
          (candidate.path === undefined || path.includes(candidate.path)) &&
          (candidate.method === undefined || candidate.method === method) &&
          random() < candidate.rate,
      )
      if (!fault) return null
      if (fault.count !== undefined) {
        fault.count -= 1
        if (fault.count === 0) active = active.filter((other) => other !== fault)
      }
      return fault.kind
    },
  }
}
