// One of several processes that migrate one database at once, run from the built packages.
import { migrate } from '@mindmesh/auth-drizzle/mysql'
import { drizzle } from 'drizzle-orm/mysql2'
import { createPool } from 'mysql2/promise'

const pool = createPool({ uri: process.argv[2] })
await migrate(drizzle(pool))
await pool.end()
