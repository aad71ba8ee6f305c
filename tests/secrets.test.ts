import { inspect } from 'node:util'
import { StoreError } from '@mindmesh/auth'
import { drizzleSqlite, migrate } from '@mindmesh/auth-drizzle/sqlite'
import Database from 'better-sqlite3'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { fakeProvider, personAt } from './support/fake-provider.ts'
import { ANNA, NEXT_PASSWORD, PASSWORD, SECRETS, testInstance } from './support/instance.ts'
import type { TestInstance } from './support/instance.ts'
import { wrongCode } from './support/wrong-code.ts'

const NEW = 'new@example.com'
const GUESS = 'a wrong password that somebody typed'

/** A secret as it might leak: as it is, and in the usual encodings. */
function spellings(secret: string): readonly string[] {
  const bytes = Buffer.from(secret)
  const base64 = bytes.toString('base64').replace(/=+$/, '')
  const hex = bytes.toString('hex')
  return [secret, base64, bytes.toString('base64url'), hex, hex.toUpperCase()]
}

/** Which of the secrets a text holds, in any spelling. */
function leaked(text: string, secrets: ReadonlySet<string>): readonly string[] {
  // Six digits also stand in ids and times: there, only a whole word counts.
  return [...secrets]
    .flatMap(spellings)
    .filter((spelling) =>
      /^\d{6}$/.test(spelling)
        ? new RegExp(`(?<![\\w.:-])${spelling}(?![\\w.:-])`).test(text)
        : text.includes(spelling),
    )
}

const hub = fakeProvider('hub')
let client: Database.Database
let t: TestInstance
/** Everything that was logged or thrown. */
let told: string[]
/** Everything that nobody but its owner may ever see. */
let secrets: Set<string>

beforeEach(async () => {
  client = new Database(':memory:')
  const db = drizzle(client)
  await migrate(db)
  told = []
  secrets = new Set([PASSWORD, NEXT_PASSWORD, GUESS, SECRETS.jwtSecret, SECRETS.refreshSecret])
  const log = (...line: readonly unknown[]): void => void told.push(inspectAll(line))
  t = testInstance(drizzleSqlite(db), {
    providers: [hub],
    config: { urls: { oauthCallback: 'https://app.test/:provider' } },
    logger: { info: log, warn: log, error: log },
  })
})
afterEach(async () => {
  await t.mindmesh.close()
  client.close()
})

/** All that there is to see of a value, causes and hidden properties included. */
function inspectAll(value: unknown): string {
  return inspect(value, { depth: Infinity, showHidden: true, maxStringLength: Infinity })
}

/** Carries out what is expected to fail, and keeps what it throws. */
async function failing(call: Promise<unknown>): Promise<void> {
  const error = await call.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(Error)
  told.push(String(error), JSON.stringify(error), inspectAll(error))
}

/** Every row of every table. */
function dump(): string {
  const names = client
    .prepare<[], { name: string }>(`select name from sqlite_master where type = 'table'`)
    .all()
  return JSON.stringify(
    names.map(({ name }) => [name, client.prepare(`select * from "${name}"`).all()]),
  )
}

async function keepCode(to: string): Promise<string> {
  const code = await t.newestCode(to)
  secrets.add(code)
  return code
}

async function keepToken(to: string): Promise<string> {
  const token = await t.newestToken(to)
  secrets.add(token)
  return token
}

function keepTokens(tokens: { accessToken: string; refreshToken: string }): typeof tokens {
  const { accessToken, refreshToken } = tokens
  for (const token of [accessToken, refreshToken, ...accessToken.split('.').slice(1)]) {
    secrets.add(token)
  }
  return tokens
}

/** Signs in with a provider, once with the code of another. */
async function visitProvider(look: () => void): Promise<void> {
  const { oauth } = t.mindmesh
  for (const code of ['a code that was given to another', undefined]) {
    const start = await oauth.authorize('hub')
    const { codeVerifier = '', nonce = '' } = hub.requests.get(start.state) ?? {}
    const answer = hub.consent(start, personAt(ANNA))
    for (const secret of [start.state, codeVerifier, nonce, code ?? answer.code]) {
      secrets.add(secret)
    }
    look()
    if (code === undefined) {
      const result = await oauth.callback('hub', answer)
      if ('accessToken' in result) keepTokens(result)
    } else await failing(oauth.callback('hub', { ...answer, code }))
  }
}

/** One person's way through everything; `look` is called wherever something secret is under way. */
async function everything(look: () => void): Promise<void> {
  const { auth, otp, password, session, user } = t.mindmesh
  const { id } = await t.register('anna')
  await failing(auth.login(ANNA, GUESS))
  await failing(auth.register(ANNA, PASSWORD))
  await failing(auth.register('berta@example.com', 'berta@example.com'))
  await auth.login(ANNA, PASSWORD)
  look()
  const code = await keepCode(ANNA)
  await failing(auth.verifyOtp(ANNA, wrongCode(code), 'login'))
  const tokens = keepTokens(await auth.verifyOtp(ANNA, code, 'login'))
  await failing(auth.verifyOtp(ANNA, code, 'login'))
  const next = keepTokens(await auth.refresh(tokens.refreshToken))
  await failing(auth.refresh(`${next.refreshToken.slice(0, -4)}AAAA`))
  await failing(auth.verifyAccessToken(`${next.accessToken}x`))
  const { sessionId } = await auth.verifyAccessToken(next.accessToken)
  await failing(session.reauthenticate(sessionId, GUESS))
  await session.reauthenticate(sessionId, PASSWORD)
  await otp.send('guest@example.com', 'checkout')
  look()
  const own = await keepCode('guest@example.com')
  await otp.verify('guest@example.com', wrongCode(own), 'checkout')
  await otp.verify('guest@example.com', own, 'checkout')
  await user.requestEmailChange(id, NEW)
  look()
  const confirm = await keepToken(NEW)
  await user.confirmEmailChange(confirm)
  look()
  const undo = await keepToken(ANNA)
  await failing(user.confirmEmailChange(confirm))
  await user.undoEmailChange(undo)
  await failing(user.undoEmailChange(undo))
  await failing(password.change(id, GUESS, NEXT_PASSWORD))
  await password.change(id, PASSWORD, NEXT_PASSWORD)
  await password.requestReset(ANNA)
  look()
  const reset = await keepToken(ANNA)
  await failing(password.reset(reset, 'password1'))
  await password.reset(reset, PASSWORD)
  await failing(password.reset(reset, PASSWORD))
  await visitProvider(look)
  await user.block(id, { reason: 'fraud' })
  await failing(auth.login(ANNA, PASSWORD))
  await user.unblock(id)
  for (let n = 0; n < 11; n += 1) await failing(auth.login(ANNA, GUESS))
  told.push(inspectAll(await user.export(id)), inspectAll(await t.mindmesh.events.list()))
  look()
}

describe('secrets', () => {
  test('no table, log line, error, event or export holds a code, token or password', async () => {
    let seen = ''
    await everything(() => {
      seen += dump()
    })
    seen += dump()
    expect(leaked(seen, secrets)).toEqual([])
    expect(leaked(told.join('\n'), secrets)).toEqual([])
    // What is looked for would be found.
    expect(secrets.size).toBeGreaterThan(15)
    expect(seen).toContain(ANNA)
    expect(told.join('\n')).toContain('invalid_credentials')
    for (const secret of secrets) {
      for (const spelling of spellings(secret)) {
        expect(leaked(`${seen}"${spelling}"`, secrets)).toContain(spelling)
      }
    }
  })

  test('no mail shows a password or token of a session, and only its own code or link', async () => {
    await everything(() => undefined)
    for (const { subject, text, html } of t.mailer.sent) {
      expect(leaked(subject, secrets)).toEqual([])
      const shown = new Set([...leaked(text, secrets), ...leaked(html, secrets)])
      expect(shown.size).toBeLessThanOrEqual(1)
    }
    const all = JSON.stringify(t.mailer.sent)
    expect(leaked(all, new Set([PASSWORD, NEXT_PASSWORD, GUESS]))).toEqual([])
  })

  test('an error of the database shows no password, code, token nor any hash of one', async () => {
    await t.register('anna')
    const { code } = await t.startLogin('anna')
    secrets.add(code)
    const hashes = client
      .prepare<[], { hash: string }>(
        'select password_hash as hash from users union select secret_hash from auth_codes',
      )
      .all()
    for (const { hash } of hashes) secrets.add(hash)
    client.exec('drop table auth_events; drop table auth_outbox')
    const { auth, otp, password } = t.mindmesh
    const before = told.length
    for (const call of [
      auth.register('berta@example.com', PASSWORD),
      auth.login(ANNA, PASSWORD),
      auth.verifyOtp(ANNA, code, 'login'),
      otp.send(ANNA, 'checkout'),
      password.requestReset(ANNA),
    ]) {
      await expect(call).rejects.toBeInstanceOf(StoreError)
      await failing(call)
    }
    const errors = told.slice(before).join('\n')
    expect(leaked(errors, secrets)).toEqual([])
    expect(errors).toContain('The database could not carry out')
    expect(errors).not.toMatch(/insert into|test\$[0-9a-f]/)
  })
})
