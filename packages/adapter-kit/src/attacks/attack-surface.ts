import type { MindmeshApi, OAuthAnswer, Tokens } from '@mindmesh/auth'

/** What the password step gives. */
export type LoginStep =
  | { readonly otpRequired: true; readonly challengeId: string }
  | ({ readonly otpRequired: false } & Tokens)

/**
 * What strangers reach of the library: the calls that an app's routes make for anybody. `mindmesh.withContext(…)` is
 * one; another stands in front of routes over HTTP and rejects with an `AuthError` of the answer's code.
 */
export interface AttackSurface {
  readonly auth: {
    register(email: string, password: string): Promise<unknown>
    login(email: string, password: string): Promise<LoginStep>
    verifyOtp(
      email: string,
      code: string,
      purpose: 'login',
      options: { readonly challengeId: string },
    ): Promise<Tokens>
    refresh(refreshToken: string): Promise<Tokens>
    getUserFromToken(accessToken: string): Promise<{ readonly id: string; readonly email: string }>
  }
  readonly password: Pick<MindmeshApi['password'], 'requestReset' | 'reset'>
  readonly user: {
    confirmEmailChange(token: string): Promise<unknown>
    undoEmailChange(token: string): Promise<void>
  }
  readonly oauth: {
    authorize(
      provider: string,
      options?: { readonly redirectTo?: string },
    ): Promise<{ readonly url: string; readonly state: string }>
    callback(provider: string, answer: OAuthAnswer): Promise<unknown>
  }
}
