import { drizzleSqlite, migrate } from '@mindmesh/auth-drizzle/sqlite'
import Database from 'better-sqlite3'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { outcomeOf } from './support/code-of.ts'
import { ANNA, testInstance, type TestInstance } from './support/instance.ts'

const NOBODY = 'nobody@example.com'

let client: Database.Database
let t: TestInstance
/** Every statement that the driver was given, in its order, with its parameters left out. */
let statements: string[]

beforeEach(async () => {
  statements = []
  client = new Database(':memory:', {
    verbose: (statement) => statements.push(withoutParameters(String(statement))),
  })
  const db = drizzle(client)
  await migrate(db)
  t = testInstance(drizzleSqlite(db))
  await t.register('anna')
  await t.register('berta')
})
afterEach(async () => {
  await t.mindmesh.close()
  client.close()
})

/** The driver fills parameters in, long ones shortened. Names of columns stand in double quotes and stay. */
function withoutParameters(statement: string): string {
  return statement
    .replaceAll(/\/\*\+\d+ bytes\*\//g, '')
    .replaceAll(/'(?:[^']|'')*'/g, '?')
    .replaceAll(/(?<![\w"])\d+(?:\.\d+)?(?![\w"])/g, '?')
    .replaceAll(/(?<![\w"])null(?![\w"])/gi, '?')
}

async function statementsOf(action: () => Promise<unknown>): Promise<readonly string[]> {
  statements = []
  await outcomeOf(action())
  return [...statements]
}

test('statements: a wrong password costs the same, in the same order, for a known and an unknown address', async () => {
  const { auth } = t.mindmesh
  const known = await statementsOf(async () => auth.login(ANNA, 'wrong password'))
  expect(known.length).toBeGreaterThan(3)
  expect(await statementsOf(async () => auth.login(NOBODY, 'wrong password'))).toEqual(known)
  const { id } = (await t.mindmesh.user.getByEmail('berta@example.com')) ?? { id: '' }
  await t.mindmesh.user.block(id)
  const blocked = await statementsOf(async () => auth.login('berta@example.com', 'wrong password'))
  expect(blocked).toEqual(known)
})

test('statements: a sign-in code that nobody asked for costs the same for a known and an unknown address', async () => {
  const verify = async (email: string) =>
    statementsOf(async () => t.mindmesh.auth.verifyOtp(email, '000000', 'login'))
  const known = await verify(ANNA)
  expect(known).toHaveLength(1)
  expect(await verify(NOBODY)).toEqual(known)
})

test('statements: a reset request costs the same, in the same order, for a known and an unknown address', async () => {
  const { password, mail } = t.mindmesh
  for (let round = 0; round < 2; round += 1) {
    const known = await statementsOf(async () => password.requestReset(ANNA))
    const delivered = await statementsOf(async () => mail.deliverDue())
    expect(known.length).toBeGreaterThan(5)
    expect(await statementsOf(async () => password.requestReset(NOBODY))).toEqual(known)
    expect(await statementsOf(async () => mail.deliverDue())).toEqual(delivered)
  }
})

test('statements: an email_verify code costs the same for a known and an unknown address', async () => {
  const { otp } = t.mindmesh
  const known = await statementsOf(async () => otp.send(ANNA, 'email_verify'))
  expect(await statementsOf(async () => otp.send(NOBODY, 'email_verify'))).toEqual(known)
})

test('statements: a session check is one', async () => {
  const { accessToken } = await t.signIn('anna')
  const check = await statementsOf(async () => t.mindmesh.auth.getUserFromToken(accessToken))
  expect(check).toHaveLength(1)
  const verified = await statementsOf(async () => t.mindmesh.auth.verifyAccessToken(accessToken))
  expect(verified).toEqual([])
})
