import type { Hono } from 'hono'
import type { authRoutes } from './auth-routes.ts'
import type { PublicUser } from './public-user.ts'
import type { Route, SuccessStatus } from './route.ts'
import type { LoginAnswer, LoginBody } from './routes/login.ts'
import type { MeAnswer } from './routes/me.ts'
import type { CompleteBody } from './routes/oauth/complete.ts'
import type { OutcomeAnswer } from './routes/oauth/outcome.ts'
import type { RegisterBody } from './routes/register.ts'
import type { SignedInAnswer } from './routes/start-session.ts'
import type { VerifyOtpBody } from './routes/verify-otp.ts'

/** What the runtime may hand over beside a request: on Node, the socket that it came from. */
export interface AuthEnv {
  readonly Bindings: {
    readonly incoming?: { readonly socket?: { readonly remoteAddress?: string | undefined } }
  }
}

/** The routes as a Hono app: mount it, or give its type to `hc`. */
export type AuthApp<User = PublicUser, Profile = never> = Hono<AuthEnv, AuthSchema<User, Profile>>

/**
 * The routes as `hc` of Hono reads them. `User` is what a person is shown of themselves, `Profile` what `register`
 * takes besides address and password.
 */
export type AuthSchema<User = PublicUser, Profile = never> = Omit<
  PlainSchema,
  keyof ShapedSchema<User, Profile>
> &
  ShapedSchema<User, Profile>

/** The routes in which the app's own columns show. */
type ShapedSchema<User, Profile> = {
  '/register': Post<RegisterBody<Profile>, void, 202>
  '/login': Post<LoginBody, LoginAnswer<User>, 200>
  '/verify-otp': Post<VerifyOtpBody, SignedInAnswer<User>, 200>
  '/oauth/complete': Post<CompleteBody, OutcomeAnswer<User>, 200>
  '/me': Get<MeAnswer<User>>
}

type Table = ReturnType<typeof authRoutes>
type PlainSchema = { [Key in keyof Table as PathOf<Key>]: EndpointOf<Key, Table[Key]> }

type PathOf<Key> = Key extends `${string} ${infer Path}` ? Path : never
type EndpointOf<Key, Entry> =
  Entry extends Route<infer Input, infer _Body, infer Answer, infer Status>
    ? Key extends `GET ${string}`
      ? Get<Answer>
      : Post<Input, Answer, Status>
    : never

type Get<Answer> = {
  $get: { input: object; output: Answer; outputFormat: 'json'; status: 200 }
}
type Post<Input, Answer, Status extends SuccessStatus> = {
  $post: {
    input: { json: Input }
    output: Answer
    outputFormat: Answer extends void ? 'body' : 'json'
    status: Status
  }
}
