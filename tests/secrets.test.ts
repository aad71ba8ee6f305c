import { drizzleSqlite, migrate } from '@mindmesh/auth-drizzle/sqlite'
import Database from 'better-sqlite3'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import { expect, test } from 'vitest'
import { PASSWORD, SECRETS, testInstance } from './support/instance.ts'

const ANNA = 'anna@example.com'

/** A secret as it might leak: as it is, and in the usual encodings. */
function spellings(secret: string): readonly string[] {
  const bytes = Buffer.from(secret)
  const base64 = bytes.toString('base64').replace(/=+$/, '')
  return [secret, base64, bytes.toString('base64url'), bytes.toString('hex')]
}

function leaked(text: string, secrets: readonly string[]): readonly string[] {
  // Six digits also stand in ids and times: there, only a whole word counts.
  return secrets
    .flatMap(spellings)
    .filter((spelling) =>
      /^\d{6}$/.test(spelling) ? new RegExp(`"${spelling}"`).test(text) : text.includes(spelling),
    )
}

test('secrets: no table, log line, error or event holds a code, token or password', async () => {
  const client = new Database(':memory:')
  const db = drizzle(client)
  await migrate(db)
  const told: unknown[] = []
  const log = (message: string, fields?: object): void => void told.push(message, fields)
  const t = testInstance(drizzleSqlite(db), { logger: { info: log, warn: log, error: log } })
  const secrets: string[] = [PASSWORD, 'wrong password', SECRETS.jwtSecret, SECRETS.refreshSecret]
  const failing = async (call: Promise<unknown>): Promise<void> => {
    await call.catch((error: unknown) => {
      told.push(String(error), JSON.stringify(error), error instanceof Error ? error.stack : '')
    })
  }

  const { id } = await t.register('anna')
  await failing(t.mindmesh.auth.login(ANNA, 'wrong password'))
  await failing(t.mindmesh.auth.register(ANNA, PASSWORD))
  const { code, challengeId } = await t.startLogin('anna')
  secrets.push(code)
  await failing(t.mindmesh.auth.verifyOtp(ANNA, '000000', 'login'))
  const tokens = await t.mindmesh.auth.verifyOtp(ANNA, code, 'login', { challengeId })
  const next = await t.mindmesh.auth.refresh(tokens.refreshToken)
  secrets.push(tokens.accessToken, tokens.refreshToken, next.accessToken, next.refreshToken)
  await failing(t.mindmesh.auth.refresh(`${next.refreshToken.slice(0, -4)}AAAA`))
  await t.mindmesh.password.requestReset(ANNA)
  await t.mindmesh.user.requestEmailChange(id, 'new@example.com')
  const dumpBefore = dump(client)
  secrets.push(await t.newestToken(ANNA), await t.newestToken('new@example.com'))
  await failing(t.mindmesh.password.reset(await t.newestToken(ANNA), 'password1'))
  const everything = `${dumpBefore}\n${dump(client)}\n${JSON.stringify(told)}`
  expect(leaked(everything, secrets)).toEqual([])
  expect(everything).toContain('anna@example.com')
  expect(leaked(`${everything}"${code}"`, secrets)).toEqual([code])
  await t.mindmesh.close()
})

function dump(client: Database.Database): string {
  const names = client.prepare<[], { name: string }>(
    `select name from sqlite_master where type = 'table'`,
  )
  const rows = names.all().map(({ name }) => client.prepare(`select * from "${name}"`).all())
  expect(rows.flat().length).toBeGreaterThan(5)
  return JSON.stringify(rows)
}
