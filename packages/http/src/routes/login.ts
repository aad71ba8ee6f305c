import * as v from 'valibot'
import type { PublicUser } from '../public-user.ts'
import { openRoute, type OpenRoute } from '../route.ts'
import type { Setup } from '../setup.ts'
import { modeSchema } from '../tokens.ts'
import { email } from './fields.ts'
import { signedInEntries, startSession, type SignedInAnswer } from './start-session.ts'

const body = v.strictObject({ email, password: v.string(), mode: modeSchema })

/** What `login` takes. */
export type LoginBody = v.InferInput<typeof body>

/** A second step to take, or, where the app has turned it off, the session. */
export type LoginAnswer<User> =
  | {
      readonly otpRequired: true
      /** For `verify-otp`; `null` in cookie mode, where a cookie binds the step to the browser. */
      readonly challengeId: string | null
    }
  | ({ readonly otpRequired: false } & SignedInAnswer<User>)

/** The password step. */
export function login(
  setup: Setup,
): OpenRoute<LoginBody, v.InferOutput<typeof body>, LoginAnswer<PublicUser>, 200> {
  return openRoute({
    summary: 'The password step; a code goes out by mail.',
    access: 'session',
    body,
    status: 200,
    answer: answerSchema(setup),
    problems: ['invalid_credentials', 'rate_limited', 'account_blocked', 'busy'],
    async handle(call) {
      const step = await call.api.auth.login(call.body.email, call.body.password)
      if (!step.otpRequired) {
        return { otpRequired: false as const, ...(await startSession(call, step, setup)) }
      }
      if (call.mode === 'token')
        return { otpRequired: true as const, challengeId: step.challengeId }
      call.cookies.keepChallenge({ challengeId: step.challengeId, email: call.body.email })
      return { otpRequired: true as const, challengeId: null }
    },
  })
}

function answerSchema(setup: Setup): v.GenericSchema<unknown, LoginAnswer<PublicUser>> {
  return v.union([
    v.object({
      otpRequired: v.literal(true),
      challengeId: v.nullable(
        v.pipe(v.string(), v.uuid(), v.description('For verify-otp; null in cookie mode.')),
      ),
    }),
    v.object({ otpRequired: v.literal(false), ...signedInEntries(setup) }),
  ])
}
