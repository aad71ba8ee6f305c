import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import type { Fault, FaultInjector } from '@mindmesh/auth-adapter-kit'

/** The protocol that a server speaks. */
export type Protocol = 'postgres' | 'mysql'

/** What was sent over all connections since `arm`. */
export interface Traffic {
  /** Statements that were executed; `begin` and `commit` are two of them. */
  readonly statements: number
  /** How often the client waited for the server. */
  readonly roundTrips: number
}

/** Stands between a driver and its server: counts what is sent, and breaks the connection where it is told to. */
export interface WireProxy extends FaultInjector {
  readonly port: number
  traffic(): Traffic
  close(): Promise<void>
}

interface State {
  statements: number
  roundTrips: number
  fault: Fault | null
}

/** Starts a proxy on a port of its own. */
export async function startWireProxy(
  protocol: Protocol,
  target: { readonly host: string; readonly port: number },
): Promise<WireProxy> {
  const state: State = { statements: 0, roundTrips: 0, fault: null }
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const upstream = connect(target.port, target.host)
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.setNoDelay(true)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        sockets.delete(socket)
        client.destroy()
        upstream.destroy()
      })
    }
    join(protocol, state, { client, upstream })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it listens on TCP
  const { port } = server.address() as AddressInfo
  return {
    port,
    traffic: () => ({ statements: state.statements, roundTrips: state.roundTrips }),
    arm(fault) {
      Object.assign(state, { statements: 0, roundTrips: 0, fault })
    },
    disarm() {
      state.fault = null
      return state.statements
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

interface Pair {
  readonly client: Socket
  readonly upstream: Socket
}

function join(protocol: Protocol, state: State, pair: Pair): void {
  const readClient = protocol === 'postgres' ? postgresFrontend() : mysqlClient()
  const readServer = protocol === 'postgres' ? postgresBackend() : () => 0
  /** The answer to the statement that is to fail after it took effect is awaited, and never passed on. */
  let isCut = false
  pair.client.on('data', (chunk: Buffer) => {
    for (const kind of readClient(chunk)) {
      if (protocol === 'mysql') state.roundTrips += 1
      if (kind === 'other') continue
      state.statements += 1
      if (state.fault?.statement !== state.statements) continue
      if (state.fault.when === 'before') return void pair.client.destroy()
      isCut = true
    }
    pair.upstream.write(chunk)
  })
  pair.upstream.on('data', (chunk: Buffer) => {
    const ready = readServer(chunk)
    state.roundTrips += ready
    // PostgreSQL has carried a statement out when it is ready for the next one; MySQL when it answers.
    if (isCut && (protocol === 'mysql' || ready > 0)) return void pair.client.destroy()
    if (!isCut) pair.client.write(chunk)
  })
}

type Command = 'statement' | 'other'

/** Splits a stream into messages, which may be spread over chunks. */
function messagesOf(
  lengthOf: (bytes: Buffer) => number | null,
): (chunk: Buffer) => readonly Buffer[] {
  let rest = Buffer.alloc(0)
  return (chunk) => {
    rest = Buffer.concat([rest, chunk])
    const messages: Buffer[] = []
    for (;;) {
      const length = lengthOf(rest)
      if (length === null || rest.length < length) return messages
      messages.push(rest.subarray(0, length))
      rest = rest.subarray(length)
    }
  }
}

/** PostgreSQL, message formats: the start-up message has no type; `Q` and `E` execute. */
function postgresFrontend(): (chunk: Buffer) => readonly Command[] {
  let isStarted = false
  const split = messagesOf((bytes) => {
    const offset = isStarted ? 1 : 0
    return bytes.length < offset + 4 ? null : offset + bytes.readUInt32BE(offset)
  })
  return (chunk) => {
    const commands: Command[] = []
    for (const message of split(chunk)) {
      const type = isStarted ? String.fromCharCode(message[0] ?? 0) : ''
      isStarted = true
      if (type === 'Q' || type === 'E') commands.push('statement')
    }
    return commands
  }
}

/** How many times the server said that it is ready (`Z`), after the first. */
function postgresBackend(): (chunk: Buffer) => number {
  let isFirst = true
  const split = messagesOf((bytes) => (bytes.length < 5 ? null : 1 + bytes.readUInt32BE(1)))
  return (chunk) => {
    let count = 0
    for (const message of split(chunk)) {
      if (message[0] !== 'Z'.charCodeAt(0)) continue
      if (!isFirst) count += 1
      isFirst = false
    }
    return count
  }
}

const COM_QUERY = 0x03
const COM_STMT_EXECUTE = 0x17
const COM_STMT_CLOSE = 0x19
const COM_QUIT = 0x01

/** MySQL: a command starts at sequence 0; in the handshake the client's packets have others. */
function mysqlClient(): (chunk: Buffer) => readonly Command[] {
  const split = messagesOf((bytes) => (bytes.length < 4 ? null : 4 + bytes.readUIntLE(0, 3)))
  return (chunk) => {
    const commands: Command[] = []
    for (const message of split(chunk)) {
      const [sequence, command] = [message[3], message[4]]
      if (sequence !== 0 || command === COM_STMT_CLOSE || command === COM_QUIT) continue
      const isStatement = command === COM_QUERY || command === COM_STMT_EXECUTE
      commands.push(isStatement ? 'statement' : 'other')
    }
    return commands
  }
}
