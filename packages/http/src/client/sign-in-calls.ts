import type { hc } from 'hono/client'
import type { AuthApp } from '../auth-schema.ts'
import type { PublicUser } from '../public-user.ts'
import { done, give } from './answers.ts'
import type { AuthClient } from './auth-client.ts'
import { keepTokens } from './token-storage.ts'
import { sessionIsOver, type ClientParts } from './session-renewal.ts'

/** The routes as `hc` calls them. */
export type Routes = ReturnType<typeof hc<AuthApp>>

/** What leads into a session and out of it. `open` shows no session, `own` does. */
export function signInCalls(
  { mode, storage }: ClientParts,
  { open, own }: { readonly open: Routes; readonly own: Routes },
): Pick<AuthClient<PublicUser, never>, 'register' | 'login' | 'verifyOtp' | 'logout'> {
  return {
    register: async (json) => done(open.register.$post({ json })),
    async login(credentials) {
      const step = await give(open.login.$post({ json: { ...credentials, mode } }))
      if (step.otpRequired) return step
      await keepTokens(storage, step.tokens)
      return { otpRequired: false, user: step.user }
    },
    async verifyOtp({ email, code, challengeId }) {
      const binding = mode === 'token' && challengeId != null ? { challengeId } : {}
      const address = email === undefined ? {} : { email }
      const json = { ...address, code, mode, ...binding }
      const { user, tokens } = await give(open['verify-otp'].$post({ json }))
      await keepTokens(storage, tokens)
      return user
    },
    async logout() {
      if (mode === 'token' && (await storage.load()) === null) return
      try {
        await done(own.logout.$post({ json: {} }))
      } catch (error) {
        if (!sessionIsOver(error)) throw error
      } finally {
        if (mode === 'token') await storage.save(null)
      }
    },
  }
}
