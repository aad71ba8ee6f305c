import type { CodeStore } from '@mindmesh/auth/ports'
import { and, eq, gt, inArray, sql } from 'drizzle-orm'
import {
  affectedRows,
  guarded,
  read,
  readOne,
  write,
  type MysqlDatabase,
  type MysqlTransaction,
} from './database.ts'
import { replaceCode, writeEffects } from './effects.ts'
import { authCodes } from './tables.ts'

/** Codes and links. */
export function codeStore(db: MysqlDatabase): CodeStore {
  return {
    issue: async (code, effects) =>
      write(db, 'codes.issue', async (tx) => {
        await replaceCode(tx, code)
        await writeEffects(tx, effects)
      }),
    find: async ({ purpose, subject }) =>
      readOne(db, 'codes.find', async () => {
        const place = and(eq(authCodes.purpose, purpose), eq(authCodes.subject, subject))
        return db.orm.select().from(authCodes).where(place)
      }),
    findByHash: async ({ purpose, secretHashes }) =>
      readOne(db, 'codes.findByHash', async () => {
        const isOurs = and(
          inArray(authCodes.secretHash, [...secretHashes]),
          eq(authCodes.purpose, purpose),
        )
        return db.orm.select().from(authCodes).where(isOurs)
      }),
    consume: async (input, effects) =>
      write(db, 'codes.consume', async (tx) => consume(tx, input, effects)),
    listByUser: async (userId) =>
      read(db, 'codes.listByUser', async () =>
        db.orm.select().from(authCodes).where(eq(authCodes.userId, userId)),
      ),
  }
}

type Consume = CodeStore['consume']

/** The try is spent first: that write locks the row, and whoever comes next sees one try less, or no row. */
async function consume(
  tx: MysqlTransaction,
  { id, secretHashes, now }: Parameters<Consume>[0],
  effects: Parameters<Consume>[1],
): ReturnType<Consume> {
  const isOpen = guarded(
    eq(authCodes.id, id),
    gt(authCodes.attemptsLeft, 0),
    gt(authCodes.expiresAt, now),
  )
  // The server sends back what it stores: LAST_INSERT_ID(n) is the `insertId` of the answer.
  const oneLess = sql`last_insert_id(${authCodes.attemptsLeft} - 1)`
  const [spent] = await tx.update(authCodes).set({ attemptsLeft: oneLess }).where(isOpen)
  if (spent.affectedRows === 0) return { status: await whyUnspent(tx, id, now) }
  const isRight = guarded(eq(authCodes.id, id), inArray(authCodes.secretHash, [...secretHashes]))
  if ((await affectedRows(tx.delete(authCodes).where(isRight))) === 1) {
    await writeEffects(tx, effects.consumed)
    return { status: 'consumed' }
  }
  await writeEffects(tx, effects.mismatch)
  return { status: 'mismatch', attemptsLeft: spent.insertId }
}

async function whyUnspent(
  tx: MysqlTransaction,
  id: string,
  now: Date,
): Promise<'not_found' | 'expired' | 'exhausted'> {
  const [code] = await tx.select().from(authCodes).where(eq(authCodes.id, id))
  if (code === undefined) return 'not_found'
  return code.expiresAt <= now ? 'expired' : 'exhausted'
}
