import { createHmac, hash } from 'node:crypto'
import type { Publish } from './checkpoints.ts'
import { checkpointsIn } from './note.ts'

/** Any store that speaks S3. What keeps an object from being replaced, such as Object Lock, is the bucket's. */
export type S3Target = {
  /** Base URL; the bucket is the first part of the path. */
  endpoint: string
  region: string
  bucket: string
  /** Before the name of each object, without slashes around it; may be empty. */
  prefix: string
  keyId: string
  secret: string
}

const TIMEOUT_MS = 15_000
const ALREADY_THERE = 412

/**
 * One object per checkpoint, named by its size and root: a trail that goes on from a backup makes another of the same
 * size. What is there is never put over.
 */
export function publishToS3(target: S3Target): Publish {
  return async ({ size, note }) => {
    const [checkpoint] = checkpointsIn(note)
    if (!checkpoint) throw new Error(`What stands for ${size} events is no checkpoint`)
    const name = `${String(size).padStart(15, '0')}-${Buffer.from(checkpoint.root).toString('hex')}.checkpoint`
    const path = [target.bucket, ...target.prefix.split('/').filter(Boolean), name].map(encoded).join('/')
    const url = new URL(`${target.endpoint.replace(/\/$/, '')}/${path}`)
    const headers = { 'content-type': 'text/plain; charset=utf-8', 'if-none-match': '*' }
    const signed = signedHeaders({ method: 'PUT', url, headers, body: note, now: new Date() }, target)
    const answer = await put(url, signed, note)
    if (answer.ok || answer.status === ALREADY_THERE) return 'published'
    const said = /<Code>(\w+)<\/Code>/.exec(await answer.text())?.[1] ?? 'no reason'
    throw new Error(`The store for checkpoints refused one with ${answer.status}: ${said}`)
  }
}

async function put(url: URL, headers: Record<string, string>, body: string): Promise<Response> {
  try {
    return await fetch(url, { method: 'PUT', headers, body, signal: AbortSignal.timeout(TIMEOUT_MS) })
  } catch (cause) {
    throw new Error('The store for checkpoints could not be reached', { cause })
  }
}

type Request = { method: string; url: URL; headers: Record<string, string>; body: string; now: Date }

/**
 * AWS Signature Version 4, for a request without a query.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 */
export function signedHeaders(
  { method, url, headers, body, now }: Request,
  { region, keyId, secret }: Pick<S3Target, 'region' | 'keyId' | 'secret'>,
): Record<string, string> {
  const time = now.toISOString().replace(/[-:]|\.\d{3}/g, '')
  const day = time.slice(0, 8)
  const bodyHash = hash('sha256', body)
  const sent: Record<string, string> = { ...headers, 'x-amz-content-sha256': bodyHash, 'x-amz-date': time }
  const lines = Object.entries({ ...sent, host: url.host })
    .map(([name, value]): [string, string] => [name.toLowerCase(), value.trim()])
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
  const names = lines.map(([name]) => name).join(';')
  const headerText = lines.map(([name, value]) => `${name}:${value}\n`).join('')
  const asked = [method, url.pathname, '', headerText, names, bodyHash].join('\n')
  const scope = `${day}/${region}/s3/aws4_request`
  const toSign = ['AWS4-HMAC-SHA256', time, scope, hash('sha256', asked)].join('\n')
  const key = [day, region, 's3', 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${secret}`)
  const signature = hmac(key, toSign).toString('hex')
  return {
    ...sent,
    authorization: `AWS4-HMAC-SHA256 Credential=${keyId}/${scope},SignedHeaders=${names},Signature=${signature}`,
  }
}

const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest()

/** As the signature wants it: everything but letters, digits and `-._~`. */
const encoded = (part: string): string =>
  encodeURIComponent(part).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
