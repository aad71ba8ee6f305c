import { inspect } from 'node:util'
import type { OAuthResult, Tokens } from '@mindmesh/auth'
import { expect } from 'vitest'
import { leaked, spellings } from '../support/leaked.ts'
import { fakeProvider, personAt } from '../support/fake-provider.ts'
import type { FlowTest } from '../support/flow-test.ts'
import {
  ANNA,
  NEXT_PASSWORD,
  PASSWORD,
  SECRETS,
  testInstance,
  type TestInstance,
} from '../support/instance.ts'
import { wrongCode } from '../support/wrong-code.ts'

const NEW = 'new@example.com'
const GUEST = 'guest@example.com'
const GUESS = 'a wrong password that somebody typed'

/** What was seen on the way of one person through everything. */
interface Sight {
  /** What nobody but its owner may ever see. */
  readonly secrets: ReadonlySet<string>
  /** Every table, wherever something secret was under way. */
  readonly tables: string
  /** Everything that was logged, thrown, recorded or exported. */
  readonly told: string
  readonly mails: TestInstance['mailer']['sent']
}

/** All that there is to see of a value, causes and hidden properties included. */
function inspectAll(value: unknown): string {
  return inspect(value, { depth: Infinity, showHidden: true, maxStringLength: Infinity })
}

function signedInOf(result: OAuthResult): Tokens {
  if ('accessToken' in result) return result
  throw new Error('The provider was expected to be enough.')
}

/** Walks one person through everything. */
async function walk(t: TestInstance, dump: () => Promise<string>): Promise<Sight> {
  const secrets = new Set([
    PASSWORD,
    NEXT_PASSWORD,
    GUESS,
    SECRETS.jwtSecret,
    SECRETS.refreshSecret,
  ])
  const told: string[] = []
  const hub = fakeProvider('hub')
  const log = (...line: readonly unknown[]): void => void told.push(inspectAll(line))
  const { mindmesh, mailer, newestCode, newestToken, register } = testInstance(t.store, {
    clock: t.clock,
    providers: [hub],
    config: { urls: { oauthCallback: 'https://app.test/:provider' } },
    logger: { info: log, warn: log, error: log },
  })
  const { auth, oauth, otp, password, session, user } = mindmesh
  let tables = ''
  const look = async (): Promise<void> => {
    tables += await dump()
  }
  const keep = (secret: string): string => {
    secrets.add(secret)
    return secret
  }
  const keepTokens = (tokens: Tokens): Tokens => {
    const parts = tokens.accessToken.split('.').slice(1)
    for (const each of [tokens.accessToken, tokens.refreshToken, ...parts]) keep(each)
    return tokens
  }
  const failing = async (call: Promise<unknown>): Promise<void> => {
    const error: unknown = await call.catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(Error)
    told.push(String(error), JSON.stringify(error), inspectAll(error))
  }
  const { id } = await register('anna')
  await failing(auth.login(ANNA, GUESS))
  await failing(auth.register(ANNA, PASSWORD))
  await failing(auth.register('berta@example.com', 'berta@example.com'))
  await auth.login(ANNA, PASSWORD)
  await look()
  const code = keep(await newestCode(ANNA))
  await failing(auth.verifyOtp(ANNA, wrongCode(code), 'login'))
  const tokens = keepTokens(await auth.verifyOtp(ANNA, code, 'login'))
  await failing(auth.verifyOtp(ANNA, code, 'login'))
  const next = keepTokens(await auth.refresh(tokens.refreshToken))
  await failing(auth.refresh(`${next.refreshToken.slice(0, -4)}AAAA`))
  await failing(auth.verifyAccessToken(`${next.accessToken}x`))
  const { sessionId } = await auth.verifyAccessToken(next.accessToken)
  await failing(session.reauthenticate(sessionId, GUESS))
  await session.reauthenticate(sessionId, PASSWORD)
  await otp.send(GUEST, 'checkout')
  await look()
  const own = keep(await newestCode(GUEST))
  await otp.verify(GUEST, wrongCode(own), 'checkout')
  await otp.verify(GUEST, own, 'checkout')
  await user.requestEmailChange(id, NEW)
  await look()
  const confirm = keep(await newestToken(NEW))
  await user.confirmEmailChange(confirm)
  await look()
  const undo = keep(await newestToken(ANNA))
  await failing(user.confirmEmailChange(confirm))
  await user.undoEmailChange(undo)
  await failing(user.undoEmailChange(undo))
  await failing(password.change(id, GUESS, NEXT_PASSWORD))
  await password.change(id, PASSWORD, NEXT_PASSWORD)
  await password.requestReset(ANNA)
  await look()
  const reset = keep(await newestToken(ANNA))
  await failing(password.reset(reset, 'password1'))
  await password.reset(reset, PASSWORD)
  await failing(password.reset(reset, PASSWORD))
  for (const other of ['a code that was given to another', undefined]) {
    const start = await oauth.authorize('hub')
    const { codeVerifier = '', nonce = '' } = hub.requests.get(start.state) ?? {}
    const answer = hub.consent(start, personAt(ANNA))
    for (const secret of [start.state, codeVerifier, nonce, other ?? answer.code]) keep(secret)
    await look()
    const given = oauth.callback('hub', { ...answer, code: other ?? answer.code })
    if (other === undefined) keepTokens(signedInOf(await given))
    else await failing(given)
  }
  await user.block(id, { reason: 'fraud' })
  await failing(auth.login(ANNA, PASSWORD))
  await user.unblock(id)
  for (let n = 0; n < 11; n += 1) await failing(auth.login(ANNA, GUESS))
  told.push(inspectAll(await user.export(id)), inspectAll(await mindmesh.events.list()))
  await look()
  return { secrets, tables, told: told.join('\n'), mails: mailer.sent }
}

/** No code, token or password shows where it should not. */
export function secretsKept(test: FlowTest): void {
  test('secrets: no table, log line, error, event or export holds a code, token or password', async ({
    t,
    dump,
  }) => {
    const { secrets, tables, told } = await walk(t, dump)
    expect(leaked(tables, secrets)).toEqual([])
    expect(leaked(told, secrets)).toEqual([])
    // What is looked for would be found.
    expect(secrets.size).toBeGreaterThan(15)
    expect(tables).toContain(ANNA)
    expect(told).toContain('invalid_credentials')
    for (const secret of secrets) {
      for (const spelling of spellings(secret)) {
        expect(leaked(`"${spelling}"`, secrets)).toContain(spelling)
      }
    }
  })

  test('secrets: a mail shows its own code or link, and no password nor token of a session', async ({
    t,
    dump,
  }) => {
    const { secrets, mails } = await walk(t, dump)
    for (const { subject, text, html } of mails) {
      expect(leaked(subject, secrets)).toEqual([])
      const shown = new Set([...leaked(text, secrets), ...leaked(html, secrets)])
      expect(shown.size).toBeLessThanOrEqual(1)
    }
    const passwords = new Set([PASSWORD, NEXT_PASSWORD, GUESS])
    expect(leaked(JSON.stringify(mails), passwords)).toEqual([])
  })
}
