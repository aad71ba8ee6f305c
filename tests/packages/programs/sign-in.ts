import { MindmeshAuth } from '@mindmesh/auth'
import type { AuthStore, Telemetry } from '@mindmesh/auth/ports'
import { captureMailer } from '@mindmesh/auth/testing'

const EMAIL = 'anna@example.com'
const PASSWORD = 'correct horse battery'

/** What a program hands over: where people are stored, and what else it tries. */
export interface SignInOptions {
  readonly adapter: AuthStore
  readonly telemetry?: Telemetry
}

/** Registers, signs in with both steps, refreshes, signs out, and says so. */
export async function signIn(options: SignInOptions): Promise<void> {
  const mailer = captureMailer()
  const secrets = { jwtSecret: 'a'.repeat(32), refreshSecret: 'b'.repeat(32) }
  const mindmesh = new MindmeshAuth({ ...options, mailer, config: secrets, env: {} })
  await mindmesh.auth.register(EMAIL, PASSWORD)
  const step = await mindmesh.auth.login(EMAIL, PASSWORD)
  if (!step.otpRequired) throw new Error('The second step is off.')
  await mindmesh.mail.deliverDue()
  const code = /\b\d{6}\b/.exec(mailer.sent.at(-1)?.text ?? '')?.[0] ?? ''
  const { challengeId } = step
  const { refreshToken } = await mindmesh.auth.verifyOtp(EMAIL, code, 'login', { challengeId })
  const { accessToken } = await mindmesh.auth.refresh(refreshToken)
  const user = await mindmesh.auth.getUserFromToken(accessToken)
  const { sessionId } = await mindmesh.auth.verifyAccessToken(accessToken)
  await mindmesh.auth.logout(sessionId)
  await mindmesh.close()
  console.log(`${user.email} was signed in`)
}
