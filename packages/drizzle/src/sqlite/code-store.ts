import type { CodeStore } from '@mindmesh/auth/ports'
import { and, eq, gt, inArray, sql } from 'drizzle-orm'
import { read, write, type SqliteDatabase } from './database.ts'
import { replaceCode, writeEffects } from './effects.ts'
import { authCodes } from './tables.ts'

/** Codes and links. */
export function codeStore(db: SqliteDatabase): CodeStore {
  return {
    issue: async (code, effects) =>
      write(db, 'codes.issue', (tx) => {
        replaceCode(tx, code)
        writeEffects(tx, effects)
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
    consume: async (input, effects) =>
      write(db, 'codes.consume', (tx) => consume(tx, input, effects)),
    listByUser: async (userId) =>
      read('codes.listByUser', () =>
        db.select().from(authCodes).where(eq(authCodes.userId, userId)).all(),
      ),
  }
}

type Consume = CodeStore['consume']

/** Nobody else writes between these statements, so a wrong code always meets the write that spends its try. */
function consume(
  tx: SqliteDatabase,
  { id, secretHashes, now }: Parameters<Consume>[0],
  effects: Parameters<Consume>[1],
): Awaited<ReturnType<Consume>> {
  const isOpen = and(
    eq(authCodes.id, id),
    gt(authCodes.attemptsLeft, 0),
    gt(authCodes.expiresAt, now),
  )
  const isRight = inArray(authCodes.secretHash, [...secretHashes])
  if (tx.delete(authCodes).where(and(isOpen, isRight)).run().changes === 1) {
    writeEffects(tx, effects.consumed)
    return { status: 'consumed' }
  }
  const [spent] = tx
    .update(authCodes)
    .set({ attemptsLeft: sql`${authCodes.attemptsLeft} - 1` })
    .where(isOpen)
    .returning({ attemptsLeft: authCodes.attemptsLeft })
    .all()
  if (spent === undefined) return { status: whyUnspent(tx, id, now) }
  writeEffects(tx, effects.mismatch)
  return { status: 'mismatch', attemptsLeft: spent.attemptsLeft }
}

function whyUnspent(
  tx: SqliteDatabase,
  id: string,
  now: Date,
): 'not_found' | 'expired' | 'exhausted' {
  const code = tx.select().from(authCodes).where(eq(authCodes.id, id)).get()
  if (code === undefined) return 'not_found'
  return code.expiresAt <= now ? 'expired' : 'exhausted'
}
