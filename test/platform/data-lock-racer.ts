import { lockDataDir } from '../../src/platform/data-lock.ts'

/** A process that takes a directory when it is told one, says whether it has it, and lets go when told so. */
let lock: ReturnType<typeof lockDataDir> | null = null

process.on('message', (told: { take: string } | { release: true }) => {
  if ('release' in told) {
    lock?.release()
    lock = null
    process.send?.('released')
    return
  }
  try {
    lock = lockDataDir(told.take)
    process.send?.('held')
  } catch (error) {
    process.send?.(error instanceof Error ? error.message : String(error))
  }
})
process.send?.('ready')
