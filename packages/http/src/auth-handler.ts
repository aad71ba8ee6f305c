import type { AppModel, MindmeshAuth } from '@mindmesh/auth'
import { Hono, type MiddlewareHandler } from 'hono'
import type * as v from 'valibot'
import type { AuthApp } from './auth-schema.ts'
import { createApp } from './create-app.ts'
import { parseOptions } from './handler-config.ts'
import { RequestProblem } from './problems/request-problem.ts'
import type { PublicUser } from './public-user.ts'
import {
  createRequireUser,
  type RequireUserOptions,
  type SignedInVariables,
} from './require-user.ts'
import { authenticate } from './session/authenticate.ts'
import type { Caller } from './session/identify.ts'

/** How the routes behave. Everything has a default, but for `profile` where the app has required columns. */
export type AuthHandlerOptions<
  App extends AppModel = AppModel,
  Fields extends object = object,
  Profile = never,
> = BasicOptions<App, Fields> & ProfileOption<App, Profile>

interface BasicOptions<App extends AppModel, Fields extends object> {
  /** Where `fetch` serves the routes. An app that is mounted has its place from its mount. @default '/auth' */
  readonly basePath?: string
  /** Origins besides the own whose pages may call, with cookies too, for example `https://app.example.com`. @default [] */
  readonly trustedOrigins?: readonly string[]
  /** How many proxies of your own append to `X-Forwarded-For`. @default 0: the header is not looked at */
  readonly trustedProxies?: number
  /** Tells the client's address where the runtime does not, for example from a header that only its proxy sets. */
  readonly clientAddress?: (request: Request) => string | null | undefined
  /** The languages that mails are written in. @default ['en', 'de'] */
  readonly locales?: readonly string[]
  /** A valibot schema of the app's own columns that a person is shown of themselves. @default none */
  readonly userFields?: v.GenericSchema<Partial<App['user']>, Fields>
  /** The page that a browser comes back to from a provider where nothing else was asked for; told by `?oauth=` what is still to do. @default '/' */
  readonly oauthPage?: string
  /** Cookies without `Secure` and `__Host-`, and pages over plain http: for localhost alone. @default false */
  readonly dangerouslyAllowInsecureCookies?: boolean
  /** Told of what is the server's own fault. @default name and stack frames to the console */
  readonly onError?: (error: unknown) => void
}

/**
 * A valibot schema of the app's own columns as anyone may set them on `register`; make it strict, and leave out what
 * people must not choose themselves, such as a role. Needed where the app's table has required columns.
 */
type ProfileOption<App extends AppModel, Profile> =
  Partial<App['profile']> extends App['profile']
    ? { readonly profile?: v.GenericSchema<Profile, App['profile'] | undefined> }
    : { readonly profile: v.GenericSchema<Profile, App['profile']> }

type HandlerArguments<App extends AppModel, Fields extends object, Profile> =
  Partial<App['profile']> extends App['profile']
    ? [options?: AuthHandlerOptions<App, Fields, Profile>]
    : [options: AuthHandlerOptions<App, Fields, Profile>]

/** The library over HTTP. */
export interface AuthHandler<
  App extends AppModel = AppModel,
  Fields extends object = object,
  Profile = never,
> {
  readonly basePath: string
  /** The routes without a base path, to mount in another Hono app: `app.route('/auth', handler.app)`. */
  readonly app: AuthApp<PublicUser & Fields, Profile>
  /** Answers a request under `basePath`. `env` is what the runtime hands over: on Node `{ incoming, outgoing }`. */
  readonly fetch: (request: Request, env?: unknown) => Promise<Response>
  /**
   * Who makes a request to a route of the app's own, by cookie or bearer token; `null` where it shows neither.
   * Throws an `AuthError` where it shows one that does not count, and a `RequestProblem` (`foreign_origin`) where
   * it has cookies, may change something, and comes from another site. Looks at the method, the URL and the headers.
   */
  authenticate(request: Request): Promise<Caller<App> | null>
  /** Hono middleware that lets only people through who are signed in; `c.var.user` and `c.var.sessionId` are theirs. */
  requireUser(
    options?: RequireUserOptions,
  ): MiddlewareHandler<{ Variables: SignedInVariables<App> }>
}

/** The routes of an instance, ready to mount. Throws one `ConfigError` that names every mistake in the options. */
export function authHandler<App extends AppModel, Fields extends object = object, Profile = never>(
  mindmesh: MindmeshAuth<App>,
  ...[options]: HandlerArguments<App, Fields, Profile>
): AuthHandler<App, Fields, Profile> {
  const config = parseOptions(options ?? {})
  const app = createApp(mindmesh, config)
  const mounted = new Hono().route(config.basePath || '/', app)
  return {
    basePath: config.basePath,
    app,
    fetch: async (request, env) => mounted.fetch(request, env),
    async authenticate(request) {
      try {
        return await authenticate(mindmesh, config, { request, env: null, setCookie: noCookie })
      } catch (error) {
        if (error instanceof RequestProblem && error.code === 'not_signed_in') return null
        throw error
      }
    },
    requireUser: (requirements) => createRequireUser(mindmesh, config, requirements),
  }
}

/** `authenticate` never renews, so there is nothing to set. */
function noCookie(): void {}
