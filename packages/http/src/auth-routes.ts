import { changePassword } from './routes/change-password.ts'
import { confirmEmailChange } from './routes/confirm-email-change.ts'
import { confirmVerification } from './routes/confirm-verification.ts'
import { deleteAccount } from './routes/delete-account.ts'
import { endOtherSessions } from './routes/end-other-sessions.ts'
import { endSession } from './routes/end-session.ts'
import { exportAccount } from './routes/export-account.ts'
import { forgotPassword } from './routes/forgot-password.ts'
import { login } from './routes/login.ts'
import { logout } from './routes/logout.ts'
import { complete } from './routes/oauth/complete.ts'
import { identities } from './routes/oauth/identities.ts'
import { link } from './routes/oauth/link.ts'
import { providers } from './routes/oauth/providers.ts'
import { start } from './routes/oauth/start.ts'
import { unlink } from './routes/oauth/unlink.ts'
import { me } from './routes/me.ts'
import { reauthenticate } from './routes/reauthenticate.ts'
import { refresh } from './routes/refresh.ts'
import { register } from './routes/register.ts'
import { requestEmailChange } from './routes/request-email-change.ts'
import { resetPassword } from './routes/reset-password.ts'
import { sendVerification } from './routes/send-verification.ts'
import { sessions } from './routes/sessions.ts'
import { undoEmailChange } from './routes/undo-email-change.ts'
import { verifyOtp } from './routes/verify-otp.ts'
import type { Setup } from './setup.ts'

/** Every route by method and path. The app, the OpenAPI document and the client's types are made from this table. */
// oxlint-disable-next-line typescript/explicit-module-boundary-types -- its type is the table itself
export function authRoutes(setup: Setup) {
  return {
    'POST /register': register(setup),
    'POST /login': login(setup),
    'POST /verify-otp': verifyOtp(setup),
    'POST /refresh': refresh,
    'POST /logout': logout,
    'GET /me': me(setup),
    'GET /sessions': sessions,
    'POST /sessions/end': endSession,
    'POST /sessions/end-others': endOtherSessions,
    'POST /reauthenticate': reauthenticate,
    'POST /password/forgot': forgotPassword,
    'POST /password/reset': resetPassword,
    'POST /password/change': changePassword,
    'POST /email/verify/send': sendVerification,
    'POST /email/verify/confirm': confirmVerification,
    'POST /email/change': requestEmailChange,
    'POST /email/change/confirm': confirmEmailChange,
    'POST /email/change/undo': undoEmailChange,
    'GET /oauth/providers': providers,
    'GET /oauth/identities': identities,
    'POST /oauth/start': start,
    'POST /oauth/complete': complete(setup),
    'POST /oauth/link': link,
    'POST /oauth/unlink': unlink,
    'POST /account/export': exportAccount,
    'POST /account/delete': deleteAccount,
  }
}
