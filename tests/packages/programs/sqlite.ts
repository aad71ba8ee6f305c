import { drizzleSqlite, migrate } from '@mindmesh/auth-drizzle/sqlite'
import Database from 'better-sqlite3'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import { signIn } from './sign-in.ts'

const client = new Database(':memory:')
const db = drizzle(client)
await migrate(db)
await signIn({ adapter: drizzleSqlite(db) })
client.close()
