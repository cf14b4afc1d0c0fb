import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  addLeaf,
  consistencyProof,
  type Frontier,
  inclusionProof,
  isConsistent,
  isIncluded,
  leafHash,
  rootCount,
  rootOf,
} from '../../src/audit/merkle.ts'

/** The entries and roots by which implementations of Certificate Transparency are compared. */
const ENTRIES = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
]
const ROOTS = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
]

const leavesOf = (size: number) =>
  Array.from({ length: size }, (_, index) =>
    leafHash(Buffer.from(ENTRIES[index] ?? `entry ${index}`, 'utf8')),
  )
const frontierOf = (leaves: readonly Uint8Array[]) => {
  const frontier: Frontier = { size: 0, roots: [] }
  for (const leaf of leaves) addLeaf(frontier, leaf)
  return frontier
}
const treeOf = (leaves: readonly Uint8Array[]) => ({ size: leaves.length, root: rootOf(frontierOf(leaves)) })

/** The definition itself, RFC 6962 2.1, word for word. */
function rootByDefinition(leaves: readonly Uint8Array[]): Uint8Array {
  if (leaves.length === 0) return createHash('sha256').digest()
  if (leaves.length === 1) return leaves[0]!
  let k = 1
  while (k * 2 < leaves.length) k *= 2
  const [left, right] = [leaves.slice(0, k), leaves.slice(k)].map(rootByDefinition)
  return createHash('sha256').update(Buffer.of(1)).update(left!).update(right!).digest()
}

test('roots are those that Certificate Transparency’s own implementations have', () => {
  const leaves = ENTRIES.map((entry) => leafHash(Buffer.from(entry, 'hex')))

  for (const [size, root] of ROOTS.entries())
    expect(Buffer.from(treeOf(leaves.slice(0, size)).root).toString('hex')).toBe(root)
})

test('a frontier gives the root of the definition, and holds as many hashes as its size has ones', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 300 }), (size) => {
      const leaves = leavesOf(size)
      const frontier = frontierOf(leaves)
      expect(frontier.roots).toHaveLength(rootCount(size))
      expect(Buffer.from(rootOf(frontier))).toEqual(Buffer.from(rootByDefinition(leaves)))
    }),
  )
})

test('each leaf is proven under its root, and no other leaf, place or root is', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 200 }), fc.nat(), fc.nat(), (size, at, elsewhere) => {
      const leaves = leavesOf(size)
      const index = at % size
      const tree = treeOf(leaves)
      const proof = inclusionProof(leaves, index)
      expect(isIncluded(leaves[index]!, index, tree, proof)).toBe(true)
      expect(isIncluded(leafHash(Buffer.of(9)), index, tree, proof)).toBe(false)
      expect(isIncluded(leaves[index]!, size, tree, proof)).toBe(false)
      expect(isIncluded(leaves[index]!, index, { ...tree, root: Buffer.alloc(32) }, proof)).toBe(false)
      if (elsewhere % size !== index)
        expect(isIncluded(leaves[index]!, elsewhere % size, tree, proof)).toBe(false)
      if (proof.length > 0) expect(isIncluded(leaves[index]!, index, tree, proof.slice(1))).toBe(false)
    }),
  )
})

test('a tree is proven to begin with each earlier one, and with no other', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 200 }), fc.nat(), (size, at) => {
      const leaves = leavesOf(size)
      const earlier = treeOf(leaves.slice(0, 1 + (at % size)))
      const later = treeOf(leaves)
      const proof = consistencyProof(leaves, earlier.size)
      expect(isConsistent(earlier, later, proof)).toBe(true)
      expect(isConsistent({ ...earlier, root: Buffer.alloc(32) }, later, proof)).toBe(false)
      expect(isConsistent(earlier, { ...later, root: Buffer.alloc(32) }, proof)).toBe(false)
      expect(isConsistent(earlier, later, [...proof, Buffer.alloc(32)])).toBe(false)
    }),
  )
})
