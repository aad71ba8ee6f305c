import { prismaAdapter } from '@mindmesh/auth-prisma'
import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3'
import Database from 'better-sqlite3'
import { readFileSync } from 'node:fs'
import { PrismaClient } from '../../.prisma/sqlite/types/client.ts'
import { signIn } from './sign-in.ts'

// The tables, as `prisma migrate deploy` would make them.
const tables = new Database('prisma.db')
tables.pragma('journal_mode = WAL')
tables.exec(readFileSync('migration.sql', 'utf8'))
tables.close()

const adapter = new PrismaBetterSqlite3(
  { url: 'file:prisma.db' },
  { timestampFormat: 'unixepoch-ms' },
)
const prisma = new PrismaClient({ adapter })
await signIn({ adapter: prismaAdapter(prisma) })
await prisma.$disconnect()
