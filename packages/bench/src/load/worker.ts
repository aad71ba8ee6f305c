import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { drizzlePostgres } from '@mindmesh/auth-drizzle/postgres'
import { authHandler } from '@mindmesh/auth-http'
import { toNodeListener } from '@mindmesh/auth-http/node'
import { MindmeshAuth } from '@mindmesh/auth'
import { drizzle } from 'drizzle-orm/node-postgres'
import { Pool } from 'pg'
import { limitsOfBench } from '../ours.ts'
import type { WorkerMessage } from './worker-message.ts'

// One of the processes of an app: its own pool, the real hash, and mails that are told to the one that asks.
const [url = '', jwtSecret = '', refreshSecret = ''] = process.argv.slice(2)
const pool = new Pool({ connectionString: url, max: 8 })
pool.on('error', () => undefined)
const mindmesh = new MindmeshAuth({
  adapter: drizzlePostgres(drizzle(pool), { preparedStatements: true }),
  mailer: {
    async send({ to, text }) {
      tell({ mail: { to, code: /\b\d{6}\b/.exec(text)?.[0] ?? '' } })
    },
  },
  env: {},
  config: { jwtSecret, refreshSecret, limits: limitsOfBench },
})
const server = createServer(toNodeListener(authHandler(mindmesh)))
server.listen(0, '127.0.0.1', () => {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it listens on a port
  tell({ port: (server.address() as AddressInfo).port })
})
process.on('message', () => tell({ rss: process.memoryUsage().rss }))

function tell(message: WorkerMessage): void {
  process.send?.(message)
}
