import { randomBytes } from 'node:crypto'
import { Lucia } from 'lucia'
import type { BenchDatabase } from '../engines/bench-engine.ts'

/** Lucia 3 with a session that lasts: its check of it, one query. */
export async function luciaSessionCheck(database: BenchDatabase): Promise<() => Promise<unknown>> {
  const lucia = new Lucia(database.lucia)
  const id = randomBytes(8).toString('hex')
  await database.execute(`insert into lucia_user (id, email) values ('${id}', '${id}@example.com')`)
  const session = await lucia.createSession(id, {})
  return async () => {
    const { user } = await lucia.validateSession(session.id)
    if (user === null) throw new Error('Lucia refused the session.')
    return user
  }
}
