import type { UserPage } from '../page.ts'
import { account } from './account.ts'

/** Ends all sessions but this one. */
export const endOtherSessions: UserPage = {
  ...account,
  home: '/account',
  async submit({ auth }) {
    await auth.endOtherSessions()
    return '/account?notice=others-ended'
  },
}
