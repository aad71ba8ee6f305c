// One process with an instance of its own, run by tests/two-processes.test.ts from the built packages: Node 20 runs
// no TypeScript. It carries out the calls that the parent sends.
import { MindmeshAuth } from '@mindmesh/auth'
import { drizzleSqlite, migrate } from '@mindmesh/auth-drizzle/sqlite'
import { smtpMailer } from '@mindmesh/auth-mailers/smtp'
import Database from 'better-sqlite3'
import { drizzle } from 'drizzle-orm/better-sqlite3'

const { file, smtp, secrets } = JSON.parse(process.env.WORKER_SETTINGS)
const client = new Database(file)
client.pragma('journal_mode = WAL')
const db = drizzle(client)
await migrate(db)
const mindmesh = new MindmeshAuth({
  adapter: drizzleSqlite(db),
  mailer: smtpMailer({ env: {}, ...smtp }),
  config: secrets,
  env: {},
})

process.on('message', async ({ id, path, args }) => {
  if (path === 'close') {
    await mindmesh.close()
    process.disconnect()
    return
  }
  const [space, name] = path.split('.')
  try {
    process.send({ id, value: (await mindmesh[space][name](...args)) ?? null })
  } catch (error) {
    process.send({ id, code: error.code ?? String(error) })
  }
})
process.send({ ready: true })
