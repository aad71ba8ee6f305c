import type { CodeRecord, CodeStore } from '@mindmesh/auth/ports'
import type { CodeRow, Queries } from './client.ts'
import { fromJson } from './columns.ts'
import { read, write, type PrismaDatabase } from './database.ts'
import { replaceCode, writeEffects } from './effects.ts'

/** Codes and links. */
export function codeStore(db: PrismaDatabase): CodeStore {
  return {
    issue: async (code, effects) =>
      write(db, 'codes.issue', async (tx) => {
        await replaceCode(db, tx, code)
        await writeEffects(db, tx, effects)
      }),
    find: async ({ purpose, subject }) =>
      read(db, 'codes.find', async ({ authCode }) =>
        codeOrNull(await authCode.findFirst({ where: { purpose, subject } })),
      ),
    findByHash: async ({ purpose, secretHashes }) =>
      read(db, 'codes.findByHash', async ({ authCode }) =>
        codeOrNull(
          await authCode.findFirst({ where: { secretHash: { in: [...secretHashes] }, purpose } }),
        ),
      ),
    consume: async (input, effects) =>
      write(db, 'codes.consume', async (tx) => consume(db, tx, input, effects)),
    listByUser: async (userId) =>
      read(db, 'codes.listByUser', async ({ authCode }) =>
        (await authCode.findMany({ where: { userId } })).map(codeOf),
      ),
  }
}

/** A code as the library sees it, if there is one. */
export function codeOrNull(row: CodeRow | null): CodeRecord | null {
  return row === null ? null : codeOf(row)
}

function codeOf(row: CodeRow): CodeRecord {
  return { ...row, payload: fromJson(row.payload) }
}

type Consume = CodeStore['consume']

/** The try is spent first: that write locks the row, and whoever comes next sees one try less, or no row. */
async function consume(
  db: PrismaDatabase,
  tx: Queries,
  { id, secretHashes, now }: Parameters<Consume>[0],
  effects: Parameters<Consume>[1],
): ReturnType<Consume> {
  const spent = await tx.authCode.updateMany({
    where: { id, attemptsLeft: { gt: 0 }, expiresAt: { gt: now } },
    data: { attemptsLeft: { decrement: 1 } },
  })
  if (spent.count === 0) return { status: await whyUnspent(tx, id, now) }
  const used = await tx.authCode.deleteMany({
    where: { id, secretHash: { in: [...secretHashes] } },
  })
  if (used.count === 1) {
    await writeEffects(db, tx, effects.consumed)
    return { status: 'consumed' }
  }
  // The row is locked by the write above: this reads what that one left.
  const left = await tx.authCode.findFirst({ where: { id }, select: { attemptsLeft: true } })
  if (left === null) throw new Error('The row that was just written is not there.')
  await writeEffects(db, tx, effects.mismatch)
  return { status: 'mismatch', attemptsLeft: left.attemptsLeft }
}

async function whyUnspent(
  tx: Queries,
  id: string,
  now: Date,
): Promise<'not_found' | 'expired' | 'exhausted'> {
  const code = await tx.authCode.findFirst({ where: { id } })
  if (code === null) return 'not_found'
  return code.expiresAt <= now ? 'expired' : 'exhausted'
}
