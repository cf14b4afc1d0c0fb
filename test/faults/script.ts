import fc from 'fast-check'
import type { Fate } from './actors.ts'
import type { Fault } from './memory-crm.ts'

/** What people, workers, clocks and the CRM do, as data: numbers choose among what there is when it comes to it. */
export type Command =
  | { do: 'propose'; change: ChangeKind; record: number; value: number }
  | {
      do: 'press'
      what: PressKind
      card: number
      who: number
      old: boolean
      value: number
      fate: Fate | null
    }
  | { do: 'press-again' }
  | { do: 'end'; as: 'superseded' | 'withdrawn' | 'stale'; card: number }
  | { do: 'work'; operation: number; fault: Fault | null; fate: Fate | null }
  | { do: 'edit'; record: number; field: number; value: number }
  | { do: 'pass'; ms: number }
  | { do: 'sweep' }
  | { do: 'wake' }
  | { do: 'skew'; ms: number }
  | { do: 'leave'; who: number }
  | { do: 'switch'; stopped: boolean }

export type ChangeKind = 'step' | 'amount' | 'task'
export type PressKind = 'approve' | 'reject' | 'edit' | 'rebase' | 'retry' | 'undo'

export type Script = readonly Command[]

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

const some = fc.nat(3)
const rarely = fc.nat(3).map((n) => n === 0)
const oneOf = <T>(...values: T[]) => fc.constantFrom(...values)

/** A press takes about 25 steps, an attempt about 20. */
const fate = fc.oneof(
  { weight: 3, arbitrary: fc.constant(null) },
  { weight: 2, arbitrary: fc.record({ kind: oneOf<Fate['kind']>('dies', 'sleeps'), step: fc.nat(24) }) },
)
const deadly = fc.oneof(
  { weight: 6, arbitrary: fc.constant(null) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('dies' as const), step: fc.nat(30) }) },
)
const fault = oneOf<Fault | null>(
  null,
  null,
  null,
  'lost-before',
  'lost-after',
  'late',
  'fails',
  'busy',
  'refuses',
  'cannot-be-read',
)

const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('propose' as const),
      change: oneOf<ChangeKind>('step', 'step', 'amount', 'task'),
      record: fc.nat(1),
      value: some,
    }),
  },
  {
    weight: 9,
    arbitrary: fc.record({
      do: fc.constant('press' as const),
      what: oneOf<PressKind>(
        'approve',
        'approve',
        'approve',
        'approve',
        'reject',
        'edit',
        'edit',
        'rebase',
        'retry',
        'undo',
        'undo',
      ),
      card: some,
      who: fc.nat(4),
      old: rarely,
      value: some,
      fate: deadly,
    }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'press-again' as const }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('end' as const),
      as: oneOf('superseded' as const, 'withdrawn' as const, 'stale' as const),
      card: some,
    }),
  },
  { weight: 9, arbitrary: fc.record({ do: fc.constant('work' as const), operation: some, fault, fate }) },
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant('edit' as const), record: some, field: some, value: some }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('pass' as const),
      ms: oneOf(
        300,
        SECOND,
        2_500,
        6 * SECOND,
        61 * SECOND,
        61 * SECOND,
        10 * MINUTE,
        2 * HOUR,
        25 * HOUR,
        73 * HOUR,
      ),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'sweep' as const }) },
  { weight: 3, arbitrary: fc.constant({ do: 'wake' as const }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('skew' as const), ms: oneOf(-10 * MINUTE, 0, 10 * MINUTE) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('leave' as const), who: some }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('switch' as const), stopped: rarely }) },
)

/** It begins with a card that somebody may press. */
export const script: fc.Arbitrary<Script> = fc
  .tuple(
    fc.record({
      do: fc.constant('propose' as const),
      change: oneOf<ChangeKind>('step', 'step', 'amount', 'task'),
      record: fc.nat(1),
      value: some,
    }),
    fc.array(command, { minLength: 1, maxLength: 16, size: 'max' }),
  )
  .map(([first, rest]) => [first, ...rest])
