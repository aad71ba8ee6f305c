import { drizzleMysql, migrate } from '@mindmesh/auth-drizzle/mysql'
import { drizzle } from 'drizzle-orm/mysql2'
import { createPool } from 'mysql2/promise'
import { signIn } from './sign-in.ts'

const client = createPool({ uri: process.env['DATABASE_URL'] ?? '' })
const db = drizzle(client)
await migrate(db)
await signIn({ adapter: drizzleMysql(db) })
await client.end()
