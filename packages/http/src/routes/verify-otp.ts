import { AuthError } from '@mindmesh/auth'
import * as v from 'valibot'
import type { PublicUser } from '../public-user.ts'
import { openRoute, type Call, type OpenRoute } from '../route.ts'
import type { Challenge } from '../session/auth-cookies.ts'
import type { Setup } from '../setup.ts'
import { modeSchema } from '../tokens.ts'
import { code, email } from './fields.ts'
import { signedInEntries, startSession, type SignedInAnswer } from './start-session.ts'

const body = v.pipe(
  v.strictObject({
    email: v.optional(
      v.pipe(email, v.description('Needed in token mode; a browser’s cookie knows it.')),
    ),
    code,
    mode: modeSchema,
    challengeId: v.optional(
      v.pipe(v.string(), v.description('From login. Needed in token mode, and only there.')),
    ),
  }),
  v.forward(
    v.check(
      ({ mode, challengeId }) => (mode === 'token') === (challengeId !== undefined),
      'challengeId is needed in token mode, and only there.',
    ),
    ['challengeId'],
  ),
  v.forward(
    v.check(
      (given) => given.mode === 'cookie' || given.email !== undefined,
      'email is needed in token mode.',
    ),
    ['email'],
  ),
)

/** What `verify-otp` takes. */
export type VerifyOtpBody = v.InferInput<typeof body>
type Parsed = v.InferOutput<typeof body>

/** The code step. It always counts for one attempt only: the one of `challengeId` or of the browser's cookie. */
export function verifyOtp(
  setup: Setup,
): OpenRoute<VerifyOtpBody, Parsed, SignedInAnswer<PublicUser>, 200> {
  return openRoute({
    summary: 'The code step; it opens the session.',
    access: 'session',
    body,
    status: 200,
    answer: v.object(signedInEntries(setup)),
    problems: [
      'otp_invalid',
      'otp_expired',
      'invalid_credentials',
      'rate_limited',
      'password_reset_required',
      'account_blocked',
    ],
    async handle(call) {
      const { challengeId, email: address } = challengeOf(call)
      const signedIn = await call.api.auth.verifyOtp(address, call.body.code, 'login', {
        challengeId,
      })
      return startSession(call, signedIn, setup)
    },
  })
}

/** Without one there is no attempt that a code could belong to, and no other attempt's tries may be spent. */
function challengeOf({ body: given, cookies }: Call<Parsed>): Challenge {
  const { challengeId, email: address } = { ...cookies.readChallenge(), ...given }
  if (challengeId === undefined || address === undefined) throw new AuthError('otp_invalid')
  return { challengeId, email: address }
}
