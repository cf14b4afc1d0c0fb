import { hash } from 'node:crypto'

/**
 * The Merkle tree of RFC 6962 over SHA-256: a root stands for every leaf up to a size, and a few hashes prove that a
 * leaf is under it, or that a later root grew from an earlier one.
 */

/** All that is needed to go on: the roots of the perfect trees that the leaves make up, largest first. */
export type Frontier = { size: number; roots: Uint8Array[] }

export const HASH_BYTES = 32
const LEAF = Buffer.of(0)
/** 0x01 ‖ left ‖ right; one buffer, for a hundred thousand nodes. */
const node = Buffer.alloc(1 + 2 * HASH_BYTES, 1)

export const leafHash = (data: Uint8Array): Uint8Array => sha256(Buffer.concat([LEAF, data]))
const sha256 = (data: Uint8Array): Uint8Array => hash('sha256', data, 'buffer')

function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  node.set(left, 1)
  node.set(right, 1 + HASH_BYTES)
  return sha256(node)
}

/** In place: a verification adds a hundred thousand. */
export function addLeaf(frontier: Frontier, leaf: Uint8Array): void {
  let root = leaf
  for (let size = frontier.size; size % 2 === 1; size = half(size)) {
    const left = frontier.roots.pop()
    if (!left) throw new Error('The frontier does not have the roots of its size')
    root = nodeHash(left, root)
  }
  frontier.roots.push(root)
  frontier.size += 1
}

export function rootOf({ roots }: Frontier): Uint8Array {
  return roots.length === 0
    ? sha256(Buffer.alloc(0))
    : roots.reduceRight((right, left) => nodeHash(left, right))
}

/** How many roots a frontier of that size has. */
export function rootCount(size: number): number {
  let count = 0
  for (let rest = size; rest > 0; rest = half(rest)) count += rest % 2
  return count
}

/** @param leaves hashes, of the whole tree */
export function inclusionProof(leaves: readonly Uint8Array[], index: number): Uint8Array[] {
  const proof: Uint8Array[] = []
  let [from, to] = [0, leaves.length]
  while (to - from > 1) {
    const split = from + powerBelow(to - from)
    proof.unshift(index < split ? rangeRoot(leaves, split, to) : rangeRoot(leaves, from, split))
    if (index < split) to = split
    else from = split
  }
  return proof
}

/** That the tree of `leaves` begins with the tree of its first `size`. */
export function consistencyProof(leaves: readonly Uint8Array[], size: number): Uint8Array[] {
  const proof: Uint8Array[] = []
  let [from, to] = [0, leaves.length]
  while (size !== to) {
    const split = from + powerBelow(to - from)
    proof.unshift(size <= split ? rangeRoot(leaves, split, to) : rangeRoot(leaves, from, split))
    if (size <= split) to = split
    else from = split
  }
  // The earlier tree itself is known to whoever asks.
  return from === 0 ? proof : [rangeRoot(leaves, from, to), ...proof]
}

type Tree = { size: number; root: Uint8Array }

/** RFC 9162, 2.1.3.2. */
export function isIncluded(
  leaf: Uint8Array,
  index: number,
  tree: Tree,
  proof: readonly Uint8Array[],
): boolean {
  if (index >= tree.size) return false
  let [at, last, root] = [index, tree.size - 1, leaf]
  for (const hash of proof) {
    if (last === 0) return false
    const fromLeft = at % 2 === 1 || at === last
    root = fromLeft ? nodeHash(hash, root) : nodeHash(root, hash)
    if (fromLeft) [at, last] = upWhileLeft(at, last)
    ;[at, last] = [half(at), half(last)]
  }
  return last === 0 && sameHash(root, tree.root)
}

/** RFC 9162, 2.1.4.2. */
export function isConsistent(earlier: Tree, later: Tree, proof: readonly Uint8Array[]): boolean {
  if (earlier.size === later.size) return proof.length === 0 && sameHash(earlier.root, later.root)
  if (earlier.size < 1 || earlier.size > later.size) return false
  const isPower = rootCount(earlier.size) === 1
  const [first, ...rest] = isPower ? [earlier.root, ...proof] : proof
  if (!first) return false
  let [at, last] = [earlier.size - 1, later.size - 1]
  while (at % 2 === 1) [at, last] = [half(at), half(last)]
  let [was, is] = [first, first]
  for (const hash of rest) {
    if (last === 0) return false
    if (at % 2 === 1 || at === last) {
      was = nodeHash(hash, was)
      is = nodeHash(hash, is)
      ;[at, last] = upWhileLeft(at, last)
    } else {
      is = nodeHash(is, hash)
    }
    ;[at, last] = [half(at), half(last)]
  }
  return last === 0 && sameHash(was, earlier.root) && sameHash(is, later.root)
}

/** Levels at which the node has no sibling. */
function upWhileLeft(at: number, last: number): [number, number] {
  while (at % 2 === 0 && at !== 0) {
    at = half(at)
    last = half(last)
  }
  return [at, last]
}

function rangeRoot(leaves: readonly Uint8Array[], from: number, to: number): Uint8Array {
  const frontier: Frontier = { size: 0, roots: [] }
  for (let index = from; index < to; index += 1) addLeaf(frontier, leaves[index]!)
  return rootOf(frontier)
}

/** The largest power of two below a size of at least two. */
function powerBelow(size: number): number {
  let power = 1
  while (power * 2 < size) power *= 2
  return power
}

// Sizes may outgrow the 32 bits of `>>`.
const half = (size: number): number => Math.floor(size / 2)

export const sameHash = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0
