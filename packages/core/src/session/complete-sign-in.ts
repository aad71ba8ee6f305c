import type { Context } from '../context.ts'
import { AuthError } from '../errors.ts'
import { createEvent } from '../events/event.ts'
import { composeMail } from '../mail/compose.ts'
import { basisOf } from '../otp/basis.ts'
import { issueCode } from '../otp/issue-code.ts'
import type { AppModel, AuthMethod, OutboxMail, SessionRecord, User } from '../ports/entities.ts'
import { countOrThrow, refund } from '../rate-limit/count.ts'
import { limitHit } from '../rate-limit/limit-keys.ts'
import { deviceLabel } from './device.ts'
import { issueTokens, type Tokens } from './tokens.ts'

/** What signing in gives: a second step to take, or the session. */
export type SignInResult<App extends AppModel = AppModel> =
  | { readonly otpRequired: true; readonly challengeId: string }
  | ({ readonly otpRequired: false } & SignedIn<App>)

/** A session that was opened. */
export interface SignedIn<App extends AppModel = AppModel> extends Tokens {
  readonly user: App['user']
}

/** What the person has proven so far, and what was counted against them before it was known to be right. */
export interface SignInProof<App extends AppModel> {
  readonly user: App['user']
  readonly methods: readonly AuthMethod[]
  readonly refunds: readonly string[]
  /** An identity provider says in this sign-in that the person has proven the account's address. */
  readonly isAddressVouched?: boolean
}

/**
 * The one gate through which every way of signing in passes. It refuses a blocked account, asks for the second
 * step where it is still owed, and only it opens sessions. Throws `account_blocked`, or `rate_limited` where too
 * many codes were asked for.
 */
export async function completeSignIn<App extends AppModel>(
  context: Context<App>,
  proof: SignInProof<App>,
): Promise<SignInResult<App>> {
  if (proof.user.blockedAt !== null) return refuseBlocked(context, proof)
  if (owesSecondStep(context, proof)) return challenge(context, proof)
  if (proof.refunds.length > 0) await refund(context, proof.refunds)
  return openSession(context, proof)
}

/** A mailed code proves that somebody reads the mail of an address. Where a provider has just said so it adds nothing. */
function owesSecondStep<App extends AppModel>(
  { config }: Context<App>,
  { methods, isAddressVouched = false }: SignInProof<App>,
): boolean {
  if (config.dangerouslyDisableLoginOtp || methods.includes('otp')) return false
  return !isAddressVouched || config.oauthSecondStep === 'always'
}

async function refuseBlocked<App extends AppModel>(
  context: Context<App>,
  { user, refunds }: SignInProof<App>,
): Promise<never> {
  if (refunds.length > 0) await refund(context, refunds)
  const metadata = { reason: 'account_blocked' }
  await context.store.events.append([
    createEvent(context, 'LOGIN_FAILED', { userId: user.id, metadata }),
  ])
  throw new AuthError('account_blocked')
}

async function challenge<App extends AppModel>(
  context: Context<App>,
  { user, methods, refunds }: SignInProof<App>,
): Promise<SignInResult<App>> {
  await countOrThrow(context, [limitHit(context, 'otpSend', `login:${user.email}`)], { refunds })
  const challengeId = await issueCode(context, {
    purpose: 'login',
    subject: user.id,
    userId: user.id,
    payload: { ...basisOf(user), methods: methods.join(' ') },
    to: user.displayEmail,
    event: createEvent(context, 'OTP_SENT', { userId: user.id, metadata: { purpose: 'login' } }),
    mail: (code, expiresInMinutes) =>
      // The mail of the password step warns that somebody knows the password.
      methods.includes('pwd')
        ? { template: 'login_code', data: { code, expiresInMinutes } }
        : { template: 'otp_code', data: { code, purpose: 'login', expiresInMinutes } },
  })
  return { otpRequired: true, challengeId }
}

async function openSession<App extends AppModel>(
  context: Context<App>,
  { user, methods }: SignInProof<App>,
): Promise<SignInResult<App>> {
  const session = newSession(context, user, methods)
  const mails = await newDeviceNotice(context, user)
  const event = createEvent(context, 'LOGIN_SUCCESS', {
    userId: user.id,
    sessionId: session.id,
    metadata: { methods: methods.join(' ') },
  })
  const expected = { email: user.email, passwordVersion: user.passwordVersion }
  const outcome = await context.store.sessions.open(
    { session, expected },
    { events: [event], mails },
  )
  // A block, a reset or an address change came in between: what was proven is worth nothing now.
  if (outcome === 'refused') throw await refusal(context, user.id)
  if (mails.length > 0) context.delivery.wake()
  const tokens = issueTokens(context, session, session.refreshGeneration, user)
  return { otpRequired: false, ...tokens, user: { ...user, lastSignedInAt: session.createdAt } }
}

async function refusal(context: Context, userId: string): Promise<AuthError> {
  const user = await context.store.users.findById(userId)
  const code = user !== null && user.blockedAt !== null ? 'account_blocked' : 'invalid_credentials'
  const metadata = { reason: code === 'account_blocked' ? code : 'changed_meanwhile' }
  await context.store.events.append([createEvent(context, 'LOGIN_FAILED', { userId, metadata })])
  return new AuthError(code)
}

function newSession(context: Context, user: User, methods: readonly AuthMethod[]): SessionRecord {
  const now = context.clock.now()
  return {
    id: context.ids.next(),
    userId: user.id,
    refreshSalt: Buffer.from(context.random.bytes(32)).toString('base64url'),
    refreshGeneration: 1,
    rotatedAt: now,
    expiresAt: new Date(now.getTime() + context.config.sessionDays * 86_400_000),
    lastUsedAt: now,
    revokedAt: null,
    revokeReason: null,
    ipAddress: context.request.ipAddress,
    userAgent: context.request.userAgent,
    authMethods: methods,
    authenticatedAt: now,
    createdAt: now,
  }
}

/**
 * The owner is told of a sign-in from a device that none of their kept sessions knows (ASVS 6.3.5). Nobody is told
 * at an address that was never proven. Two first sign-ins at the same moment may both be told: accepted.
 */
async function newDeviceNotice(context: Context, user: User): Promise<readonly OutboxMail[]> {
  if (user.emailVerifiedAt === null || user.lastSignedInAt === null) return []
  const { userAgent, ipAddress } = context.request
  const device = deviceLabel(userAgent)
  const known = await context.store.sessions.listUserAgents(user.id)
  if (userAgent === null || known.some((agent) => deviceLabel(agent) === device)) return []
  const at = context.clock.now().toISOString()
  return [
    composeMail(context, {
      to: user.displayEmail,
      userId: user.id,
      template: 'new_sign_in',
      data: { device, ipAddress, at },
      expiresAt: null,
    }),
  ]
}
