import { expect, test } from 'vitest'
import {
  checkpointsIn,
  checkpointText,
  isSignedBy,
  readVerifier,
  signerOf,
  signNote,
  verifierText,
} from '../../src/audit/note.ts'

/** The example in the documentation of Go's note package, which is where the format comes from. */
const GO = {
  seed: Buffer.from('AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz', 'base64').subarray(1),
  verifier: 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW',
  text: "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n",
  signature:
    '— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n',
}

const signer = signerOf('sergas.example/audit', new Uint8Array(32).fill(5))
const checkpoint = { origin: signer.name, size: 1_234, root: Buffer.alloc(32, 7) }
const note = signNote(signer, checkpointText(checkpoint))

test('a key and a note are those that Go’s implementation makes', () => {
  const peter = signerOf('PeterNeumann', GO.seed)

  expect(verifierText(peter.verifier)).toBe(GO.verifier)
  expect(signNote(peter, GO.text)).toBe(`${GO.text}\n${GO.signature}`)
  expect(isSignedBy(readVerifier(GO.verifier), `${GO.text}\n${GO.signature}`)).toBe(true)
})

test('a checkpoint is its name, its size and its root, and whoever reads it finds them again', () => {
  expect(note.split('\n').slice(0, 4)).toEqual([
    'sergas.example/audit',
    '1234',
    Buffer.alloc(32, 7).toString('base64'),
    '',
  ])
  expect(checkpointsIn(note)).toEqual([{ ...checkpoint, note }])
  expect(isSignedBy(signer.verifier, note)).toBe(true)
})

test('not one character of a signed note can be another', () => {
  for (let at = 0; at < note.length; at += 1) {
    const other = note[at] === 'A' ? 'B' : 'A'
    const changed = note.slice(0, at) + other + note.slice(at + 1)
    expect(isSignedBy(signer.verifier, changed), `character ${at}`).toBe(false)
  }
})

test('another’s signature is not ours, and beside ours does no harm', () => {
  const witness = signerOf('witness.example', new Uint8Array(32).fill(6))
  const witnessed = note + signNote(witness, checkpointText(checkpoint)).split('\n\n')[1]

  expect(isSignedBy(witness.verifier, note)).toBe(false)
  expect(isSignedBy(signer.verifier, witnessed)).toBe(true)
  expect(isSignedBy(witness.verifier, witnessed)).toBe(true)
  expect(checkpointsIn(witnessed)).toHaveLength(1)
})

test('checkpoints are found in a file of many and in a message that was copied', () => {
  const later = signNote(signer, checkpointText({ ...checkpoint, size: 2_000 }))

  const file = checkpointsIn(`${note}\n${later}\n`)
  const copied = checkpointsIn(`Audit checkpoint\r\n\`\`\`\r\n${note.replaceAll('\n', '\r\n')}\`\`\`\r\n`)

  expect(file.map(({ size }) => size)).toEqual([1_234, 2_000])
  expect(copied).toEqual([{ ...checkpoint, note }])
  expect(checkpointsIn('nothing of the kind\n\n')).toEqual([])
})

test.each(['', 'name', 'name+00000000+AAAA', GO.verifier.replace('c74f20a3', 'c74f20a4'), `x${GO.verifier}`])(
  'a public key that is none is refused: %s',
  (text) => {
    expect(() => readVerifier(text)).toThrow('not a public key')
  },
)
