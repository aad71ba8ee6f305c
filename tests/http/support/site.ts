import type { ConfigOptions, OAuthProvider } from '@mindmesh/auth'
import { memoryStore } from '@mindmesh/auth-adapter-kit'
import { authHandler, type AuthHandler, type AuthHandlerOptions } from '@mindmesh/auth-http'
import { PASSWORD, testInstance, type TestInstance } from '../../support/instance.ts'
import { Browser, send, type Answer, type Sent } from './browser.ts'

export const SITE = 'https://app.example.com'
export const BASE = `${SITE}/auth`
export const ANNA = 'anna@example.com'

/** A handler over the reference store, and what a test does with it. */
export interface Site extends TestInstance {
  readonly handler: AuthHandler
  /** Failures that the app was told of. */
  readonly reported: unknown[]
  browser(origin?: string): Browser
  /** Anna, signed in by cookies. */
  signedInBrowser(): Promise<Browser>
  /** Anna’s tokens. */
  bearer(): Promise<{ accessToken: string; refreshToken: string; authorization: string }>
  /** One request as no browser sends it. */
  send(path: string, sent?: Sent): Promise<Answer>
}

/** What a test wants otherwise. */
export interface SiteOptions {
  readonly config?: ConfigOptions
  readonly handler?: AuthHandlerOptions
  readonly providers?: readonly OAuthProvider[]
}

/** A site at {@link SITE}. */
export function openSite({
  config = {},
  handler: options = {},
  providers = [],
}: SiteOptions = {}): Site {
  const urls = { oauthCallback: `${BASE}/oauth/:provider/callback` }
  const instance = testInstance(memoryStore(), { providers, config: { urls, ...config } })
  const reported: unknown[] = []
  const onError = (error: unknown): void => void reported.push(error)
  const handler = authHandler(instance.mindmesh, { onError, ...options })
  const fetch = async (request: Request): Promise<Response> => handler.fetch(request)
  const browser = (origin?: string): Browser => new Browser(fetch, BASE, origin)
  return {
    ...instance,
    handler,
    reported,
    browser,
    async signedInBrowser() {
      const page = browser()
      await page.post('/login', { email: ANNA, password: PASSWORD })
      await page.post('/verify-otp', { email: ANNA, code: await instance.newestCode(ANNA) })
      return page
    },
    async bearer() {
      const { accessToken, refreshToken } = await instance.signIn('anna')
      return { accessToken, refreshToken, authorization: `Bearer ${accessToken}` }
    },
    send: async (path, sent) => send(fetch, BASE + path, sent),
  }
}
