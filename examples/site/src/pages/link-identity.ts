import type { UserPage } from '../page.ts'
import { account } from './account.ts'

/** Begins to add a way to sign in: the browser goes to the provider. */
export const linkIdentity: UserPage = {
  ...account,
  home: '/account',
  async submit({ auth }, { provider = '' }) {
    return (await auth.linkOAuth({ provider, redirectTo: '/account' })).url
  },
}
