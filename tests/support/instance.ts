import { MindmeshAuth, type ConfigOptions, type MindmeshAuthOptions } from '@mindmesh/auth'
import type { AppModel, AuthStore, User } from '@mindmesh/auth/ports'
import {
  captureMailer,
  fastHasher,
  settableClock,
  type CaptureMailer,
  type SettableClock,
} from '@mindmesh/auth/testing'

/** Secrets of tests; nothing else knows them. */
export const SECRETS = {
  jwtSecret: 'jwt-secret-of-the-tests-0123456789abcdef',
  refreshSecret: 'refresh-secret-of-the-tests-0123456789ab',
} as const

export const PASSWORD = 'correct horse battery'
export const NEXT_PASSWORD = 'another long password'
export const ANNA = 'anna@example.com'

/** An instance with a clock that stands still and a mailer that keeps. */
export interface TestInstance {
  readonly mindmesh: MindmeshAuth
  readonly store: AuthStore
  readonly clock: SettableClock
  readonly mailer: CaptureMailer
  /** Registers somebody new; their address is their name at example.com. */
  register(name: string): Promise<User>
  /** Both steps. */
  signIn(name: string): Promise<{ accessToken: string; refreshToken: string; user: User }>
  /** The password step; gives the challenge and the code that was mailed. */
  startLogin(name: string): Promise<{ challengeId: string; code: string }>
  /** Sends what waits, then gives the newest mail to an address. */
  newestMail(to: string): Promise<{ subject: string; text: string; html: string }>
  /** The six digits of the newest mail. */
  newestCode(to: string): Promise<string>
  /** The token of the newest mail. */
  newestToken(to: string): Promise<string>
  /** Types of all events of a person, oldest first. */
  eventTypes(userId?: string): Promise<readonly string[]>
}

/** Makes an instance over a store. Mail is sent when a test asks for it. */
export function testInstance(
  store: AuthStore,
  options: Partial<MindmeshAuthOptions<AppModel>> & { readonly config?: ConfigOptions } = {},
): TestInstance {
  const clock = settableClock()
  const mailer = captureMailer()
  const mindmesh = new MindmeshAuth({
    adapter: store,
    mailer,
    clock,
    passwordHasher: fastHasher(),
    logger: { info: () => undefined, warn: () => undefined, error: () => undefined },
    env: {},
    ...options,
    config: { ...SECRETS, mailDelivery: 'manual', ...options.config },
  })
  const newestMail = async (to: string) => {
    await mindmesh.mail.deliverDue()
    const mail = mailer.sent.findLast((m) => m.to === to)
    if (mail === undefined) throw new Error(`No mail went to ${to}.`)
    return mail
  }
  const newestCode = async (to: string) => match(/\b\d{6}\b/, (await newestMail(to)).text)
  const startLogin = async (name: string) => {
    const step = await mindmesh.auth.login(addressOf(name), PASSWORD)
    if (!step.otpRequired) throw new Error('The second step is off.')
    return { challengeId: step.challengeId, code: await newestCode(addressOf(name)) }
  }
  return {
    mindmesh,
    store,
    clock,
    mailer,
    register: async (name) => mindmesh.auth.register(addressOf(name), PASSWORD),
    startLogin,
    async signIn(name) {
      const { challengeId, code } = await startLogin(name)
      return mindmesh.auth.verifyOtp(addressOf(name), code, 'login', { challengeId })
    },
    newestMail,
    newestCode,
    newestToken: async (to) => match(/[\w-]{43}/, (await newestMail(to)).text),
    async eventTypes(userId) {
      const query = userId === undefined ? { limit: 500 } : { userId, limit: 500 }
      const { items } = await mindmesh.events.list(query)
      return items.map((event) => event.type).toReversed()
    },
  }
}

function match(pattern: RegExp, text: string): string {
  const found = pattern.exec(text)?.[0]
  if (found === undefined) throw new Error('The mail does not hold what was looked for.')
  return found
}

function addressOf(name: string): string {
  return `${name}@example.com`
}
