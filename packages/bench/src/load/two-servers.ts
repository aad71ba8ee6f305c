import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { authHandler } from '@mindmesh/auth-http'
import { toNodeListener } from '@mindmesh/auth-http/node'
import { fastHasher } from '@mindmesh/auth/testing'
import { sqlite } from '../engines/sqlite.ts'
import { newPerson, ours } from '../ours.ts'

// A process of its own: the one that makes the requests must not slow the one that answers them.
const database = await sqlite.open()
const instance = ours(database.adapter, { passwordHasher: fastHasher() })
const { accessToken: token } = await newPerson(instance)
const handler = authHandler(instance.mindmesh)
const me = await listen(createServer(toNodeListener(handler)))
const answer = await handler.fetch(
  new Request(`http://127.0.0.1:${me}/auth/me`, { headers: { authorization: `Bearer ${token}` } }),
  { incoming: { socket: { remoteAddress: '127.0.0.1' } } },
)
const body = await answer.text()
const constant = await listen(
  createServer((_, response) => {
    response.writeHead(answer.status, Object.fromEntries(answer.headers))
    response.end(body)
  }),
)
process.send?.({ me, constant, token })

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it listens on a port
  return (server.address() as AddressInfo).port
}
