import { AuthError, type AuthErrorCode, type OAuthAnswer, type Tokens } from '@mindmesh/auth'
import type { AttackSurface } from './attack-surface.ts'
import { sendTo, type HttpTarget } from './http-target.ts'

/** Refusals of the routes alone, and what they come to in the library. */
const ROUTES_ALONE: Readonly<Record<string, AuthErrorCode>> = {
  body_too_large: 'invalid_input',
  not_signed_in: 'token_invalid',
}

/** What strangers reach, over the routes of `@mindmesh/auth-http` in token mode. */
export function surfaceOverHttp(
  target: HttpTarget,
  request: { readonly ipAddress?: unknown; readonly userAgent?: unknown } = {},
  profile: object = {},
): AttackSurface {
  const peer = typeof request.ipAddress === 'string' ? { peer: request.ipAddress } : { peer: '' }
  // No client can put a line end into a header.
  const agent =
    typeof request.userAgent === 'string'
      ? { 'user-agent': request.userAgent.replaceAll(/[\r\n]/g, ' ') }
      : {}
  const ask = async (
    path: string,
    body?: object,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answered> => {
    const sent = {
      ...peer,
      headers: { ...agent, ...headers },
      ...(body === undefined ? {} : { body }),
    }
    const answer = await sendTo(target, path, sent)
    if (answer.code === 'ok') return answer.text === '' ? {} : JSON.parse(answer.text)
    throw errorOf(answer.code, JSON.parse(answer.text))
  }
  return { auth: authOver(ask, profile), ...linksOver(ask), oauth: oauthOver(ask) }
}

/** The body of an answer; which fields it has says its route. */
type Answered = Readonly<Record<string, never>>
type Ask = (
  path: string,
  body?: object,
  headers?: Readonly<Record<string, string>>,
) => Promise<Answered>

function errorOf(code: string, details: object): Error {
  if (/^(internal_error|store_unavailable|not_found|status)/.test(code)) return new Error(code)
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the routes give the library's own codes
  return new AuthError(ROUTES_ALONE[code] ?? (code as AuthErrorCode), { ...details })
}

function authOver(ask: Ask, profile: object): AttackSurface['auth'] {
  const mode = 'token'
  const columns = Object.keys(profile).length === 0 ? {} : { profile }
  return {
    register: async (email, password) => ask('/register', { email, password, ...columns }),
    async login(email, password) {
      const step = await ask('/login', { email, password, mode })
      const { challengeId, tokens } = step
      return step['otpRequired']
        ? { otpRequired: true, challengeId: challengeId ?? '' }
        : { otpRequired: false, ...tokensOf(tokens) }
    },
    verifyOtp: async (email, code, _purpose, { challengeId }) =>
      tokensOf((await ask('/verify-otp', { email, code, mode, challengeId }))['tokens']),
    refresh: async (refreshToken) =>
      tokensOf((await ask('/refresh', { mode, refreshToken }))['tokens']),
    async getUserFromToken(accessToken) {
      const { id, email } = Object(
        (await ask('/me', undefined, { authorization: `Bearer ${accessToken}` }))['user'],
      )
      return { id: String(id), email: String(email) }
    },
  }
}

function tokensOf(tokens: unknown): Tokens {
  const { accessToken, refreshToken } = Object(tokens)
  return { accessToken: String(accessToken), refreshToken: String(refreshToken) }
}

function linksOver(ask: Ask): Pick<AttackSurface, 'password' | 'user'> {
  return {
    password: {
      requestReset: async (email) => void (await ask('/password/forgot', { email })),
      reset: async (token, newPassword) =>
        void (await ask('/password/reset', { token, newPassword })),
    },
    user: {
      confirmEmailChange: async (token) => ask('/email/change/confirm', { token }),
      undoEmailChange: async (token) => void (await ask('/email/change/undo', { token })),
    },
  }
}

function oauthOver(ask: Ask): AttackSurface['oauth'] {
  const mode = 'token'
  return {
    async authorize(provider, options = {}) {
      const { url, state } = await ask('/oauth/start', { provider, mode, ...options })
      return { url: String(url), state: String(state) }
    },
    async callback(provider, { browserState, ...answer }: OAuthAnswer) {
      const startedState = browserState ?? ''
      const result = await ask('/oauth/complete', { provider, mode, startedState, ...answer })
      return { ...result, linkRequired: Object(result)['outcome'] === 'link_required' }
    },
  }
}
