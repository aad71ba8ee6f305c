import type { PublicUser } from '../public-user.ts'
import { done, give } from './answers.ts'
import type { AuthClient } from './auth-client.ts'
import type { OAuthCall } from './oauth-calls.ts'
import type { ClientParts } from './session-renewal.ts'
import type { Routes } from './sign-in-calls.ts'

type AccountCalls = Omit<
  AuthClient<PublicUser, never>,
  'register' | 'login' | 'verifyOtp' | 'logout' | 'fetch' | OAuthCall
>

/** What people do with their account. `open` shows no session, `own` does. */
export function accountCalls(
  { mode, storage }: ClientParts,
  { open, own }: { readonly open: Routes; readonly own: Routes },
): AccountCalls {
  return {
    me: async () => give(own.me.$get()),
    sessions: async () => (await give(own.sessions.$get())).sessions,
    endSession: async (json) => done(own.sessions.end.$post({ json })),
    endOtherSessions: async (json = {}) => done(own.sessions['end-others'].$post({ json })),
    reauthenticate: async (json) => done(own.reauthenticate.$post({ json })),
    forgotPassword: async (json) => done(open.password.forgot.$post({ json })),
    resetPassword: async (json) => done(open.password.reset.$post({ json })),
    changePassword: async (json) => done(own.password.change.$post({ json })),
    sendVerification: async () => done(own.email.verify.send.$post({ json: {} })),
    confirmVerification: async (json) => done(own.email.verify.confirm.$post({ json })),
    requestEmailChange: async (json) => done(own.email.change.$post({ json })),
    confirmEmailChange: async (json) => done(open.email.change.confirm.$post({ json })),
    undoEmailChange: async (json) => done(open.email.change.undo.$post({ json })),
    exportAccount: async (json = {}) => give(own.account.export.$post({ json })),
    async deleteAccount(json = {}) {
      await done(own.account.delete.$post({ json }))
      if (mode === 'token') await storage.save(null)
    },
  }
}
