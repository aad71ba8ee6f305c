import { MindmeshAuth, type PasswordHasher } from '@mindmesh/auth'
import { authHandler } from '@mindmesh/auth-http'
import type { AuthStore } from '@mindmesh/auth/ports'
import { captureMailer, fastHasher } from '@mindmesh/auth/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { argon2idHasher } from '../packages/core/src/password/password-hasher.ts'
import { connectSqlite } from './engines/sqlite.ts'
import type { Connection } from './engines/test-database.ts'
import { SECRETS } from './support/instance.ts'
import { signedRank, tellApart, type Comparison } from './support/tell-apart.ts'
import { wrappedStore } from './support/wrapped-store.ts'

/** One false alarm in about 300,000 comparisons, whatever the machine does meanwhile. */
const SURE = 4.5
/**
 * Less than this nobody measures from outside: that a row was found and read takes some microseconds more than that
 * there was none.
 */
const MARGIN_MS = 0.1
/** Nor is a quarter of a call a few microseconds, however quick the call. */
const MARGIN_SHARE = 0.25

const PEOPLE = 8
const known = (n: number): string => `known${n % PEOPLE}@example.com`
const unknown = (n: number): string => `nobody${n % PEOPLE}@example.com`

let connection: Connection
let store: AuthStore
const closing: (() => Promise<void>)[] = []

beforeEach(async () => {
  connection = await connectSqlite(':memory:')
  store = connection.openStore()
})
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
  await connection.close()
})

/** An instance whose limits nothing here reaches; the people are registered. */
async function openInstance(
  hasher: PasswordHasher,
  adapter: AuthStore = store,
): Promise<MindmeshAuth> {
  const plenty = { limit: 1_000_000 }
  const mindmesh = new MindmeshAuth({
    adapter,
    mailer: captureMailer(),
    passwordHasher: hasher,
    logger: { info() {}, warn() {}, error() {} },
    env: {},
    config: {
      ...SECRETS,
      mailDelivery: 'manual',
      limits: { loginFailures: plenty, loginPerIp: plenty, resetRequest: plenty },
    },
  })
  closing.push(async () => mindmesh.close())
  for (let n = 0; n < PEOPLE; n += 1)
    await mindmesh.auth.register(known(n), 'correct horse battery')
  return mindmesh
}

/** Compares a question about people who have an account with the same about people who have none. */
async function compare(
  pairs: number,
  ask: (email: string) => Promise<unknown>,
): Promise<Comparison> {
  const settled = async (email: string) => ask(email).catch(() => undefined)
  // The first of each kind compile code and insert the rows of the limits.
  await tellApart(
    PEOPLE * 5,
    async (n) => settled(known(n)),
    async (n) => settled(unknown(n)),
  )
  return tellApart(
    pairs,
    async (n) => settled(known(n)),
    async (n) => settled(unknown(n)),
  )
}

function isTold({ z, shiftMs, medianMs }: Comparison): boolean {
  const shift = Math.abs(shiftMs)
  return Math.abs(z) > SURE && (shift > MARGIN_MS || shift > MARGIN_SHARE * medianMs)
}

const realHasher = (): PasswordHasher =>
  argon2idHasher({
    memoryKiB: 19_456,
    iterations: 2,
    parallelism: 1,
    maxConcurrent: 1,
    maxQueued: 9,
  })

const login = (mindmesh: MindmeshAuth) => async (email: string) =>
  mindmesh.auth.login(email, 'a wrong password')
const forgot = (mindmesh: MindmeshAuth) => async (email: string) =>
  mindmesh.password.requestReset(email)

/** The same over the routes. */
function over(mindmesh: MindmeshAuth, path: string, body: object) {
  const handler = authHandler(mindmesh)
  return async (email: string): Promise<Response> => {
    const headers = { 'content-type': 'application/json' }
    const text = JSON.stringify({ ...body, email })
    const url = `https://app.example.com/auth${path}`
    const answer = await handler.fetch(new Request(url, { method: 'POST', headers, body: text }))
    await answer.text()
    return answer
  }
}

describe('time: nobody learns who has an account', () => {
  test('login, with the real hash', async () => {
    expect(await compare(60, login(await openInstance(realHasher())))).not.toSatisfy(isTold)
  })

  test('login, with a hash that costs nothing: all but the hash', async () => {
    expect(await compare(1000, login(await openInstance(fastHasher())))).not.toSatisfy(isTold)
  })

  test('login over HTTP', async () => {
    const body = { password: 'a wrong password', mode: 'token' }
    const ask = over(await openInstance(fastHasher()), '/login', body)
    expect(await compare(600, ask)).not.toSatisfy(isTold)
  })

  test('forgot password', async () => {
    expect(await compare(1000, forgot(await openInstance(fastHasher())))).not.toSatisfy(isTold)
  })

  test('forgot password over HTTP', async () => {
    const ask = over(await openInstance(fastHasher()), '/password/forgot', {})
    expect(await compare(600, ask)).not.toSatisfy(isTold)
  })
})

describe('time: what would tell is found', () => {
  test('login without the decoy', async () => {
    const hasher = realHasher()
    const decoy = 'no hash at all'
    // What is no hash is refused at once.
    const mindmesh = await openInstance({ ...hasher, decoyHash: () => decoy })
    expect(await compare(30, login(mindmesh))).toSatisfy(isTold)
  })

  test('a decoy of half the cost', async () => {
    const hasher = realHasher()
    const cheap = argon2idHasher({
      memoryKiB: 9728,
      iterations: 2,
      parallelism: 1,
      maxConcurrent: 1,
      maxQueued: 9,
    })
    const mindmesh = await openInstance({ ...hasher, decoyHash: () => cheap.decoyHash() })
    expect(await compare(30, login(mindmesh))).toSatisfy(isTold)
  })

  test('forgot password that writes nothing for nobody', async () => {
    const adapter = wrappedStore(store, async ({ name, args, proceed }) => {
      const [code] = args
      return name === 'codes.issue' && Object(code).userId === null ? undefined : proceed()
    })
    expect(await compare(300, forgot(await openInstance(fastHasher(), adapter)))).toSatisfy(isTold)
  })

  test('the statistic itself: a coin is none, a shift of a tenth of the noise is one', () => {
    const noise = Array.from({ length: 10_000 }, () => Math.random() - Math.random())
    expect(Math.abs(signedRank(noise))).toBeLessThan(SURE)
    expect(signedRank(noise.map((value) => value + 0.04))).toBeGreaterThan(SURE)
    expect(signedRank(noise.map((value) => value - 0.04))).toBeLessThan(-SURE)
    expect(signedRank([])).toBe(0)
    expect(signedRank([3, -1, 2])).toBeCloseTo(4 / Math.sqrt(14))
  })
})
