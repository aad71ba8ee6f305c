import type { UserPage } from '../page.ts'
import { account } from './account.ts'

/** Takes a way to sign in away, but never the last one. */
export const unlinkIdentity: UserPage = {
  ...account,
  home: '/account',
  async submit({ auth }, { provider = '', subject = '' }) {
    await auth.unlinkOAuth({ provider, subject })
    return '/account?notice=unlinked'
  },
}
