import { inspect } from 'node:util'
import { StoreError } from '@mindmesh/auth'
import { drizzleSqlite, migrate } from '@mindmesh/auth-drizzle/sqlite'
import Database from 'better-sqlite3'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import { expect, test } from 'vitest'
import { ANNA, PASSWORD, testInstance } from './support/instance.ts'
import { leaked } from './support/leaked.ts'

test('secrets: an error of the database shows no password, code, token nor any hash of one', async () => {
  const client = new Database(':memory:')
  const db = drizzle(client)
  await migrate(db)
  const t = testInstance(drizzleSqlite(db))
  await t.register('anna')
  const { code } = await t.startLogin('anna')
  const hashes = client
    .prepare<[], { hash: string }>(
      'select password_hash as hash from users union select secret_hash from auth_codes',
    )
    .all()
  const secrets = new Set([PASSWORD, code, ...hashes.map(({ hash }) => hash)])
  client.exec('drop table auth_events; drop table auth_outbox')
  const { auth, otp, password } = t.mindmesh
  for (const call of [
    auth.register('berta@example.com', PASSWORD),
    auth.login(ANNA, PASSWORD),
    auth.verifyOtp(ANNA, code, 'login'),
    otp.send(ANNA, 'checkout'),
    password.requestReset(ANNA),
  ]) {
    const error: unknown = await call.catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(StoreError)
    const seen = inspect(error, { depth: Infinity, showHidden: true, maxStringLength: Infinity })
    expect(seen).toContain('The database could not carry out')
    expect(leaked(seen, secrets)).toEqual([])
    expect(seen).not.toMatch(/insert into|test\$[0-9a-f]/)
  }
  await t.mindmesh.close()
  client.close()
})
