import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onExit } from '../processes.ts'
import { campaign } from './campaign.ts'
import { MUTANTS, type Mutant, sow } from './mutants.ts'
import type { Roles } from './stage.ts'

/** A campaign against each of the bugs it must find, and what found it. */

/** They mostly wait: for a sweep, for a lease. */
const AT_ONCE = 4
const ONE: Roles = [{ name: 'all', role: 'start' }]
/** What has not come by then was lost. */
const PATIENCE_MS = 10_000
/** Longer than a lease, a sweep and a retry. */
const QUIET_WITHIN_MS = 12_000

type Tried = { name: string; caughtBy: string[]; expected: boolean; seconds: number }

/** @returns whether every one was found by what should find it */
export async function tryMutants({
  seed,
  only,
  json,
}: {
  seed: string
  only?: string
  json: boolean
}): Promise<boolean> {
  const chosen = MUTANTS.filter(({ name }) => !only || name.includes(only))
  const began = performance.now()
  const tried: Tried[] = []
  let next = 0
  const runner = async () => {
    for (let mutant = chosen[next++]; mutant; mutant = chosen[next++]) {
      const one = await tryOne(mutant, seed)
      tried.push(one)
      process.stdout.write(json ? `${JSON.stringify(one)}\n` : `${inWords(one)}\n`)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, runner))
  const missed = tried.filter(({ expected }) => !expected)
  const took = Math.round((performance.now() - began) / 1000)
  if (!json) process.stdout.write(`${tried.length - missed.length} of ${tried.length} found in ${took} s\n`)
  return missed.length === 0
}

async function tryOne(mutant: Mutant, seed: string): Promise<Tried> {
  const began = performance.now()
  const dir = mkdtempSync(join(tmpdir(), 'sergas-mutant-'))
  const remove = () => rmSync(dir, { recursive: true, force: true })
  const forget = onExit(remove)
  try {
    const { count, mix, weather, roles = ONE } = mutant
    const { violations } = await campaign({
      seed,
      count,
      size: 'redis',
      mix,
      weather,
      roles,
      patienceMs: PATIENCE_MS,
      build: sow(mutant, dir),
      quietWithinMs: QUIET_WITHIN_MS,
    })
    const caughtBy = [...new Set(violations.map(({ rule }) => rule))]
    return {
      name: mutant.name,
      caughtBy,
      expected: caughtBy.some((rule) => mutant.caughtBy.includes(rule)),
      seconds: Math.round((performance.now() - began) / 1000),
    }
  } finally {
    remove()
    forget()
  }
}

function inWords({ name, caughtBy, expected, seconds }: Tried): string {
  const found = caughtBy.length > 0 ? caughtBy.join(', ') : 'nothing'
  return `${expected ? 'found ' : 'MISSED'}  ${name.padEnd(66)} ${found} (${seconds} s)`
}
