import { randomBytes } from 'node:crypto'
import { MindmeshAuth, type MindmeshAuthOptions, type SignedIn } from '@mindmesh/auth'
import type { AppModel, AuthStore } from '@mindmesh/auth/ports'
import { codeMailer, type CodeMailer } from './code-mailer.ts'

export const PASSWORD = 'correct horse battery staple'
/** Signs the access tokens of this run, so that other libraries can be given the same key. */
export const JWT_SECRET = randomBytes(32).toString('base64')
const REFRESH_SECRET = randomBytes(32).toString('base64')
const MANY = { limit: 1_000_000 }
/** Counted as always, with figures that a benchmark does not run into. */
export const limitsOfBench = {
  otpSend: MANY,
  loginPerIp: MANY,
  loginFailures: MANY,
  registerPerIp: MANY,
}

/** An instance as the README sets one up, and its mails. */
export interface Ours {
  readonly mindmesh: MindmeshAuth
  readonly mailer: CodeMailer
}

/**
 * Defaults throughout but for the limits' figures, which a benchmark would run into; they are counted all the same.
 * Mails are rendered, sealed, claimed and handed to a mailer that sends nothing.
 */
export function ours(
  adapter: AuthStore,
  options: Pick<MindmeshAuthOptions<AppModel>, 'passwordHasher'> = {},
): Ours {
  const mailer = codeMailer()
  const mindmesh = new MindmeshAuth({
    adapter,
    mailer,
    ...options,
    env: {},
    config: {
      jwtSecret: JWT_SECRET,
      refreshSecret: REFRESH_SECRET,
      limits: limitsOfBench,
    },
  })
  return { mindmesh, mailer }
}

/** Signs a person in, both steps, with the code as it leaves by mail. */
export async function signIn({ mindmesh, mailer }: Ours, email: string): Promise<SignedIn> {
  const { auth } = mindmesh.withContext({ ipAddress: '192.0.2.1', userAgent: 'bench' })
  const sent = mailer.nextCode(email)
  const step = await auth.login(email, PASSWORD)
  if (!step.otpRequired) throw new Error('The second step is off.')
  return auth.verifyOtp(email, await sent, 'login', { challengeId: step.challengeId })
}

/** An address that nobody has yet. */
export function newAddress(): string {
  return `${randomBytes(8).toString('hex')}@example.com`
}

/** A new person who is signed in. */
export async function newPerson(instance: Ours): Promise<SignedIn & { readonly email: string }> {
  const email = newAddress()
  await instance.mindmesh.auth.register(email, PASSWORD)
  return { email, ...(await signIn(instance, email)) }
}
