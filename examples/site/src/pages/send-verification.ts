import type { UserPage } from '../page.ts'
import { verifyAddress } from './verify-address.ts'

/** Mails the code that proves the address. */
export const sendVerification: UserPage = {
  ...verifyAddress,
  home: '/account/verify',
  async submit({ auth }) {
    await auth.sendVerification()
    return '/account/verify'
  },
}
