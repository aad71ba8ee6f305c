import { drizzlePostgres, migrate } from '@mindmesh/auth-drizzle/postgres'
import { drizzle } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'
import { signIn } from './sign-in.ts'

const client = postgres(process.env['DATABASE_URL'] ?? '', { onnotice: () => undefined })
const db = drizzle(client)
await migrate(db)
await signIn({ adapter: drizzlePostgres(db) })
await client.end()
