import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import type { RequestHandler } from 'express'

/**
 * Every place where the bot can be cut off between what it did and what it knows: before and after each commit, and
 * each call to Slack or Zoho. They are found, not listed: whatever passes between the bot and the world is one.
 */
export type Side = 'before' | 'after'

export type CrashPoints = {
  /** Everything that was passed since the last call, in order. */
  taken(): string[]
  /** Cuts the bot off there, as often as it comes by; null: nowhere. */
  arm(point: { name: string; side: Side; times: number } | null): void
  /** How often it was cut off since it was armed. */
  cuts(): number
  /** To be asked before the call is carried out. */
  calls: RequestHandler
  /** Between the bot and its database. @returns the port to connect to */
  guardDatabase(port: number): Promise<number>
  close(): void
}

export function createCrashPoints(kill: () => void): CrashPoints {
  let passed: string[] = []
  let armed: { name: string; side: Side; times: number } | null = null
  let cuts = 0
  const sockets = new Set<Socket>()
  const closers: (() => void)[] = []

  /** Whether the bot dies here. */
  function cutOff(name: string, side: Side): boolean {
    if (side === 'before') passed.push(name)
    if (!armed || armed.name !== name || armed.side !== side || cuts >= armed.times) return false
    cuts += 1
    kill()
    return true
  }

  return {
    taken() {
      const names = passed
      passed = []
      return names
    },
    arm(point) {
      armed = point
      cuts = 0
    },
    cuts: () => cuts,
    calls(request, response, next) {
      if (!/^\/(api|crm|oauth)\//.test(request.path)) return next()
      const name = `${request.method} ${request.path.replace(/\d{10,}/g, '{id}')}`
      if (cutOff(name, 'before')) return request.socket.destroy()
      const end = response.end
      response.end = ((...rest: Parameters<typeof end>) => {
        if (!cutOff(name, 'after')) return end.apply(response, rest)
        request.socket.destroy()
        return response
      }) as typeof end
      next()
    },
    async guardDatabase(port) {
      const server = createServer((client) => {
        const upstream = connect(port, '127.0.0.1')
        for (const socket of [client, upstream]) {
          sockets.add(socket)
          // Either side may be gone at any moment: that is what this is for.
          socket.on('error', () => {})
          socket.on('close', () => {
            sockets.delete(socket)
            client.destroy()
            upstream.destroy()
          })
        }
        betweenBotAndDatabase(client, upstream, cutOff)
      }).listen(0, '127.0.0.1')
      await once(server, 'listening')
      closers.push(() => server.close())
      const address = server.address()
      if (typeof address !== 'object' || !address) throw new Error('No port for the database')
      return address.port
    },
    close() {
      for (const close of closers) close()
      for (const socket of sockets) socket.destroy()
    },
  }
}

const WRITE = /^(insert|update|delete|with)\b/i
const NAMED = /^(?:insert into|update|delete from)\s+"?(\w+)"?/i

/** Reads along in Postgres's protocol, and holds each message until it is known whether it may pass. */
function betweenBotAndDatabase(
  client: Socket,
  upstream: Socket,
  cutOff: (name: string, side: Side) => boolean,
): void {
  const prepared = new Map<string, string>()
  /** What awaits its answer: names of points, null for other statements. */
  const unanswered: (string | null)[] = []
  let current: string | null = null
  let transaction: string[] | null = null
  let greeted = false

  /** The point that a statement is, if it makes anything last. */
  function pointOf(statement: string): string | null {
    const text = statement.trim()
    if (/^begin\b/i.test(text)) {
      transaction = []
      return null
    }
    if (/^(commit|rollback)\b/i.test(text)) {
      const tables = transaction ?? []
      transaction = null
      return /^commit/i.test(text) && tables.length > 0
        ? `commit of ${[...new Set(tables)].sort().join(', ')}`
        : null
    }
    const table = WRITE.test(text) ? (NAMED.exec(text)?.[1] ?? 'several') : null
    if (table === null) return null
    if (!transaction) return `${text.split(/\s/)[0]?.toLowerCase()} of ${table}`
    transaction.push(table)
    return null
  }

  function onMessage(type: string, body: Buffer): boolean {
    if (type === 'P') {
      const [name = '', text = ''] = body.toString('utf8').split('\0')
      prepared.set(name, text)
    }
    if (type === 'B') current = pointOf(prepared.get(body.toString('utf8').split('\0')[1] ?? '') ?? '')
    if (type === 'Q') current = pointOf(body.toString('utf8').replace(/\0$/, ''))
    if ((type === 'B' || type === 'Q') && current && cutOff(current, 'before')) return false
    if (type === 'S' || type === 'Q') {
      unanswered.push(current)
      current = null
    }
    return true
  }

  const fromClient = messages(
    (type, whole) => {
      if (type === null) greeted = true
      else if (!onMessage(type, whole.subarray(5))) return client.destroy()
      upstream.write(whole)
    },
    () => greeted,
  )
  const fromServer = messages(
    (type, whole) => {
      if (type === 'Z' && unanswered.length > 0) {
        const point = unanswered.shift()
        if (point && cutOff(point, 'after')) return client.destroy()
      }
      client.write(whole)
    },
    () => true,
  )
  client.on('data', fromClient)
  upstream.on('data', fromServer)
}

/** Cuts a stream into whole messages; the very first of a client has no type. */
function messages(on: (type: string | null, whole: Buffer) => void, isTyped: () => boolean) {
  let rest = Buffer.alloc(0)
  return (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk])
    for (;;) {
      const head = isTyped() ? 1 : 0
      if (rest.length < head + 4) return
      const length = head + rest.readInt32BE(head)
      if (rest.length < length) return
      const whole = rest.subarray(0, length)
      rest = rest.subarray(length)
      on(head === 1 ? String.fromCharCode(whole[0] ?? 0) : null, whole)
    }
  }
}
