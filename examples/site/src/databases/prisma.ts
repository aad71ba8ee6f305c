import { readdirSync, readFileSync } from 'node:fs'
import type { AuthStore } from '@mindmesh/auth'
import { prismaAdapter } from '@mindmesh/auth-prisma'
import type { Model, OpenDatabase } from '../database.ts'
import { prismaClient, type Client } from './prisma-client.ts'
import { prismaEngineOf, type PrismaEngine } from './prisma-engine.ts'

/** Prisma on SQLite, PostgreSQL, MySQL or MariaDB, as the URL says. */
export async function openPrisma(url: string): Promise<OpenDatabase> {
  const engine = prismaEngineOf(url)
  const PrismaClient = prismaClient(engine)
  const prisma = new PrismaClient({ adapter: await engine.connect(url) })
  const adapter = prismaAdapter(prisma)
  try {
    await makeTables(prisma, engine)
    await adapter.assertSchema()
  } catch (error) {
    // An open pool would keep the process from ending.
    await prisma.$disconnect()
    throw error
  }
  return {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a client that is generated before the compiler runs says so itself
    adapter: adapter as AuthStore<Model>,
    close: async () => prisma.$disconnect(),
  }
}

/** What `prisma migrate deploy` would do in an app, which has the shipped SQL among its own migrations. */
async function makeTables(
  prisma: Client,
  { name, ownColumn, columnsOfUsers }: PrismaEngine,
): Promise<void> {
  // The adapter asks for it; the file keeps it.
  if (name === 'sqlite') await prisma.$queryRawUnsafe('pragma journal_mode = wal')
  const columns = (await prisma.$queryRawUnsafe(columnsOfUsers)).map((column) => column.name)
  const statements = [
    ...(columns.length === 0 ? shippedStatements(name) : []),
    ...(columns.includes('display_name') ? [] : [`alter table users add column ${ownColumn}`]),
  ]
  await prisma.$transaction(statements.map((sql) => prisma.$executeRawUnsafe(sql)))
}

function shippedStatements(name: PrismaEngine['name']): readonly string[] {
  const folder = new URL(
    `../../node_modules/@mindmesh/auth-prisma/migrations/${name}/`,
    import.meta.url,
  )
  return readdirSync(folder)
    .toSorted()
    .flatMap((migration) =>
      readFileSync(new URL(`${migration}/migration.sql`, folder), 'utf8').split(/;\s*$/m),
    )
    .filter((statement) => statement.trim() !== '')
}
