import type { CodeStore } from '@mindmesh/auth/ports'
import { and, eq, gt, inArray, not, sql } from 'drizzle-orm'
import { read, type Access, type PostgresDatabase } from './database.ts'
import { effectParts, effectSlots, effectsStatement, effectValues } from './effects.ts'
import { authCodes } from './tables.ts'

/** Codes and links. */
export function codeStore(access: Access): CodeStore {
  const { db, prepare, prepareWrite } = access
  const find = prepare(
    'codes.find',
    db
      .select()
      .from(authCodes)
      .where(
        and(
          eq(authCodes.purpose, sql.placeholder('purpose')),
          eq(authCodes.subject, sql.placeholder('subject')),
        ),
      ),
  )
  const listByUser = prepare(
    'codes.listByUser',
    db
      .select()
      .from(authCodes)
      .where(eq(authCodes.userId, sql.placeholder('userId'))),
  )
  const issue = prepareWrite('codes.issue', effectsStatement(db, effectSlots('effect')))
  return {
    issue: async (code, { codes = [], ...effects }) => {
      await issue(effectValues('effect', { ...effects, codes: [code, ...codes] }))
    },
    find: async ({ purpose, subject }) => (await find({ purpose, subject }))[0] ?? null,
    findByHash: async ({ purpose, secretHashes }) => {
      const isOurs = and(
        inArray(authCodes.secretHash, [...secretHashes]),
        eq(authCodes.purpose, purpose),
      )
      const rows = await read('codes.findByHash', () => db.select().from(authCodes).where(isOurs))
      return rows[0] ?? null
    },
    consume: consumeWith(access),
    listByUser: async (userId) => listByUser({ userId }),
  }
}

function consumeWith(access: Access): CodeStore['consume'] {
  const useUpOrSpend = access.prepareWrite('codes.consume', useUpOrSpendStatement(access.db))
  return async ({ id, secretHashes, now }, effects) => {
    const [outcome] = await useUpOrSpend({
      id,
      now,
      secretHashes: JSON.stringify(secretHashes),
      ...effectValues('consumed', effects.consumed),
      ...effectValues('mismatch', effects.mismatch),
    })
    const attemptsLeft = outcome?.attemptsLeft ?? null
    if (outcome !== undefined && outcome.consumedId !== null) return { status: 'consumed' }
    if (attemptsLeft !== null) return { status: 'mismatch', attemptsLeft }
    return { status: await whyNeither(access.db, id, now) }
  }
}

/**
 * One statement deletes the code if it is right and spends a try if it is not. The two writes are disjoint, as a
 * code's hash never changes; each waits for the row's lock, and then checks its own WHERE again on what is there.
 */
function useUpOrSpendStatement(db: PostgresDatabase) {
  const isOpen = and(
    eq(authCodes.id, sql.placeholder('id')),
    gt(authCodes.attemptsLeft, 0),
    gt(authCodes.expiresAt, sql.param(sql.placeholder('now'), authCodes.expiresAt)),
  )
  // An operator on a constant: no table is looked into.
  const isRight = sql`${sql.placeholder('secretHashes')}::text::jsonb ? ${authCodes.secretHash}`
  const consumed = db
    .$with('consumed')
    .as(db.delete(authCodes).where(and(isOpen, isRight)).returning({ id: authCodes.id }))
  const spent = db.$with('spent').as(
    db
      .update(authCodes)
      .set({ attemptsLeft: sql`${authCodes.attemptsLeft} - 1` })
      .where(and(isOpen, not(isRight)))
      .returning({ attemptsLeft: authCodes.attemptsLeft }),
  )
  return db
    .with(
      consumed,
      spent,
      ...effectParts(db, effectSlots('consumed'), consumed, 'consumed'),
      ...effectParts(db, effectSlots('mismatch'), spent, 'mismatch'),
    )
    .select({
      consumedId: sql<string | null>`(select ${consumed.id} from ${consumed})`,
      attemptsLeft: sql<number | null>`(select ${spent.attemptsLeft} from ${spent})`,
    })
    .from(sql`(select 1) as step`)
}

async function whyNeither(
  db: PostgresDatabase,
  id: string,
  now: Date,
): Promise<'not_found' | 'expired' | 'exhausted'> {
  const [code] = await db.select().from(authCodes).where(eq(authCodes.id, id)).$withCache(false)
  if (code === undefined) return 'not_found'
  return code.expiresAt <= now ? 'expired' : 'exhausted'
}
