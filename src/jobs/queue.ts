import { type JobsOptions, Queue, UnrecoverableError, Worker } from 'bullmq'
import { ConflictError, InvalidInputError, NotFoundError, RefusedError, UpstreamError } from '../errors.ts'
import type { Log } from '../log.ts'
import type { Platform } from '../platform/platform.ts'
import { assertOutsideTransaction } from '../store/db.ts'
import { cameThrough, rememberFailure } from '../store/failed-jobs.ts'
import { attempt } from './attempt.ts'
import { JOBS, type JobName, type JobPayload } from './catalog.ts'
import { type JobDefinition, LANES, type Lane } from './define.ts'
import { reasonOf } from './reason.ts'
import type { JobTools } from './tools.ts'
import type { InTurn } from './turns.ts'

/**
 * BullMQ, and the one place that decides which failure is tried again. Jobs carry ids only; Postgres knows the
 * rest, and remembers what failed.
 *
 * Handing over resolves to whether a job of the subject waits now. False needs care only where no row leads the sweeper
 * to it.
 */
export type Enqueue = <Name extends JobName>(
  name: Name,
  payload: JobPayload<Name>,
  options?: {
    delayMs?: number
    /** Even if one of its subject is under way: that one's worker may be dead. Its rows keep the two apart. */
    anyway?: boolean
  },
) => Promise<boolean>

export type JobQueue = {
  enqueue: Enqueue
  /** Begins working; `tools` are what handlers are given, each in its turn. */
  work(tools: JobTools, inTurn: InTurn): Promise<void>
  /**
   * Takes no more jobs, and lets those that run finish for at most so long.
   *
   * @returns how many did not: the queue has them back for another process, and what they held is to be given back.
   */
  close(graceMs: number): Promise<number>
}

/** This process stops: whatever the job would have come to, another process begins it anew. */
class AbandonedError extends Error {
  override name = 'AbandonedError'
}

/**
 * A killed worker's jobs are taken over within about fifteen seconds instead of a minute, and as often as it takes:
 * BullMQ would fail a job whose worker was killed twice, as two deploys in a row do.
 */
const WORKER_OPTIONS = { lockDuration: 10_000, stalledInterval: 5_000, maxStalledCount: 1_000 }

const laneNames = Object.keys(LANES) as Lane[]

export function openQueue(platform: Pick<Platform, 'queue'>, log: Log, prefix = 'sergas'): JobQueue {
  const { producer, worker: workerConnection, backend } = platform.queue
  const queues = new Map(
    laneNames.map((lane) => {
      const options = { connection: producer }
      const queue = backend
        ? new Queue(`${prefix}-${lane}`, options, backend)
        : new Queue(`${prefix}-${lane}`, options)
      queue.on('error', (error) => log.warn({ lane, reason: error.message }, 'queue connection lost'))
      return [lane, queue]
    }),
  )
  const workers: Pick<Worker, 'close' | 'waitUntilReady'>[] = []
  const underWay = new Set<Handed>()
  const stopping = new AbortController()
  const stopped = new Promise<never>((_, reject) => {
    stopping.signal.addEventListener('abort', () => reject(new AbandonedError('This process stops')))
  })
  // Nobody may be waiting for it.
  stopped.catch(() => {})

  const enqueue: Enqueue = async (name, payload, { delayMs, anyway } = {}) => {
    assertOutsideTransaction(`Enqueueing ${name}`)
    const job: JobDefinition = JOBS[name]
    try {
      await queues.get(job.lane)?.add(name, payload, {
        ...jobOptions(job, anyway ? null : job.subject(payload)),
        ...(delayMs ? { delay: delayMs } : {}),
      })
      return true
    } catch (error) {
      // What led here is committed; the sweeper hands it over within seconds.
      log.warn({ job: name, reason: reasonOf(error) }, 'job not handed over')
      return false
    }
  }

  const forced = () => Promise.all(workers.map((worker) => worker.close(true)))

  return {
    enqueue,
    async work(tools, inTurn) {
      for (const lane of laneNames) {
        const options = { ...WORKER_OPTIONS, connection: workerConnection, concurrency: LANES[lane] }
        const run = async (job: Handed) => {
          underWay.add(job)
          try {
            await runJob(job, { tools, inTurn: until(stopped, inTurn, stopping.signal), log })
          } finally {
            underWay.delete(job)
          }
        }
        const worker = backend
          ? new Worker(`${prefix}-${lane}`, run, options, backend)
          : new Worker(`${prefix}-${lane}`, run, options)
        worker.on('error', (error) => log.warn({ lane, reason: error.message }, 'worker connection lost'))
        workers.push(worker)
      }
      await Promise.all(workers.map((worker) => worker.waitUntilReady()))
    },
    async close(graceMs) {
      const closing = Promise.all(workers.map((worker) => worker.close()))
      let abandoned = 0
      if (!(await within(graceMs, closing))) {
        abandoned = underWay.size
        stopping.abort()
        // Each is handed back to the queue; without a queue to be reached there is nothing to hand back to.
        if (!(await within(HAND_BACK_MS, closing))) await within(HAND_BACK_MS, forced())
      }
      await within(HAND_BACK_MS, Promise.all([...queues.values()].map((queue) => queue.close())))
      return abandoned
    },
  }
}

/** @param subject null: whatever else of its kind waits or runs. */
function jobOptions(job: JobDefinition, subject: string | null): JobsOptions {
  const id = `${job.name}-${subject}`.replaceAll(':', '_')
  const once =
    job.whileRunning === 'again' ? { deduplication: { id, keepLastIfActive: true } } : { jobId: id }
  return {
    ...(subject === null ? {} : once),
    // A finished job left behind would silently swallow the next one of its id.
    removeOnComplete: true,
    removeOnFail: true,
    attempts: job.attempts,
    backoff: { type: 'exponential', delay: 1_000, jitter: 1 },
  }
}

const HAND_BACK_MS = 1_000

/** False when it takes longer. */
async function within(ms: number, work: Promise<unknown>): Promise<boolean> {
  const late = new Promise<false>((resolve) => setTimeout(resolve, ms, false).unref())
  return Promise.race([work.then(() => true), late])
}

/** Turns that end when this process stops, whether or not what runs in them has. */
function until(stopped: Promise<never>, inTurn: InTurn, signal: AbortSignal): InTurn {
  const unlessStopped = (job: () => Promise<void>) => async () => {
    if (!signal.aborted) await job()
  }
  return (lane, job) => Promise.race([inTurn(lane, unlessStopped(job)), stopped])
}

type Handed = { name: string; data: unknown; attemptsMade: number }

async function runJob(
  handed: Handed,
  { tools, inTurn, log }: { tools: JobTools; inTurn: InTurn; log: Log },
): Promise<void> {
  const { name, data } = handed
  const job: JobDefinition | undefined = JOBS[name as JobName]
  if (!job) throw new UnrecoverableError(`No job is called ${name}`)
  try {
    const payload = job.payload.parse(data)
    await inTurn(job.lane, () => job.run(payload, tools))
    const subject = job.subject(payload)
    if (!hasRowsOfItsOwn(job))
      await attempt(log, { part: 'dead letter', job: name }, () => cameThrough(tools.db, { name, subject }))
  } catch (error) {
    if (error instanceof AbandonedError) throw error
    const isLast = isFinal(error) || handed.attemptsMade + 1 >= job.attempts
    if (isLast && !hasRowsOfItsOwn(job))
      await attempt(log, { part: 'dead letter', job: name }, () => bury(tools, job, data, error))
    if (isFinal(error)) {
      log.info({ job: name, reason: reasonOf(error) }, 'job refused')
      throw new UnrecoverableError(reasonOf(error))
    }
    if (error instanceof UpstreamError)
      log.warn({ job: name, reason: error.message }, 'job held up by another service')
    else log.error({ job: name, err: error }, 'job failed on a bug')
    // The queue keeps message and stack until the next attempt, where no log redacts them.
    throw new Error(reasonOf(error))
  }
}

/** What such a job is about keeps its own attempts, and is a dead letter itself when they are used up. */
function hasRowsOfItsOwn(job: JobDefinition): boolean {
  return job.attempts === 1
}

/** The clock or the sweeper bring most jobs again: an outage shorter than this is nothing for an admin. */
const HELD_UP_MS = 15 * 60_000

async function bury({ db }: JobTools, job: JobDefinition, data: unknown, error: unknown): Promise<void> {
  const payload = job.payload.safeParse(data)
  if (!payload.success) return
  await rememberFailure(db, {
    name: job.name,
    subject: job.subject(payload.data),
    payload: data as Record<string, unknown>,
    error: reasonOf(error),
    countsInMs: error instanceof UpstreamError ? HELD_UP_MS : 0,
  })
}

function isFinal(error: unknown): boolean {
  return [InvalidInputError, NotFoundError, ConflictError, RefusedError].some((kind) => error instanceof kind)
}
