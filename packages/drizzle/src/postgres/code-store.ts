import type { CodeStore } from '@mindmesh/auth/ports'
import { and, eq, gt, inArray, notInArray, sql } from 'drizzle-orm'
import { read, writeAtOnce, type Access, type PostgresDatabase } from './database.ts'
import { effectParts, writeEffects } from './effects.ts'
import { authCodes } from './tables.ts'

/** Codes and links. */
export function codeStore({ db, prepare }: Access): CodeStore {
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
  return {
    issue: async (code, { codes = [], ...effects }) =>
      writeAtOnce('codes.issue', () => writeEffects(db, { ...effects, codes: [code, ...codes] })),
    find: async ({ purpose, subject }) => (await find({ purpose, subject }))[0] ?? null,
    findByHash: async ({ purpose, secretHashes }) => {
      const isOurs = and(
        inArray(authCodes.secretHash, [...secretHashes]),
        eq(authCodes.purpose, purpose),
      )
      const rows = await read('codes.findByHash', () => db.select().from(authCodes).where(isOurs))
      return rows[0] ?? null
    },
    consume: async (input, effects) =>
      writeAtOnce('codes.consume', () => consume(db, input, effects)),
    listByUser: async (userId) => listByUser({ userId }),
  }
}

type Consume = CodeStore['consume']
type ConsumeInput = Parameters<Consume>[0]
type ConsumeEffects = Parameters<Consume>[1]

async function consume(
  db: PostgresDatabase,
  input: ConsumeInput,
  effects: ConsumeEffects,
): Promise<Awaited<ReturnType<Consume>>> {
  const { consumedId, attemptsLeft } = await useUpOrSpend(db, input, effects)
  if (consumedId !== null) return { status: 'consumed' }
  if (attemptsLeft !== null) return { status: 'mismatch', attemptsLeft }
  return { status: await whyNeither(db, input) }
}

/**
 * One statement deletes the code if it is right and spends a try if it is not. The two writes are disjoint, as a
 * code's hash never changes; each waits for the row's lock, and then checks its own WHERE again on what is there.
 */
async function useUpOrSpend(
  db: PostgresDatabase,
  { id, secretHashes, now }: ConsumeInput,
  effects: ConsumeEffects,
): Promise<{ readonly consumedId: string | null; readonly attemptsLeft: number | null }> {
  const isOpen = and(
    eq(authCodes.id, id),
    gt(authCodes.attemptsLeft, 0),
    gt(authCodes.expiresAt, now),
  )
  const consumed = db.$with('consumed').as(
    db
      .delete(authCodes)
      .where(and(isOpen, inArray(authCodes.secretHash, [...secretHashes])))
      .returning({ id: authCodes.id }),
  )
  const spent = db.$with('spent').as(
    db
      .update(authCodes)
      .set({ attemptsLeft: sql`${authCodes.attemptsLeft} - 1` })
      .where(and(isOpen, notInArray(authCodes.secretHash, [...secretHashes])))
      .returning({ attemptsLeft: authCodes.attemptsLeft }),
  )
  const [outcome] = await db
    .with(
      consumed,
      spent,
      ...effectParts(db, effects.consumed, consumed, 'consumed'),
      ...effectParts(db, effects.mismatch, spent, 'mismatch'),
    )
    .select({
      consumedId: sql<string | null>`(select ${consumed.id} from ${consumed})`,
      attemptsLeft: sql<number | null>`(select ${spent.attemptsLeft} from ${spent})`,
    })
    .from(sql`(select 1) as step`)
    .$withCache(false)
  return outcome ?? { consumedId: null, attemptsLeft: null }
}

async function whyNeither(
  db: PostgresDatabase,
  { id, now }: ConsumeInput,
): Promise<'not_found' | 'expired' | 'exhausted'> {
  const [code] = await db.select().from(authCodes).where(eq(authCodes.id, id)).$withCache(false)
  if (code === undefined) return 'not_found'
  return code.expiresAt <= now ? 'expired' : 'exhausted'
}
