import type { CodeStore } from '@mindmesh/auth/ports'
import { and, eq, gt, inArray, sql } from 'drizzle-orm'
import { once } from '../shared/once.ts'
import { read, write, type SqliteDatabase } from './database.ts'
import type { Access } from './effects.ts'
import { authCodes } from './tables.ts'

/** Codes and links. */
export function codeStore(access: Access): CodeStore {
  const { db, writer } = access
  const consume = consumeWith(access)
  return {
    issue: async (code, effects) =>
      write(db, 'codes.issue', () => {
        writer.replaceCode(code)
        writer.write(effects)
      }),
    find: async ({ purpose, subject }) =>
      read('codes.find', () => {
        const place = and(eq(authCodes.purpose, purpose), eq(authCodes.subject, subject))
        return db.select().from(authCodes).where(place).get() ?? null
      }),
    findByHash: async ({ purpose, secretHashes }) =>
      read('codes.findByHash', () => {
        const isOurs = and(
          inArray(authCodes.secretHash, [...secretHashes]),
          eq(authCodes.purpose, purpose),
        )
        return db.select().from(authCodes).where(isOurs).get() ?? null
      }),
    consume: async (input, effects) => write(db, 'codes.consume', () => consume(input, effects)),
    listByUser: async (userId) =>
      read('codes.listByUser', () =>
        db.select().from(authCodes).where(eq(authCodes.userId, userId)).all(),
      ),
  }
}

type Consume = CodeStore['consume']
type Outcome = Awaited<ReturnType<Consume>>

/** Nobody else writes between these statements, so a wrong code always meets the write that spends its try. */
function consumeWith({
  db,
  writer,
}: Access): (...[input, effects]: Parameters<Consume>) => Outcome {
  const isOpen = and(
    eq(authCodes.id, sql.placeholder('id')),
    gt(authCodes.attemptsLeft, 0),
    gt(authCodes.expiresAt, sql.param(sql.placeholder('now'), authCodes.expiresAt)),
  )
  const isRight = inArray(
    authCodes.secretHash,
    sql`(select value from json_each(${sql.placeholder('hashes')}))`,
  )
  const statements = once(() => ({
    useUp: db.delete(authCodes).where(and(isOpen, isRight)).prepare(),
    spend: db
      .update(authCodes)
      .set({ attemptsLeft: sql`${authCodes.attemptsLeft} - 1` })
      .where(isOpen)
      .returning({ attemptsLeft: authCodes.attemptsLeft })
      .prepare(),
  }))
  return ({ id, secretHashes, now }, effects) => {
    const { useUp, spend } = statements()
    if (useUp.run({ id, now, hashes: JSON.stringify(secretHashes) }).changes === 1) {
      writer.write(effects.consumed)
      return { status: 'consumed' }
    }
    const [spent] = spend.all({ id, now })
    if (spent === undefined) return { status: whyUnspent(db, id, now) }
    writer.write(effects.mismatch)
    return { status: 'mismatch', attemptsLeft: spent.attemptsLeft }
  }
}

function whyUnspent(
  db: SqliteDatabase,
  id: string,
  now: Date,
): 'not_found' | 'expired' | 'exhausted' {
  const code = db.select().from(authCodes).where(eq(authCodes.id, id)).get()
  if (code === undefined) return 'not_found'
  return code.expiresAt <= now ? 'expired' : 'exhausted'
}
