import type { CodeStore } from '@mindmesh/auth/ports'
import { codeAt, isLive, replaceCode, writeEffects } from './effects.ts'
import type { Rows, Tables } from './tables.ts'

type Consume = CodeStore['consume']

/** Codes and links. */
export function codeStore(tables: Tables): CodeStore {
  return {
    issue: async (code, effects) =>
      tables.write('codes.issue', { code, effects }, (rows, input) => {
        replaceCode(rows, input.code)
        writeEffects(rows, input.effects)
      }),
    find: async (place) => tables.read((rows) => codeAt(rows, place) ?? null),
    findByHash: async ({ purpose, secretHashes }) =>
      tables.read(
        (rows) =>
          [...rows.codes.values()].find(
            (c) => c.purpose === purpose && secretHashes.includes(c.secretHash),
          ) ?? null,
      ),
    consume: async (input, effects) =>
      tables.write('codes.consume', { ...input, effects }, consume),
    listByUser: async (userId) =>
      tables.read((rows) => [...rows.codes.values()].filter((c) => c.userId === userId)),
  }
}

function consume(
  rows: Rows,
  { id, secretHashes, now, effects }: Parameters<Consume>[0] & { effects: Parameters<Consume>[1] },
): Awaited<ReturnType<Consume>> {
  const code = rows.codes.get(id)
  if (code === undefined) return { status: 'not_found' }
  if (!isLive(code, now)) return { status: 'expired' }
  if (code.attemptsLeft <= 0) return { status: 'exhausted' }
  if (secretHashes.includes(code.secretHash)) {
    rows.codes.delete(id)
    writeEffects(rows, effects.consumed)
    return { status: 'consumed' }
  }
  const attemptsLeft = code.attemptsLeft - 1
  rows.codes.set(id, { ...code, attemptsLeft })
  writeEffects(rows, effects.mismatch)
  return { status: 'mismatch', attemptsLeft }
}
