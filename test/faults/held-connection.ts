import { connect } from 'node:net'
import { Duplex } from 'node:stream'
import postgres from 'postgres'

/**
 * A connection to Postgres whose every statement waits until it is let pass, so that a schedule decides in which order
 * two of them reach the server. Production code sees a client like any other.
 */
export type HeldConnection = {
  client: postgres.Sql
  pid: number
  /** What waits to be let pass, in words; null when nothing does. */
  next: () => string | null
  /** Sends what waits. */
  pass: () => void
  /** A statement was sent and not answered yet. */
  isAwaitingAnswer: () => boolean
  /** As the server last said: no transaction is open, so that nothing is locked. */
  isIdle: () => boolean
  /** Holds whatever else its user does, such as a call to the CRM, until it is let pass. */
  hold: (what: string) => Promise<void>
  /** While false, everything passes. */
  holding: boolean
  /** Called at every change. */
  changed: () => void
  end: () => Promise<void>
}

const code = (letter: string) => letter.charCodeAt(0)
const [PARSE, BIND, SYNC, FLUSH, QUERY, READY, IDLE] = ['P', 'B', 'S', 'H', 'Q', 'Z', 'I'].map(code)

type Unit = { what: string; send: () => void }

export async function holdConnection(url: string, settings: Record<string, string>): Promise<HeldConnection> {
  const { hostname, port, username, pathname } = new URL(url)
  const units: Unit[] = []
  let unanswered = 0
  let idle = true
  const held: HeldConnection = {
    client: undefined as unknown as postgres.Sql,
    pid: 0,
    holding: false,
    next: () => units[0]?.what ?? null,
    pass() {
      units.shift()?.send()
      passOn()
    },
    isAwaitingAnswer: () => unanswered > 0,
    isIdle: () => idle,
    hold(what) {
      if (!held.holding) return Promise.resolve()
      return new Promise((resolve) => enqueue({ what, send: resolve }))
    },
    changed: () => {},
    end: () => held.client.end({ timeout: 1 }),
  }

  /** What takes no lock and changes nothing never waits for its own sake. */
  function passOn(): void {
    while (units[0] && (!held.holding || units[0].what === '')) units.shift()?.send()
  }
  function enqueue(unit: Unit): void {
    units.push(unit)
    passOn()
    held.changed()
  }

  function open(): Duplex {
    const server = connect(Number(port), hostname).setNoDelay(true)
    const said = clientMessages((bytes, what) =>
      enqueue({
        what,
        send() {
          if (what !== '') unanswered += 1
          server.write(bytes)
        },
      }),
    )
    const heard = serverMessages((isIdle) => {
      idle = isIdle
      unanswered = Math.max(0, unanswered - 1)
      held.changed()
    })
    const socket = new Duplex({
      // Told to wait, the driver would take "go on" for a sign that its connection is free for anybody.
      writableHighWaterMark: Number.MAX_SAFE_INTEGER,
      read() {},
      write(bytes: Buffer, _, done) {
        said(bytes)
        done()
      },
      final: (done) => void server.end(done),
      destroy(error, done) {
        server.destroy()
        done(error)
      },
    })
    server.on('data', (bytes: Buffer) => {
      // The driver first: what it says next is then known when the answer is.
      socket.push(bytes)
      setImmediate(heard, bytes)
    })
    server.on('close', () => socket.push(null))
    server.on('error', (error) => socket.destroy(error))
    return Object.assign(socket, { readyState: 'open' })
  }

  held.client = postgres({
    user: username,
    database: pathname.slice(1),
    max: 1,
    onnotice: () => {},
    connection: settings,
    fetch_types: false,
    socket: open,
  } as postgres.Options<Record<string, never>>)
  const [row] = await held.client`select pg_backend_pid() as pid`
  held.pid = row?.pid
  return held
}

/** Cuts what a client says into statements, each with what it is about; '' for one that only prepares. */
function clientMessages(say: (bytes: Buffer, what: string) => void): (bytes: Buffer) => void {
  let rest = Buffer.alloc(0)
  let unit: Buffer[] = []
  let what = ''
  let begun = false
  const prepared = new Map<string, string>()
  return (bytes) => {
    rest = Buffer.concat([rest, bytes])
    // The greeting has no type, and nobody waits for it.
    if (!begun) {
      begun = true
      say(rest, '')
      rest = Buffer.alloc(0)
    }
    while (rest.length >= 5 && rest.length > rest.readUInt32BE(1)) {
      const message = rest.subarray(0, rest.readUInt32BE(1) + 1)
      rest = rest.subarray(message.length)
      unit.push(message)
      const [first = '', second = ''] = message.subarray(5).toString('latin1').split('\0')
      if (message[0] === PARSE) {
        prepared.set(first, second)
        what = second
      }
      if (message[0] === BIND) what = prepared.get(second) ?? second
      if (message[0] === QUERY) what = first
      if (message[0] !== SYNC && message[0] !== FLUSH && message[0] !== QUERY) continue
      say(Buffer.concat(unit), message[0] === FLUSH ? '' : what || 'sync')
      unit = []
    }
  }
}

/** Tells each time that the server is ready for more, and whether outside a transaction. */
function serverMessages(ready: (isIdle: boolean) => void): (bytes: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0)
  return (bytes) => {
    rest = rest.length > 0 ? Buffer.concat([rest, bytes]) : bytes
    let at = 0
    while (rest.length - at >= 5 && rest.length - at > rest.readUInt32BE(at + 1)) {
      if (rest[at] === READY) ready(rest[at + 5] === IDLE)
      at += 1 + rest.readUInt32BE(at + 1)
    }
    rest = rest.subarray(at)
  }
}
