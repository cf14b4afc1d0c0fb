import { Duplex } from 'node:stream'
import type { PGlite } from '@electric-sql/pglite'

/** Whose turn comes first: a person is waiting, or nobody is. */
export type Turn = 'first' | 'later'

/** While people keep coming, whoever can wait still gets every fifth turn. */
const TURNS_IN_A_ROW = 4

type Connection = { turn: Turn; said: { bytes: Buffer; done: (error?: Error) => void }[]; socket: Duplex }

/**
 * PGlite has one session. Each caller of the function returned gets a socket that speaks Postgres's protocol with it,
 * as if it had a session of its own: from the first message until the server says that it is idle, nobody else is let in.
 */
export function sharedSession(pglite: PGlite): (turn: Turn) => Duplex {
  const connections = new Set<Connection>()
  let inside: Connection | null = null
  let inARow = 0
  let scheduled = false

  function next(): Connection | undefined {
    if (inside) return inside.said.length > 0 ? inside : undefined
    const waiting = [...connections].filter(({ said }) => said.length > 0)
    const later = waiting.find(({ turn }) => turn === 'later')
    const first = waiting.find(({ turn }) => turn === 'first')
    inARow = first && later ? inARow + 1 : 0
    if (inARow <= TURNS_IN_A_ROW) return first ?? later
    inARow = 0
    return later
  }

  function schedule(): void {
    if (scheduled) return
    scheduled = true
    // What came in from the network meanwhile is taken up between two turns.
    setImmediate(answerNext)
  }

  async function answerNext(): Promise<void> {
    const connection = next()
    const message = connection?.said.shift()
    if (connection && message) {
      const answer: Buffer[] = []
      try {
        // PGlite reuses the memory it shows.
        await pglite.execProtocolRawStream(message.bytes, { onRawData: (b) => answer.push(Buffer.from(b)) })
        const bytes = Buffer.concat(answer)
        inside = isIdle(bytes) ? null : connection
        // Put back at the end, so that those of one turn take turns.
        if (!inside && connections.delete(connection)) connections.add(connection)
        // Taken before answered: the driver must not hear of room to write while it is in a transaction.
        message.done()
        if (bytes.length > 0) connection.socket.push(bytes)
      } catch (error) {
        message.done(error instanceof Error ? error : new Error(String(error)))
      }
    }
    scheduled = false
    if (inside ? inside.said.length > 0 : [...connections].some(({ said }) => said.length > 0)) schedule()
  }

  return (turn) => {
    const socket = new Duplex({
      // Told to wait, the driver would take "go on" for a sign that its connection is free for anybody.
      writableHighWaterMark: Number.MAX_SAFE_INTEGER,
      read() {},
      write(bytes: Buffer, _, done) {
        connection.said.push({ bytes, done })
        schedule()
      },
      final(done) {
        socket.push(null)
        done()
      },
      destroy(error, done) {
        connections.delete(connection)
        const gone = () => done(error)
        if (inside !== connection) return gone()
        // Broken off in the middle: nobody else may find themselves in its transaction.
        pglite.exec('rollback').then(() => {
          inside = null
          schedule()
          gone()
        }, done)
      },
    })
    const connection: Connection = { turn, said: [], socket }
    connections.add(connection)
    // What the driver looks at before it says goodbye to a socket.
    return Object.assign(socket, { readyState: 'open' })
  }
}

const type = (letter: string) => letter.charCodeAt(0)
const READY = type('Z')
const IDLE = type('I')
/** Notification, notice, parameter status: the server sends them whenever it likes. */
const ASIDE = new Set(['A', 'N', 'S'].map(type))

/** Whether the last thing that the server said of itself is that it waits, outside any transaction. */
function isIdle(answer: Buffer): boolean {
  let idle = false
  // A message is its type, and its length without the type.
  for (let at = 0; at < answer.length; at += 1 + answer.readUInt32BE(at + 1)) {
    const said = answer[at] ?? 0
    if (!ASIDE.has(said)) idle = said === READY && answer[at + 5] === IDLE
  }
  return idle
}
