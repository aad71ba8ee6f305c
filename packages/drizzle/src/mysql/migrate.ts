import type { Migrations } from '@mindmesh/auth/ports'
import { and, count, eq, getTableName, sql } from 'drizzle-orm'
import type { MigrationMeta } from 'drizzle-orm/migrator'
import { bigint, boolean, int, mysqlTable, primaryKey } from 'drizzle-orm/mysql-core'
import { shippedMigrations } from '../shared/shipped-migrations.ts'
import { key } from './columns.ts'
import {
  databaseOf,
  read,
  readOne,
  write,
  type AppDatabase,
  type MysqlDatabase,
  type MysqlTransaction,
} from './database.ts'
import { isThereAlready } from './driver-error.ts'

/** The shipped SQL: `packages/drizzle/migrations/mysql`, seen from `src` and from `dist` alike. */
const FOLDER = new URL('../../migrations/mysql', import.meta.url)

/** How long one process waits for another that applies the same SQL. */
const LOCK_SECONDS = 60

/** What was applied, statement by statement: MySQL commits each one that changes a table, whatever comes after it. */
const applied = mysqlTable(
  '__mindmesh_auth_migrations',
  {
    createdAt: bigint('created_at', { mode: 'number' }).notNull(),
    statement: int('statement').notNull(),
    hash: key('hash', 64).notNull(),
    /** False from before the statement until after it. */
    isDone: boolean('is_done').notNull(),
  },
  (table) => [primaryKey({ columns: [table.createdAt, table.statement] })],
)

/**
 * Applies the shipped SQL that is not yet applied. Idempotent, and safe when several processes start at once: one
 * works, under a lock of the database's name on one connection, and the others wait. What a crash left half done the
 * next run finishes. Its record is a table of its own, so it never meets the app's migrations.
 */
export async function migrate(db: AppDatabase): Promise<void> {
  await applyAll(databaseOf(db))
}

/** The shipped SQL and what of it is applied. */
export function migrations(db: MysqlDatabase): Migrations {
  return {
    list: async () => {
      const done = await statementsDone(db)
      return shippedMigrations(FOLDER).map(({ name, sql: statements, folderMillis }) => ({
        name,
        statements,
        isApplied: (done.get(folderMillis) ?? 0) >= statements.length,
      }))
    },
    apply: async () => applyAll(db),
  }
}

/** How many statements of each file are done. */
async function statementsDone(db: MysqlDatabase): Promise<ReadonlyMap<number, number>> {
  const isRecord = sql`table_schema = database() and table_name = ${getTableName(applied)}`
  const record = await readOne(db, 'migrations.list', async () =>
    db.orm
      .select({ found: sql`1` })
      .from(sql`information_schema.tables`)
      .where(isRecord),
  )
  if (record === null) return new Map()
  const rows = await read(db, 'migrations.list', async () =>
    db.orm
      .select({ createdAt: applied.createdAt, statements: count() })
      .from(applied)
      .where(eq(applied.isDone, true))
      .groupBy(applied.createdAt),
  )
  return new Map(rows.map(({ createdAt, statements }) => [createdAt, statements]))
}

async function applyAll(db: MysqlDatabase): Promise<void> {
  const files = shippedMigrations(FOLDER)
  // As a transaction only for its connection: the first CREATE TABLE ends it, and what follows commits by itself.
  await write(db, 'migrate', async (tx) =>
    underLock(tx, async () => {
      await tx.execute(
        sql`create table if not exists ${applied} (
          created_at bigint not null,
          statement int not null,
          hash varchar(64) character set ascii collate ascii_bin not null,
          is_done boolean not null,
          primary key (created_at, statement)
        )`,
      )
      for (const file of files) await applyFile(tx, file)
    }),
  )
}

async function underLock(tx: MysqlTransaction, work: () => Promise<void>): Promise<void> {
  // The lock is the server's, not the database's; its name has up to 64 characters.
  const name = sql`concat('mindmesh_auth_', md5(database()))`
  const got = sql`get_lock(${name}, ${LOCK_SECONDS})`.mapWith(Number)
  const [lock] = await tx.select({ got }).from(sql`dual`)
  if (lock?.got !== 1) throw new Error(`The lock was not given within ${LOCK_SECONDS} seconds.`)
  try {
    await work()
  } finally {
    await tx.execute(sql`do release_lock(${name})`)
  }
}

async function applyFile(tx: MysqlTransaction, file: MigrationMeta): Promise<void> {
  const rows = await tx.select().from(applied).where(eq(applied.createdAt, file.folderMillis))
  for (const [statement, text] of file.sql.entries()) {
    const state = rows.find((row) => row.statement === statement)
    if (state?.isDone === true) continue
    const step = { createdAt: file.folderMillis, statement, hash: file.hash }
    await (state === undefined ? applyStatement(tx, step, text) : finishStatement(tx, step, text))
  }
}

type Step = Omit<typeof applied.$inferSelect, 'isDone'>

function isStep({ createdAt, statement }: Step) {
  return and(eq(applied.createdAt, createdAt), eq(applied.statement, statement))
}

/** Notes a statement, runs it, and notes that it is done. One that is refused is not noted: it changed nothing. */
async function applyStatement(tx: MysqlTransaction, step: Step, text: string): Promise<void> {
  await tx.insert(applied).values({ ...step, isDone: false })
  try {
    await tx.execute(sql.raw(text))
  } catch (error) {
    await tx.delete(applied).where(isStep(step))
    throw error
  }
  await tx.update(applied).set({ isDone: true }).where(isStep(step))
}

/** A statement that was noted and not done: a crash came before or after it, so what it creates may be there. */
async function finishStatement(tx: MysqlTransaction, step: Step, text: string): Promise<void> {
  try {
    await tx.execute(sql.raw(text))
  } catch (error) {
    if (!isThereAlready(error)) throw error
  }
  await tx.update(applied).set({ isDone: true }).where(isStep(step))
}
