import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import { InvalidInputError } from '../errors.ts'
import { HASH_BYTES } from './merkle.ts'

/**
 * A checkpoint as others write and read it: three lines of the tree's name, size and root, and below a blank line
 * who signed them.
 *
 * @see https://c2sp.org/tlog-checkpoint and https://c2sp.org/signed-note
 */
export type Checkpoint = { origin: string; size: number; root: Uint8Array }

export type Signer = { name: string; privateKey: KeyObject; verifier: Verifier }
export type Verifier = { name: string; hash: Buffer; publicKey: KeyObject }

const ED25519 = Buffer.of(1)
const HASH = 4
/** What stands before the 32 bytes of a private and of a public key in the forms that Node reads. */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex')
const SPKI = Buffer.from('302a300506032b6570032100', 'hex')

/** @param seed the 32 bytes of an Ed25519 private key */
export function signerOf(name: string, seed: Uint8Array): Signer {
  const privateKey = createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: 'der', type: 'pkcs8' })
  const raw = rawKey(createPublicKey(privateKey))
  return { name, privateKey, verifier: verifierOf(name, raw) }
}

function verifierOf(name: string, raw: Uint8Array): Verifier {
  const publicKey = createPublicKey({ key: Buffer.concat([SPKI, raw]), format: 'der', type: 'spki' })
  return { name, hash: keyHash(name, raw), publicKey }
}

function keyHash(name: string, raw: Uint8Array): Buffer {
  return createHash('sha256').update(`${name}\n`).update(ED25519).update(raw).digest().subarray(0, HASH)
}

const rawKey = (key: KeyObject): Buffer => key.export({ format: 'der', type: 'spki' }).subarray(SPKI.length)

/** The public key as tools for notes take it: `name+hash+key`. */
export function verifierText({ name, hash, publicKey }: Verifier): string {
  return `${name}+${hash.toString('hex')}+${Buffer.concat([ED25519, rawKey(publicKey)]).toString('base64')}`
}

/** @throws InvalidInputError when it is no such key */
export function readVerifier(text: string): Verifier {
  const [, name = '', hash, key = ''] = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(text) ?? []
  const bytes = Buffer.from(key, 'base64')
  const isEd25519 = bytes.length === ED25519.length + HASH_BYTES && bytes[0] === ED25519[0]
  const raw = bytes.subarray(ED25519.length)
  if (!isEd25519 || keyHash(name, raw).toString('hex') !== hash) {
    throw new InvalidInputError(
      'That is not a public key such as `sergas audit public-key` prints: name+hash+key',
    )
  }
  return verifierOf(name, raw)
}

export function checkpointText({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${Buffer.from(root).toString('base64')}\n`
}

/** @param text lines, each with its end */
export function signNote({ name, privateKey, verifier }: Signer, text: string): string {
  const signature = sign(null, Buffer.from(text), privateKey)
  return `${text}\n— ${name} ${Buffer.concat([verifier.hash, signature]).toString('base64')}\n`
}

/** Whether this key signed the note; signatures of others beside it do not matter. */
export function isSignedBy(verifier: Verifier, note: string): boolean {
  const { text, signatures } = partsOf(note)
  return signatures.some((line) => {
    const [, name, encoded = ''] = /^— (\S+) (\S+)$/.exec(line) ?? []
    const bytes = Buffer.from(encoded, 'base64')
    // Written otherwise it is not the same note, though it means the same bytes.
    if (bytes.toString('base64') !== encoded) return false
    if (name !== verifier.name || !bytes.subarray(0, HASH).equals(verifier.hash)) return false
    return verify(null, Buffer.from(text), verifier.publicKey, bytes.subarray(HASH))
  })
}

function partsOf(note: string): { text: string; signatures: string[] } {
  const end = note.lastIndexOf('\n\n')
  if (end < 0) return { text: '', signatures: [] }
  return { text: note.slice(0, end + 1), signatures: note.slice(end + 2).split('\n') }
}

export type PublishedCheckpoint = Checkpoint & { note: string }

const NOTE = /^([^\n]+)\n(0|[1-9]\d{0,14})\n([A-Za-z0-9+/]{43}=)\n((?:[^\n]+\n)*)\n((?:— \S+ \S+(?:\n|$))+)/gm

/** Every checkpoint in a text, whatever stands around them: a file of many, or a message copied from a channel. */
export function checkpointsIn(text: string): PublishedCheckpoint[] {
  return [...text.replaceAll('\r\n', '\n').matchAll(NOTE)].map(([note, origin = '', size, root = '']) => ({
    origin,
    size: Number(size),
    root: Buffer.from(root, 'base64'),
    note: note.endsWith('\n') ? note : `${note}\n`,
  }))
}
