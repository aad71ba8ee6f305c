import type { Page } from './page.ts'
import { account } from './pages/account.ts'
import { blockPerson } from './pages/block-person.ts'
import { changeAddress } from './pages/change-address.ts'
import { changePassword } from './pages/change-password.ts'
import { confirmAddress } from './pages/confirm-address.ts'
import { confirmPassword } from './pages/confirm-password.ts'
import { deleteAccount } from './pages/delete-account.ts'
import { endOtherSessions } from './pages/end-other-sessions.ts'
import { endSession } from './pages/end-session.ts'
import { exportAccount } from './pages/export-account.ts'
import { forgotPassword } from './pages/forgot-password.ts'
import { inbox } from './pages/inbox.ts'
import { linkIdentity } from './pages/link-identity.ts'
import { mailSent } from './pages/mail-sent.ts'
import { people } from './pages/people.ts'
import { providerResult } from './pages/provider-result.ts'
import { register } from './pages/register.ts'
import { resetPassword } from './pages/reset-password.ts'
import { restoreAddress } from './pages/restore-address.ts'
import { sendVerification } from './pages/send-verification.ts'
import { signIn } from './pages/sign-in.ts'
import { signInCode } from './pages/sign-in-code.ts'
import { signOut } from './pages/sign-out.ts'
import { unblockPerson } from './pages/unblock-person.ts'
import { unlinkIdentity } from './pages/unlink-identity.ts'
import { verifyAddress } from './pages/verify-address.ts'
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
