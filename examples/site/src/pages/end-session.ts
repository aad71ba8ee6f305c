import { AuthClientError } from '@mindmesh/auth-http/client'
import type { UserPage } from '../page.ts'
import { account } from './account.ts'

/** Ends one session. One that is over already, by a second click, needs nothing more. */
export const endSession: UserPage = {
  ...account,
  home: '/account',
  async submit({ auth }, { sessionId = '' }) {
    try {
      await auth.endSession({ sessionId })
    } catch (error) {
      const isOver = error instanceof AuthClientError && error.code === 'session_not_found'
      if (!isOver) throw error
    }
    return '/account?notice=session-ended'
  },
}
