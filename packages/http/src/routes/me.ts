import * as v from 'valibot'
import { presentUser, userSchema, type PublicUser } from '../public-user.ts'
import { userRoute, type UserRoute } from '../route.ts'
import type { Setup } from '../setup.ts'

/** What `me` gives. */
export interface MeAnswer<User> {
  readonly user: User
  readonly sessionId: string
}

/** Who is signed in. It never rotates a token: a GET changes nothing. */
export function me({
  userFields,
}: Setup): UserRoute<unknown, undefined, MeAnswer<PublicUser>, 200> {
  return userRoute({
    summary: 'Who is signed in.',
    status: 200,
    answer: v.object({ user: userSchema(userFields), sessionId: v.pipe(v.string(), v.uuid()) }),
    problems: [],
    handle: async ({ caller: { user, sessionId } }) => ({
      user: presentUser(user, userFields),
      sessionId,
    }),
  })
}
