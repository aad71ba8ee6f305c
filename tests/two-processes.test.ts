import { fork, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { PASSWORD, SECRETS } from './support/instance.ts'
import { startSmtpServer, type SmtpTestServer } from './support/smtp-test-server.ts'

type Answer = { readonly value?: unknown; readonly code?: string }

/** Another process with an instance of its own on the same file. */
class Worker {
  readonly #child: ChildProcess
  readonly #waiting = new Map<number, (answer: Answer) => void>()
  #next = 0

  constructor(script: string, settings: object) {
    const env = { ...process.env, WORKER_SETTINGS: JSON.stringify(settings) }
    this.#child = fork(script, { env, execArgv: [] })
    this.#child.on('message', (message: { id: number } & Answer) => {
      this.#waiting.get(message.id)?.(message)
    })
  }

  async ready(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#child.once('message', () => resolve())
      this.#child.once('exit', (code) => reject(new Error(`The worker ended with ${code}.`)))
    })
  }

  async try(path: string, ...args: readonly unknown[]): Promise<Answer> {
    this.#next += 1
    const id = this.#next
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve)
      this.#child.send({ id, path, args })
    })
  }

  async call(path: string, ...args: readonly unknown[]): Promise<Record<string, string>> {
    const { value, code } = await this.try(path, ...args)
    if (code !== undefined) throw new Error(`${path}: ${code}`)
    return value as Record<string, string>
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once('exit', resolve))
    this.#child.send({ id: 0, path: 'close', args: [] })
    await ended
  }
}

let server: SmtpTestServer
let folder: string
let workers: readonly [Worker, Worker]

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mindmesh-two-'))
  const script = fileURLToPath(new URL('support/journey-worker.mjs', import.meta.url))
  server = await startSmtpServer()
  const settings = {
    file: join(folder, 'auth.db'),
    smtp: server.options,
    secrets: SECRETS,
  }
  workers = [new Worker(script, settings), new Worker(script, settings)]
  await Promise.all(workers.map(async (worker) => worker.ready()))
})
afterAll(async () => {
  await Promise.all(workers.map(async (worker) => worker.close()))
  await server.close()
  rmSync(folder, { recursive: true })
})

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

test('two processes on one file: each walks the whole journey at once', async () => {
  const journey = async (worker: Worker, email: string): Promise<void> => {
    await worker.call('auth.register', email, PASSWORD)
    const { challengeId } = await worker.call('auth.login', email, PASSWORD)
    const code = codeIn(await received(email, /sign-in code/))
    const tokens = await worker.call('auth.verifyOtp', email, code, 'login', { challengeId })
    const user = await worker.call('auth.getUserFromToken', tokens['accessToken'])
    expect(user['email']).toBe(email)
    const next = await worker.call('auth.refresh', tokens['refreshToken'])
    const { sessionId } = await worker.call('auth.verifyAccessToken', next['accessToken'])
    await worker.call('auth.logout', sessionId)
    expect((await worker.try('auth.refresh', next['refreshToken'])).code).toBe('session_revoked')
    await worker.call('password.requestReset', email)
    const token = tokenIn(await received(email, /new password/))
    await worker.call('password.reset', token, 'another long password')
    expect((await worker.try('auth.login', email, PASSWORD)).code).toBe('invalid_credentials')
    await worker.call('auth.login', email, 'another long password')
    await received(email, /sign-in code/, 2)
  }
  const [one, two] = workers
  await Promise.all([
    ...[1, 2, 3].map(async (n) => journey(one, `one${n}@example.com`)),
    ...[1, 2, 3].map(async (n) => journey(two, `two${n}@example.com`)),
  ])
  const codes = server.received.filter((mail) => /sign-in code/.test(mail.subject ?? ''))
  expect(codes).toHaveLength(12)
})

test('two processes on one file: one gets the address, one uses the code, both get the same successor', async () => {
  const [one, two] = workers
  const both = async (path: string, ...args: readonly unknown[]): Promise<readonly Answer[]> =>
    Promise.all([one, two, one, two].map(async (worker) => worker.try(path, ...args)))
  const email = 'shared@example.com'
  const registered = await both('auth.register', email, PASSWORD)
  expect(registered.map((a) => a.code ?? 'ok').toSorted()).toEqual([
    'email_taken',
    'email_taken',
    'email_taken',
    'ok',
  ])
  await one.call('auth.login', email, PASSWORD)
  const code = codeIn(await received(email, /sign-in code/))
  const verified = await both('auth.verifyOtp', email, code, 'login')
  const won = verified.filter((a) => a.code === undefined)
  expect(won).toHaveLength(1)
  const { refreshToken } = (won[0]?.value ?? {}) as Record<string, string>
  const refreshed = await both('auth.refresh', refreshToken)
  const successors = refreshed.map((a) => (a.value as Record<string, string>)['refreshToken'])
  expect(new Set(successors).size).toBe(1)
})
