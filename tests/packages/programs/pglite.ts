import { PGlite } from '@electric-sql/pglite'
import { drizzlePostgres, migrate } from '@mindmesh/auth-drizzle/postgres'
import { drizzle } from 'drizzle-orm/pglite'
import { signIn } from './sign-in.ts'

const client = new PGlite()
const db = drizzle(client)
await migrate(db)
await signIn({ adapter: drizzlePostgres(db) })
await client.close()
