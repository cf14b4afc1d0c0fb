import { createCipheriv, createDecipheriv, createHash, randomBytes, timingSafeEqual } from 'node:crypto'

/** Encryption at rest: AES-256-GCM, stored as iv ‖ tag ‖ ciphertext. */

const IV_BYTES = 12
const TAG_BYTES = 16

/** @param context what the text is and whose; it must be given again to open, so no ciphertext serves elsewhere. */
export function seal(key: Uint8Array, plaintext: Uint8Array | string, context: string): Uint8Array {
  const iv = randomBytes(IV_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key, iv)
  cipher.setAAD(Buffer.from(context))
  const body = Buffer.concat([cipher.update(plaintext), cipher.final()])
  return new Uint8Array(Buffer.concat([iv, cipher.getAuthTag(), body]))
}

/** @throws Error when the key or the context is another, or a byte was changed. */
export function open(key: Uint8Array, sealed: Uint8Array, context: string): Uint8Array {
  if (sealed.length < IV_BYTES + TAG_BYTES) throw new Error('Not sealed by us: too short')
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, IV_BYTES), {
    authTagLength: TAG_BYTES,
  })
  decipher.setAAD(Buffer.from(context))
  decipher.setAuthTag(sealed.subarray(IV_BYTES, IV_BYTES + TAG_BYTES))
  return new Uint8Array(
    Buffer.concat([decipher.update(sealed.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]),
  )
}

export function openText(key: Uint8Array, sealed: Uint8Array, context: string): string {
  return Buffer.from(open(key, sealed, context)).toString('utf8')
}

/** Equality that takes as long wherever two texts differ; their lengths may show. */
export function sameSecret(a: string, b: string): boolean {
  const left = Buffer.from(a)
  const right = Buffer.from(b)
  return left.length === right.length && timingSafeEqual(left, right)
}

/** SHA-256 as 64 hex digits. */
export function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex')
}
