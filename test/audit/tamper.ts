import { randomUUID } from 'node:crypto'
import { seal } from '../../src/access/crypto.ts'
import { frontierBytes, leafOf } from '../../src/audit/checkpoint-check.ts'
import { addLeaf, type Frontier, rootOf } from '../../src/audit/merkle.ts'
import { checkpointText, signerOf, signNote } from '../../src/audit/note.ts'
import { keyIdOf } from '../../src/audit/subject-keys.ts'
import { chainHash } from '../../src/audit/verify.ts'
import { signer, type Tables } from './trail.ts'

/**
 * One tampering with a trail, and which row must be named for it. `from` and `to`: the row named must be one of them,
 * which is one row wherever the trail itself tells; for a trail that fits in itself, the rows between the last
 * checkpoint that fits and the first that does not.
 */
export type Tampering = { what: string; tables: Tables; from: number; to: number }

export type Dice = { below(limit: number): number; pick<T>(items: readonly T[]): T }

/** Numbers that are the same for the same seed. */
export function diceOf(seed: number): Dice {
  let state = seed >>> 0
  const below = (limit: number) => {
    // Mulberry32.
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit)
  }
  return { below, pick: (items) => items[below(items.length)]! }
}

export function tampered(clean: Tables, dice: Dice): Tampering {
  const [what, tamper] = dice.pick(Object.entries(TAMPERINGS))
  const tables = copyOf(clean)
  const { from, to = from } = tamper(tables, dice)
  return { what, tables, from, to }
}

/** Bytes are replaced by tampering, never changed in place. */
function copyOf(tables: Tables): Tables {
  const copied = <Row extends object>(rows: readonly Row[]): Row[] => rows.map((row) => ({ ...row }))
  return {
    ...tables,
    events: copied(tables.events),
    payloads: copied(tables.payloads),
    heads: copied(tables.heads),
    checkpoints: copied(tables.checkpoints),
    keys: copied(tables.keys),
  }
}

type Named = { from: number; to?: number }

const TAMPERINGS: Record<string, (tables: Tables, dice: Dice) => Named> = {
  'an envelope edited'({ events }, dice) {
    const row = dice.pick(events)
    row.envelope = otherText(row.envelope, dice)
    return { from: row.seq }
  },
  'a hash edited'({ events }, dice) {
    const row = dice.pick(events)
    row.hash = otherBytes(row.hash, dice)
    return { from: row.seq }
  },
  'a previous hash edited'({ events }, dice) {
    const row = dice.pick(events)
    row.prevHash = otherBytes(row.prevHash, dice)
    return { from: row.seq }
  },
  'a seq edited'({ events, payloads }, dice) {
    const row = dice.pick(events)
    const free = dice.pick([0, -5, events.length + 1, events.length + 90])
    const payload = payloads.find(({ seq }) => seq === row.seq)!
    const from = free < 1 ? free : row.seq
    row.seq = free
    if (dice.below(2) === 0) payload.seq = free
    return { from }
  },
  'a payload edited'({ payloads }, dice) {
    const row = dice.pick(payloads)
    row.ciphertext = otherBytes(row.ciphertext, dice)
    return { from: row.seq }
  },
  'a payload’s seq edited'({ events, payloads }, dice) {
    const row = dice.pick(payloads)
    const { seq } = row
    row.seq = dice.pick([0, -5, events.length + 1, events.length + 90])
    // What is missing stands in a row of the chain, and is seen before what is too many.
    return { from: seq }
  },
  'a payload sealed anew by somebody without the keys'({ payloads }, dice) {
    const row = dice.pick(payloads)
    row.ciphertext = seal(new Uint8Array(32).fill(9), '{}', 'audit:approval-1')
    return { from: row.seq }
  },
  'an event taken out'(tables, dice) {
    const { seq } = dice.pick(tables.events)
    takeOut(tables, seq)
    return { from: seq }
  },
  'a payload taken out'(tables, dice) {
    const { seq } = dice.pick(tables.payloads)
    tables.payloads = tables.payloads.filter((row) => row.seq !== seq)
    return { from: seq }
  },
  'two events in each other’s place'({ events }, dice) {
    const [one, other] = twoOf(events, dice)
    ;[one.seq, other.seq] = [other.seq, one.seq]
    return { from: Math.min(one.seq, other.seq) }
  },
  'two payloads in each other’s place'({ payloads }, dice) {
    const [one, other] = twoOf(payloads, dice)
    ;[one.ciphertext, other.ciphertext] = [other.ciphertext, one.ciphertext]
    return { from: Math.min(one.seq, other.seq) }
  },
  'two envelopes in each other’s place'({ events }, dice) {
    const [one, other] = twoOf(events, dice)
    ;[one.envelope, other.envelope] = [other.envelope, one.envelope]
    return { from: Math.min(one.seq, other.seq) }
  },
  'an event put in, and what follows moved up'({ events, payloads }, dice) {
    const { seq, envelope, prevHash, hash } = dice.pick(events)
    // No hash may stand there twice.
    const unseen = { prevHash: otherBytes(prevHash, dice), hash: otherBytes(hash, dice) }
    for (const row of events) if (row.seq > seq) row.seq += 1
    for (const row of payloads) if (row.seq > seq) row.seq += 1
    events.push({ seq: seq + 1, envelope, ...unseen })
    payloads.push({ seq: seq + 1, ciphertext: payloads.find((row) => row.seq === seq)!.ciphertext })
    return { from: seq + 1 }
  },
  'an event put behind the last'({ events, payloads }) {
    const last = events.at(-1)!
    const seq = last.seq + 1
    const hash = chainHash(last.hash, seq, last.envelope)
    events.push({ ...last, seq, prevHash: last.hash, hash })
    payloads.push({ seq, ciphertext: payloads.at(-1)!.ciphertext })
    // It fits, and was not appended: the head knows nothing of it.
    return { from: last.seq, to: seq }
  },
  'a payload of no event'({ payloads }, dice) {
    const seq = dice.pick([0, -3, payloads.length + 1, payloads.length + 50])
    payloads.push({ seq, ciphertext: Buffer.of(1) })
    return { from: seq }
  },
  'an event that never reached the chain'(tables) {
    tables.pending = 1
    return { from: tables.events.length + 1 }
  },
  'the tail cut off, the head left'(tables, dice) {
    const kept = dice.below(tables.events.length)
    cut(tables, kept)
    return { from: kept + 1 }
  },
  'the tail cut off, the head moved back'(tables, dice) {
    const kept = dice.below(lastSize(tables))
    cut(tables, kept)
    moveHead(tables)
    return { from: kept + 1 }
  },
  'the tail and its checkpoints cut off, the head moved back'(tables, dice) {
    const kept = dice.below(lastSize(tables))
    cut(tables, kept)
    moveHead(tables)
    tables.checkpoints = tables.checkpoints.filter(({ size }) => size <= kept)
    return { from: kept + 1 }
  },
  'written anew from a row on'(tables, dice) {
    const seq = 1 + dice.below(lastSize(tables))
    writeAnew(tables, seq, dice)
    return between(tables, seq)
  },
  'written anew from a row on, with checkpoints of another key'(tables, dice) {
    const seq = 1 + dice.below(lastSize(tables))
    const rows = between(tables, seq)
    writeAnew(tables, seq, dice)
    const other = signerOf(signer.name, new Uint8Array(32).fill(100 + dice.below(100)))
    tables.checkpoints = tables.checkpoints.map((row) =>
      row.size < seq ? row : checkpointOf(tables, row.size, other),
    )
    return rows
  },
  'written anew from a row on, without the checkpoints behind it'(tables, dice) {
    const seq = 1 + dice.below(lastSize(tables))
    const rows = between(tables, seq)
    writeAnew(tables, seq, dice)
    tables.checkpoints = tables.checkpoints.filter(({ size }) => size < seq)
    return rows
  },
  'an event taken out, and written anew from there on'(tables, dice) {
    const seq = 1 + dice.below(lastSize(tables))
    const rows = between(tables, seq)
    takeOut(tables, seq)
    for (const row of tables.events) if (row.seq > seq) row.seq -= 1
    for (const row of tables.payloads) if (row.seq > seq) row.seq -= 1
    chainAnew(tables, seq)
    return rows
  },
  'the head’s seq edited'({ heads: [head] }, dice) {
    const { seq } = head!
    head!.seq = dice.pick([seq - 1, seq + 1, seq + 70, 0])
    return head!.seq > seq ? { from: seq + 1 } : { from: head!.seq }
  },
  'the head’s hash edited'({ heads: [head] }, dice) {
    head!.hash = otherBytes(head!.hash, dice)
    return { from: head!.seq }
  },
  'the head’s id edited'({ heads: [head] }) {
    head!.id = 2
    return { from: head!.seq }
  },
  'a second head'({ heads }) {
    heads.push({ ...heads[0]!, id: 2 })
    return { from: heads[0]!.seq }
  },
  'the head gone'(tables) {
    tables.heads = []
    return { from: tables.events.length }
  },
  'a checkpoint’s root edited'({ checkpoints }, dice) {
    const row = dice.pick(checkpoints)
    row.root = otherBytes(row.root, dice)
    return { from: row.size }
  },
  'a checkpoint’s frontier edited'({ checkpoints }, dice) {
    const row = dice.pick(checkpoints)
    row.frontier = otherBytes(row.frontier, dice)
    return { from: row.size }
  },
  'a checkpoint’s note edited'({ checkpoints }, dice) {
    const row = dice.pick(checkpoints)
    row.note = otherText(row.note, dice)
    return { from: row.size }
  },
  'a checkpoint’s size edited'({ checkpoints }, dice) {
    const row = dice.pick(checkpoints)
    const was = row.size
    const sizes = new Set(checkpoints.map(({ size }) => size))
    row.size = dice.pick([was + 1, was - 1, 0, 100_000].filter((size) => !sizes.has(size)))
    // One of no event is only looked at when the rows are through.
    return { from: row.size < 1 ? was : Math.min(was, row.size) }
  },
  'two checkpoints in each other’s place'({ checkpoints }, dice) {
    const [one, other] = twoOf(checkpoints, dice)
    ;[one.size, other.size] = [other.size, one.size]
    return { from: Math.min(one.size, other.size) }
  },
  'a checkpoint taken out'(tables, dice) {
    const row = dice.pick(tables.checkpoints)
    tables.checkpoints = tables.checkpoints.filter((each) => each !== row)
    return { from: row.size }
  },
  'a checkpoint put in by somebody without the key'(tables, dice) {
    const free = tables.events
      .map(({ seq }) => seq)
      .filter((seq) => !tables.checkpoints.some((row) => row.size === seq))
    const size = dice.pick(free)
    tables.checkpoints.push({
      ...checkpointOf(tables, size, signerOf(signer.name, new Uint8Array(32).fill(1))),
    })
    return { from: size }
  },
  'a key taken out'(tables, dice) {
    const { id } = dice.pick(tables.keys)
    const from = firstUse(tables, id)
    tables.keys = tables.keys.filter((row) => row.id !== id)
    return { from }
  },
  'a key edited'(tables, dice) {
    const row = dice.pick(tables.keys)
    row.wrapped = otherBytes(row.wrapped, dice)
    return { from: firstUse(tables, row.id) }
  },
  'a key’s account edited'(tables, dice) {
    const row = dice.pick(tables.keys)
    row.about = otherText(row.about, dice)
    return { from: firstUse(tables, row.id) }
  },
  'a key’s id edited'(tables, dice) {
    const row = dice.pick(tables.keys)
    const from = firstUse(tables, row.id)
    row.id = randomUUID()
    // The new id is used by none, the old one is gone.
    return { from: 0, to: from }
  },
  'two keys in each other’s place'(tables, dice) {
    const [one, other] = twoOf(tables.keys, dice)
    ;[one.wrapped, other.wrapped] = [other.wrapped, one.wrapped]
    return { from: Math.min(firstUse(tables, one.id), firstUse(tables, other.id)) }
  },
  'a key put in'({ keys }) {
    keys.push({ id: randomUUID(), about: 'account-1', wrapped: new Uint8Array(60) })
    return { from: 0 }
  },
}

function otherBytes(bytes: Uint8Array, dice: Dice): Uint8Array {
  const other = new Uint8Array(bytes)
  const at = dice.below(other.length)
  other[at] = (other[at]! + 1 + dice.below(255)) % 256
  return other
}

function otherText(text: string, dice: Dice): string {
  const at = dice.below(text.length)
  const other = text[at] === 'x' ? 'y' : 'x'
  return text.slice(0, at) + other + text.slice(at + 1)
}

function twoOf<T>(items: readonly T[], dice: Dice): [T, T] {
  const first = dice.below(items.length)
  const second = (first + 1 + dice.below(items.length - 1)) % items.length
  return [items[first]!, items[second]!]
}

function takeOut(tables: Tables, seq: number): void {
  tables.events = tables.events.filter((row) => row.seq !== seq)
  tables.payloads = tables.payloads.filter((row) => row.seq !== seq)
}

function cut(tables: Tables, kept: number): void {
  tables.events = tables.events.filter(({ seq }) => seq <= kept)
  tables.payloads = tables.payloads.filter(({ seq }) => seq <= kept)
}

function moveHead(tables: Tables): void {
  const last = tables.events.at(-1)
  tables.heads = [{ id: 1, seq: last?.seq ?? 0, hash: last?.hash ?? new Uint8Array(32) }]
}

/** What whoever owns the database can do: another event, and every hash behind it as it should be. */
function writeAnew(tables: Tables, seq: number, dice: Dice): void {
  const row = tables.events.find((each) => each.seq === seq)!
  row.envelope =
    dice.below(2) === 0
      ? row.envelope.replace('"team":"T1"', '"team":"T2"')
      : row.envelope.replace('"time":"2', '"time":"3')
  chainAnew(tables, seq)
}

function chainAnew(tables: Tables, from: number): void {
  let previous: Uint8Array = tables.events.find(({ seq }) => seq === from - 1)?.hash ?? new Uint8Array(32)
  for (const row of tables.events) {
    if (row.seq < from) continue
    row.prevHash = previous
    row.hash = chainHash(previous, row.seq, row.envelope)
    previous = row.hash
  }
  moveHead(tables)
}

function checkpointOf(tables: Tables, size: number, by: typeof signer): Tables['checkpoints'][number] {
  const frontier: Frontier = { size: 0, roots: [] }
  for (const row of tables.events.slice(0, size)) addLeaf(frontier, leafOf(row))
  const root = rootOf(frontier)
  const note = signNote(by, checkpointText({ origin: by.name, size, root }))
  return { size, root, frontier: frontierBytes(frontier), note, publishedAt: new Date() }
}

const lastSize = ({ checkpoints }: Tables): number => checkpoints.at(-1)?.size ?? 0

/** The first row that no checkpoint stands for any more, as far as the checkpoint that tells. */
function between({ checkpoints }: Tables, seq: number): Named {
  const sizes = checkpoints.map(({ size }) => size)
  return {
    from: Math.max(0, ...sizes.filter((size) => size < seq)) + 1,
    to: Math.min(...sizes.filter((size) => size >= seq)),
  }
}

function firstUse(tables: Tables, id: string): number {
  return tables.payloads.find(({ ciphertext }) => keyIdOf(ciphertext) === id)?.seq ?? 0
}
