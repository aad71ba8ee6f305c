import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { dialects, type OpenStore } from './engines.ts'
import { PASSWORD, SECRETS } from './support/instance.ts'
import { orNone } from './support/or-none.ts'
import { startProcesses, type ProcessGroup, type TestProcess } from './support/processes.ts'
import { startSmtpServer, type SmtpTestServer } from './support/smtp-test-server.ts'

type Job = { readonly path: string; readonly args: readonly unknown[] }
type Answer = { readonly value?: unknown; readonly code?: string }
type Worker = TestProcess<Job, Answer>

const shareable = dialects.filter((engine) => engine.isShareable)

describe.each(orNone(shareable))('two processes on $name', (engine) => {
  let server: SmtpTestServer
  let opened: OpenStore
  let group: ProcessGroup<Job, Answer>

  beforeAll(async () => {
    server = await startSmtpServer()
    opened = await engine.open()
    const settings = { address: opened.address, smtp: server.options, secrets: SECRETS }
    const script = new URL('support/journey-worker.mjs', import.meta.url)
    group = await startProcesses(script, { count: 2, settings })
  })
  afterAll(async () => {
    await group.close()
    await opened.close()
    await server.close()
  })

  const call = async (
    worker: Worker,
    path: string,
    ...args: readonly unknown[]
  ): Promise<Record<string, string>> => {
    const { value, code } = await worker.ask({ path, args })
    if (code !== undefined) throw new Error(`${path}: ${code}`)
    return value as Record<string, string>
  }
  const refusal = async (worker: Worker, path: string, ...args: readonly unknown[]) =>
    (await worker.ask({ path, args })).code

  async function received(to: string, subject: RegExp, count = 1): Promise<string> {
    return vi.waitFor(
      () => {
        const mails = server.received.filter((mail) => {
          const recipients = Array.isArray(mail.to) ? mail.to : [mail.to]
          return recipients.some((r) => r?.text === to) && subject.test(mail.subject ?? '')
        })
        if (mails.length < count) throw new Error(`The mail to ${to} is not there yet.`)
        return mails.at(-1)?.text ?? ''
      },
      { timeout: 10_000 },
    )
  }

  const codeIn = (text: string): string => /\b\d{6}\b/.exec(text)?.[0] ?? ''
  const tokenIn = (text: string): string => /[\w-]{43}/.exec(text)?.[0] ?? ''

  test('each walks the whole journey at once', async () => {
    const journey = async (worker: Worker, email: string): Promise<void> => {
      await call(worker, 'auth.register', email, PASSWORD)
      const { challengeId } = await call(worker, 'auth.login', email, PASSWORD)
      const code = codeIn(await received(email, /sign-in code/))
      const tokens = await call(worker, 'auth.verifyOtp', email, code, 'login', { challengeId })
      const user = await call(worker, 'auth.getUserFromToken', tokens['accessToken'])
      expect(user['email']).toBe(email)
      const next = await call(worker, 'auth.refresh', tokens['refreshToken'])
      const { sessionId } = await call(worker, 'auth.verifyAccessToken', next['accessToken'])
      await call(worker, 'auth.logout', sessionId)
      expect(await refusal(worker, 'auth.refresh', next['refreshToken'])).toBe('session_revoked')
      await call(worker, 'password.requestReset', email)
      const token = tokenIn(await received(email, /new password/))
      await call(worker, 'password.reset', token, 'another long password')
      expect(await refusal(worker, 'auth.login', email, PASSWORD)).toBe('invalid_credentials')
      await call(worker, 'auth.login', email, 'another long password')
      await received(email, /sign-in code/, 2)
    }
    const [one, two] = group.members
    const journeys = [1, 2, 3].flatMap((n) => [
      journey(one, `one${n}@example.com`),
      journey(two, `two${n}@example.com`),
    ])
    await Promise.all(journeys)
    const codes = server.received.filter((mail) => /sign-in code/.test(mail.subject ?? ''))
    expect(codes).toHaveLength(12)
  })

  test('one gets the address, one uses the code, both get the same successor', async () => {
    const twiceOnBoth = async (path: string, ...args: readonly unknown[]) => {
      const job = { path, args }
      return (await Promise.all([group.askAll(job), group.askAll(job)])).flat()
    }
    const email = 'shared@example.com'
    const registered = await twiceOnBoth('auth.register', email, PASSWORD)
    expect(registered.map((a) => a.code ?? 'ok').toSorted()).toEqual([
      'email_taken',
      'email_taken',
      'email_taken',
      'ok',
    ])
    await call(group.members[0], 'auth.login', email, PASSWORD)
    const code = codeIn(await received(email, /sign-in code/))
    const verified = await twiceOnBoth('auth.verifyOtp', email, code, 'login')
    const won = verified.filter((a) => a.code === undefined)
    expect(won).toHaveLength(1)
    const { refreshToken } = (won[0]?.value ?? {}) as Record<string, string>
    const refreshed = await twiceOnBoth('auth.refresh', refreshToken)
    const successors = refreshed.map((a) => (a.value as Record<string, string>)['refreshToken'])
    expect(new Set(successors).size).toBe(1)
  })
})
