import { type JobsOptions, Queue, UnrecoverableError, Worker } from 'bullmq'
import { ConflictError, InvalidInputError, NotFoundError, RefusedError, UpstreamError } from '../errors.ts'
import type { Log } from '../log.ts'
import type { Platform } from '../platform/platform.ts'
import { assertOutsideTransaction } from '../store/db.ts'
import { JOBS, type JobName, type JobPayload } from './catalog.ts'
import { type JobDefinition, LANES, type Lane } from './define.ts'
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
  /** Lets running jobs finish, for at most so long. */
  close(graceMs: number): Promise<void>
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

  return {
    enqueue,
    async work(tools, inTurn) {
      for (const lane of laneNames) {
        const options = { ...WORKER_OPTIONS, connection: workerConnection, concurrency: LANES[lane] }
        const run = async (job: { name: string; data: unknown }) => runJob(job, { tools, inTurn, log })
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
      const late = new Promise<'late'>((resolve) => setTimeout(resolve, graceMs, 'late').unref())
      if ((await Promise.race([closing, late])) === 'late') {
        await Promise.all(workers.map((worker) => worker.close(true)))
      }
      await Promise.all([...queues.values()].map((queue) => queue.close()))
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

async function runJob(
  { name, data }: { name: string; data: unknown },
  { tools, inTurn, log }: { tools: JobTools; inTurn: InTurn; log: Log },
): Promise<void> {
  const job: JobDefinition | undefined = JOBS[name as JobName]
  if (!job) throw new UnrecoverableError(`No job is called ${name}`)
  try {
    const payload = job.payload.parse(data)
    await inTurn(job.lane, () => job.run(payload, tools))
  } catch (error) {
    if (isFinal(error)) {
      log.info({ job: name, reason: reasonOf(error) }, 'job refused')
      throw new UnrecoverableError(reasonOf(error))
    }
    if (error instanceof UpstreamError)
      log.warn({ job: name, reason: error.message }, 'job held up by another service')
    else log.error({ job: name, err: error }, 'job failed on a bug')
    throw error
  }
}

function isFinal(error: unknown): boolean {
  return [InvalidInputError, NotFoundError, ConflictError, RefusedError].some((kind) => error instanceof kind)
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
