import type { Tokens } from '@mindmesh/auth'
import { parse, serialize } from 'hono/utils/cookie'

/** The longest that browsers keep a cookie (RFC 6265bis §5.6.2). When a session ends is decided by the server. */
const TOKEN_SECONDS = 400 * 86_400
/** The longest that a sign-in code can be valid, and how long somebody may take at a provider. */
const PENDING_SECONDS = 600

/** As many tabs at one provider; a tab that was opened before them begins again. */
const PENDING_STATES = 3

type CookieName = 'access' | 'refresh' | 'challenge' | `oauth-${string}`

/** A provider, as far as its cookie goes: an answer by a cross-site POST brings no `Lax` cookie. */
export interface OAuthCookieOf {
  readonly id: string
  readonly responseMode: 'query' | 'form_post'
}

/** A sign-in that waits for its code. */
export interface Challenge {
  readonly challengeId: string
  readonly email: string
}

/** Where the cookies of one request are read and changed. */
export interface CookieJar {
  /** The `Cookie` header. */
  readonly header: string | null
  /** Without `Secure` and the `__Host-` prefix, for plain http on a developer's machine. */
  readonly isInsecure: boolean
  /** Takes one `Set-Cookie` line. */
  set(line: string): void
}

/**
 * The cookies: access token, refresh token, and what is pending: a code to type, an answer of a provider. `__Host-` keeps every other host of the domain
 * from setting them, `HttpOnly` keeps scripts off them, `SameSite=Lax` keeps other sites' requests without them.
 */
export class AuthCookies {
  readonly #jar: CookieJar
  readonly #values: Readonly<Record<string, string>>

  constructor(jar: CookieJar) {
    this.#jar = jar
    this.#values = parse(jar.header ?? '')
  }

  /** The value, or `null` where the browser sent none. */
  read(name: CookieName): string | null {
    const value = this.#values[cookieName(name, this.#jar.isInsecure)] ?? ''
    return value === '' ? null : value
  }

  /** Signs the browser in. What was pending is over. */
  keepTokens({ accessToken, refreshToken }: Tokens): void {
    this.#write('access', accessToken, TOKEN_SECONDS)
    this.#write('refresh', refreshToken, TOKEN_SECONDS)
    if (this.read('challenge') !== null) this.#write('challenge', '', 0)
  }

  /** Binds a sign-in that waits for its code to this browser. */
  keepChallenge({ challengeId, email }: Challenge): void {
    const value = `${challengeId}.${Buffer.from(email).toString('base64url')}`
    this.#write('challenge', value, PENDING_SECONDS)
  }

  /** The sign-in that waits for its code in this browser, or `null`. */
  readChallenge(): Challenge | null {
    const [challengeId = '', email = ''] = (this.read('challenge') ?? '').split('.')
    if (challengeId === '') return null
    return { challengeId, email: Buffer.from(email, 'base64url').toString('utf8') }
  }

  /** Binds what was begun at a provider to this browser, beside what other tabs began there or elsewhere. */
  keepOAuthState(provider: OAuthCookieOf, state: string): void {
    const states = [state, ...this.#oauthStates(provider)]
    this.#writeOAuthStates(provider, states.slice(0, PENDING_STATES))
  }

  /** The state that this browser keeps for an answer, which is asked for once; `null` where nothing was begun here. */
  takeOAuthState(provider: OAuthCookieOf, answered: string): string | null {
    const states = this.#oauthStates(provider)
    // Of an answer to none of them the library is told one that does not fit, and records it.
    if (!states.includes(answered)) return states[0] ?? null
    this.#writeOAuthStates(
      provider,
      states.filter((state) => state !== answered),
    )
    return answered
  }

  /** Signs the browser out. */
  forgetTokens(): void {
    this.#write('access', '', 0)
    this.#write('refresh', '', 0)
  }

  #oauthStates({ id }: OAuthCookieOf): readonly string[] {
    return this.read(`oauth-${id}`)?.split('.') ?? []
  }

  #writeOAuthStates({ id, responseMode }: OAuthCookieOf, states: readonly string[]): void {
    const maxAge = states.length === 0 ? 0 : PENDING_SECONDS
    const sameSite = responseMode === 'form_post' ? 'None' : 'Lax'
    this.#write(`oauth-${id}`, states.join('.'), maxAge, sameSite)
  }

  #write(name: CookieName, value: string, maxAge: number, sameSite: 'Lax' | 'None' = 'Lax'): void {
    const { isInsecure } = this.#jar
    const line = serialize(cookieName(name, isInsecure), value, {
      path: '/',
      httpOnly: true,
      secure: !isInsecure,
      sameSite,
      maxAge,
    })
    this.#jar.set(line)
  }
}

/** The name that a browser sees. */
export function cookieName(name: CookieName, isInsecure: boolean): string {
  return isInsecure ? `mindmesh-${name}` : `__Host-mindmesh-${name}`
}
