import { MindmeshAuth } from '@mindmesh/auth'
import { drizzleSqlite, migrate } from '@mindmesh/auth-drizzle/sqlite'
import { smtpMailer } from '@mindmesh/auth-mailers/smtp'
import Database from 'better-sqlite3'
import { drizzle } from 'drizzle-orm/better-sqlite3'

/** A call that the parent asks for: a path into the API, and its arguments. */
interface Request {
  readonly id: number
  readonly path: string
  readonly args: readonly unknown[]
}

const settings = JSON.parse(process.env['WORKER_SETTINGS'] ?? '{}')
const client = new Database(settings.file)
client.pragma('journal_mode = WAL')
const db = drizzle(client)
await migrate(db)
const mindmesh = new MindmeshAuth({
  adapter: drizzleSqlite(db),
  mailer: smtpMailer({ env: {}, ...settings.smtp }),
  config: settings.secrets,
  env: {},
})

process.on('message', ({ id, path, args }: Request) => {
  if (path === 'close') {
    void mindmesh.close().then(() => process.disconnect())
    return
  }
  const [space = '', name = ''] = path.split('.')
  const api = Reflect.get(mindmesh, space)
  Promise.resolve(Reflect.apply(Reflect.get(api, name), api, args)).then(
    (value: unknown) => process.send?.({ id, value: value ?? null }),
    (error: unknown) => {
      const code = error instanceof Error && 'code' in error ? error.code : String(error)
      process.send?.({ id, code })
    },
  )
})
process.send?.({ ready: true })
