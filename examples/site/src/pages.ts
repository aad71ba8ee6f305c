import type { Page } from './page.ts'
import {
  changeAddress,
  changePassword,
  confirmPassword,
  deleteAccount,
  exportAccount,
  sendVerification,
  verifyAddress,
} from './pages/account-changes.ts'
import {
  account,
  endOtherSessions,
  endSession,
  linkIdentity,
  unlinkIdentity,
} from './pages/account.ts'
import { forgotPassword } from './pages/forgot-password.ts'
import { inbox } from './pages/inbox.ts'
import { mailSent } from './pages/mail-sent.ts'
import { confirmAddress, resetPassword, restoreAddress } from './pages/mailed-links.ts'
import { blockPerson, people, unblockPerson } from './pages/people.ts'
import { providerResult } from './pages/provider-result.ts'
import { register } from './pages/register.ts'
import { signInCode } from './pages/sign-in-code.ts'
import { signIn } from './pages/sign-in.ts'
import { signOut } from './pages/sign-out.ts'
import { welcome } from './pages/welcome.ts'

/** Every page by its path. */
export const pages: ReadonlyMap<string, Page> = new Map<string, Page>([
  ['/', welcome],
  ['/register', register],
  ['/sign-in', signIn],
  ['/sign-in/code', signInCode],
  ['/sign-in/provider', providerResult],
  ['/sign-out', signOut],
  ['/forgot-password', forgotPassword],
  ['/mail-sent', mailSent],
  ['/reset-password', resetPassword],
  ['/confirm-address', confirmAddress],
  ['/restore-address', restoreAddress],
  ['/account', account],
  ['/account/sessions/end', endSession],
  ['/account/sessions/end-others', endOtherSessions],
  ['/account/password', changePassword],
  ['/account/address', changeAddress],
  ['/account/verify', verifyAddress],
  ['/account/verify/send', sendVerification],
  ['/account/providers/link', linkIdentity],
  ['/account/providers/unlink', unlinkIdentity],
  ['/account/export', exportAccount],
  ['/account/delete', deleteAccount],
  ['/account/confirm', confirmPassword],
  ['/people', people],
  ['/people/block', blockPerson],
  ['/people/unblock', unblockPerson],
  ['/inbox', inbox],
])
