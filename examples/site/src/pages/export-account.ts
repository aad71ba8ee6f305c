import type { UserPage } from '../page.ts'
import { account } from './account.ts'

/** Everything that is kept about the person, as a file. */
export const exportAccount: UserPage = {
  ...account,
  home: '/account',
  async submit({ auth }) {
    const exported = await auth.exportAccount()
    return new Response(JSON.stringify(exported, null, 2), {
      headers: {
        'content-type': 'application/json',
        'content-disposition': 'attachment; filename="account.json"',
      },
    })
  },
}
