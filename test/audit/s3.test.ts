import { createHash, createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { publishToS3, signedHeaders } from '../../src/audit/s3.ts'

/** The examples in Amazon's own description of the signature. */
const AMAZON = {
  keyId: 'AKIAIOSFODNN7EXAMPLE',
  secret: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  region: 'us-east-1',
}
const now = new Date('2013-05-24T00:00:00Z')

test.each([
  [
    'a GET of a part',
    { method: 'GET', path: '/test.txt', headers: { range: 'bytes=0-9' }, body: '' },
    'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
  ],
  [
    'a PUT',
    {
      method: 'PUT',
      path: '/test%24file.text',
      headers: { date: 'Fri, 24 May 2013 00:00:00 GMT', 'x-amz-storage-class': 'REDUCED_REDUNDANCY' },
      body: 'Welcome to Amazon S3.',
    },
    '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
  ],
])('%s is signed as Amazon signs it', (_, { method, path, headers, body }, signature) => {
  const url = new URL(`https://examplebucket.s3.amazonaws.com${path}`)

  const signed = signedHeaders({ method, url, headers: headers as Record<string, string>, body, now }, AMAZON)

  expect(signed.authorization).toMatch(new RegExp(`Signature=${signature}$`))
})

const servers: ReturnType<typeof createServer>[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

/** A store that looks at every signature by itself, and keeps what is signed with the secret it knows. */
async function startStore(secret: string) {
  const kept = new Map<string, string>()
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const isSigned = request.headers.authorization === authorizationOf(request, body, secret)
    const url = request.url ?? ''
    const refused = (status: number, code: string) => response.writeHead(status).end(`<Code>${code}</Code>`)
    if (!isSigned) return refused(403, 'SignatureDoesNotMatch')
    if (request.headers['if-none-match'] === '*' && kept.has(url)) return refused(412, 'PreconditionFailed')
    kept.set(url, body)
    response.writeHead(200).end()
  })
  servers.push(server.listen(0, '127.0.0.1'))
  await once(server, 'listening')
  return { kept, endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

function authorizationOf({ method, url, headers }: IncomingMessage, body: string, secret: string): string {
  const sha = (text: string) => createHash('sha256').update(text).digest('hex')
  const mac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest()
  const names = /SignedHeaders=([^,]+)/.exec(headers.authorization ?? '')?.[1] ?? ''
  const [day, region] = /Credential=[^/]+\/(\d+)\/([^/]+)/.exec(headers.authorization ?? '')?.slice(1) ?? []
  const lines = names.split(';').map((name) => `${name}:${headers[name]}\n`)
  const canonical = `${method}\n${url}\n\n${lines.join('')}\n${names}\n${sha(body)}`
  const scope = `${day}/${region}/s3/aws4_request`
  const text = `AWS4-HMAC-SHA256\n${headers['x-amz-date']}\n${scope}\n${sha(canonical)}`
  const key = mac(mac(mac(mac(`AWS4${secret}`, day ?? ''), region ?? ''), 's3'), 'aws4_request')
  return `AWS4-HMAC-SHA256 Credential=key/${scope},SignedHeaders=${names},Signature=${mac(key, text).toString('hex')}`
}

const rootOf = (byte: number) => Buffer.alloc(32, byte)
const checkpointOf = (root: Buffer) => ({
  size: 1_234,
  note: `sergas\n1234\n${root.toString('base64')}\n\n— sergas signature\n`,
})
const checkpoint = checkpointOf(rootOf(7))
const bucket = { region: 'eu-central-1', bucket: 'trail', prefix: 'prod/eu (1)', keyId: 'key' }

test('a store keeps each checkpoint under its size and root, and none is ever put over another', async () => {
  const { kept, endpoint } = await startStore('secret')
  const publish = publishToS3({ ...bucket, endpoint, secret: 'secret' })
  const restored = checkpointOf(rootOf(8))

  const came = [await publish(checkpoint), await publish({ ...checkpoint, note: 'other' }).catch(String)]
  const again = [
    await publish({ ...checkpoint, note: `${checkpoint.note}— sergas other\n` }),
    await publish(restored),
  ]

  expect(came).toEqual(['published', expect.stringContaining('no checkpoint')])
  expect(again).toEqual(['published', 'published'])
  expect([...kept]).toEqual([
    [`/trail/prod/eu%20%281%29/000000000001234-${rootOf(7).toString('hex')}.checkpoint`, checkpoint.note],
    [`/trail/prod/eu%20%281%29/000000000001234-${rootOf(8).toString('hex')}.checkpoint`, restored.note],
  ])
})

test('a store that refuses or does not answer is an error, with its reason', async () => {
  const { kept, endpoint } = await startStore('secret')

  await expect(publishToS3({ ...bucket, endpoint, secret: 'other' })(checkpoint)).rejects.toThrow(
    '403: SignatureDoesNotMatch',
  )
  const nobody = { ...bucket, endpoint: 'http://127.0.0.1:1', secret: 'secret' }
  await expect(publishToS3(nobody)(checkpoint)).rejects.toThrow('could not be reached')
  expect(kept.size).toBe(0)
})
