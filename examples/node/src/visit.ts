import type { IncomingMessage } from 'node:http'
import { AuthError, type SignedIn, type Tokens } from '@mindmesh/auth'
import type { ModelOf } from '@mindmesh/auth-drizzle/sqlite'
import type { Api, App } from './auth.ts'
import type { users } from './database.ts'
import { cookieHeader, readCookies, type CookieChange } from './http.ts'

/** Who is signed in on this request. */
export interface SignedInVisitor {
  readonly user: SignedIn<AppTypes>['user']
  readonly sessionId: string
}

type AppTypes = ModelOf<typeof users>

/** One request, with the library bound to it and its cookies. Nothing of it is shared with another. */
export class Visit {
  readonly api: Api
  readonly url: URL
  readonly #isSecure: boolean
  readonly #cookies: ReadonlyMap<string, string>
  readonly #changes = new Map<string, CookieChange>()

  constructor(app: App, request: IncomingMessage, origin: string) {
    this.api = app.mindmesh.withContext({
      ipAddress: request.socket.remoteAddress,
      userAgent: request.headers['user-agent'],
      locale: request.headers['accept-language']?.slice(0, 2),
    })
    this.url = new URL(request.url ?? '/', origin)
    this.#isSecure = origin.startsWith('https:')
    this.#cookies = readCookies(request)
  }

  cookie(name: string): string | null {
    return this.#cookies.get(this.#isSecure ? `__Host-${name}` : name) ?? null
  }

  setCookie(name: string, value: string, maxAgeSeconds: number): void {
    this.#changes.set(name, { name, value, maxAgeSeconds })
  }

  get cookieHeaders(): readonly string[] {
    return [...this.#changes.values()].map((change) => cookieHeader(change, this.#isSecure))
  }

  keepTokens({ accessToken, refreshToken }: Tokens): void {
    this.setCookie('access', accessToken, 7 * 86_400)
    this.setCookie('refresh', refreshToken, 7 * 86_400)
  }

  forgetTokens(): void {
    this.setCookie('access', '', 0)
    this.setCookie('refresh', '', 0)
  }

  /** Who is signed in, or `null`. An access token that is over is renewed on the way. */
  async visitor(): Promise<SignedInVisitor | null> {
    const accessToken = this.cookie('access')
    if (accessToken === null || accessToken === '') return null
    try {
      return await this.#visitorOf(accessToken)
    } catch (error) {
      if (!(error instanceof AuthError)) throw error
      return error.code === 'token_expired' ? this.#renew() : this.#forget()
    }
  }

  async #visitorOf(accessToken: string): Promise<SignedInVisitor> {
    const user = await this.api.auth.getUserFromToken(accessToken)
    const { sessionId } = await this.api.auth.verifyAccessToken(accessToken)
    return { user, sessionId }
  }

  async #renew(): Promise<SignedInVisitor | null> {
    try {
      const tokens = await this.api.auth.refresh(this.cookie('refresh') ?? '')
      this.keepTokens(tokens)
      return await this.#visitorOf(tokens.accessToken)
    } catch (error) {
      if (!(error instanceof AuthError)) throw error
      return this.#forget()
    }
  }

  #forget(): null {
    this.forgetTokens()
    return null
  }
}
