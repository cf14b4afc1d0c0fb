import { createRandom } from '../../src/sandbox/data/seeded.ts'

/** What happens to each of the campaign's approvals. All of it follows from the seed. */

/**
 * What people do about a card.
 *
 * - `approve`: one press
 * - `race`: several who may decide press at once
 * - `approve_reject`: both at once
 * - `at_expiry`: a press within 30 ms of the deadline
 * - `human_before`, `human_after`: somebody edits the same field in the CRM before, or right after, the press
 * - `stranger`: somebody presses whose card it is not
 * - `replay`: the same signed request is sent twice
 * - `twice`: a second press after the first was answered
 * - `nobody`: nothing, until it expires
 */
export const STORIES = {
  approve: 37,
  race: 18,
  approve_reject: 10,
  reject: 6,
  snooze: 2,
  edit: 4,
  undo: 4,
  at_expiry: 7,
  human_before: 2,
  human_after: 2,
  stranger: 2,
  replay: 1,
  twice: 2,
  nobody: 3,
} as const
export type Story = keyof typeof STORIES

export type Plan = {
  index: number
  story: Story
  action: 'update' | 'create'
  owner: number
  /** How many press in a race, and how they are spread. */
  presses: number
  spreadMs: number
  /** `human_after`: the edit, from the answer to the press. */
  afterMs: number
  /** `at_expiry`: the press, from the deadline. */
  offsetMs: number
}

/** Stories that end by the clock: their cards get a deadline within the run. */
export const SHORT_LIVED: ReadonlySet<Story> = new Set(['at_expiry', 'nobody', 'stranger'])

/** How often which story is played, and the share of records made rather than changed. */
export type Mix = { stories: Partial<Record<Story, number>>; creates: number }
export const EVERYTHING: Mix = { stories: STORIES, creates: 0.2 }

const ONLY_UPDATES: ReadonlySet<Story> = new Set(['human_before', 'human_after', 'edit'])

export function plansOf(
  seed: string,
  count: number,
  { owners, mix = EVERYTHING }: { owners: number; mix?: Mix },
): Plan[] {
  const random = createRandom(`campaign:${seed}`)
  const deck = Object.entries(mix.stories).flatMap(([story, share]) =>
    Array<Story>(share).fill(story as Story),
  )
  return Array.from({ length: count }, (_, index) => {
    const story = random.pick(deck)
    const creates = random.chance(mix.creates) && !ONLY_UPDATES.has(story)
    return {
      index,
      story,
      action: creates ? 'create' : 'update',
      owner: random.between(0, owners - 1),
      presses: random.between(2, 4),
      spreadMs: random.between(0, 5),
      afterMs: random.between(0, 900),
      offsetMs: random.between(-30, 30),
    }
  })
}
