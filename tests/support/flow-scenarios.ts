import { ANNA, NEXT_PASSWORD, PASSWORD, type TestInstance } from './instance.ts'
import { personAt, type FakeProvider } from './fake-provider.ts'

/** What a case of a flow has at hand. */
export interface World extends TestInstance {
  readonly provider: FakeProvider
  /** Leaves somebody with a hash of this password that another library has made. */
  importHash(userId: string, password: string): void
}

/** Brings about what comes before, and gives the one call that is looked at. */
export type Scenario = (world: World) => Promise<() => Promise<unknown>>

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
const CHROME =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36'
const IP = '192.0.2.1'
const BEN = 'ben@example.com'

/** A person who has signed in from Firefox, and so has a proven address. */
async function anna(w: World) {
  await w.register('anna')
  const api = w.mindmesh.withContext({ ipAddress: IP, userAgent: FIREFOX })
  const { challengeId, code } = await w.startLogin('anna')
  const signedIn = await api.auth.verifyOtp(ANNA, code, 'login', { challengeId })
  const { sessionId } = await api.auth.verifyAccessToken(signedIn.accessToken)
  return { ...signedIn, sessionId, userId: signedIn.user.id }
}

function wrong(code: string): string {
  return code === '000000' ? '000001' : '000000'
}

async function changedAddress(w: World): Promise<void> {
  const { userId } = await anna(w)
  await w.mindmesh.user.requestEmailChange(userId, 'new@example.com')
  await w.mindmesh.user.confirmEmailChange(await w.newestToken('new@example.com'))
}

async function resetToken(w: World): Promise<string> {
  await w.mindmesh.password.requestReset(ANNA)
  return w.newestToken(ANNA)
}

/** Somebody comes back from the provider. */
async function arriving(w: World, person: ReturnType<typeof personAt>) {
  const start = await w.mindmesh.oauth.authorize('hub')
  const answer = w.provider.consent(start, person)
  return async () => w.mindmesh.oauth.callback('hub', answer)
}

/** Anna moves in with an identity. */
async function importing(w: World) {
  const identities = [{ provider: 'hub', subject: '7' }]
  const people = [{ id: '1', email: ANNA, identities }]
  return async () => w.mindmesh.maintenance.importUsers(people, { source: 'elsewhere' })
}

/** As `register` is called from the site. */
function registering(w: World, password: string) {
  const api = w.mindmesh.withContext({ ipAddress: IP })
  return async () => api.auth.register(ANNA, password)
}

const register: Readonly<Record<string, Scenario>> = {
  'a new address': async (w) => registering(w, PASSWORD),
  'a taken address': async (w) => {
    await w.register('anna')
    return registering(w, PASSWORD)
  },
  'a password that is refused': async (w) => registering(w, 'password'),
}

const signIn: Readonly<Record<string, Scenario>> = {
  '`login`, the right password': async (w) => {
    await w.register('anna')
    const api = w.mindmesh.withContext({ ipAddress: IP })
    return async () => api.auth.login(ANNA, PASSWORD)
  },
  '`login`, a wrong password': async (w) => {
    await w.register('anna')
    const api = w.mindmesh.withContext({ ipAddress: IP })
    return async () => api.auth.login(ANNA, NEXT_PASSWORD)
  },
  '`login`, an unknown address': async (w) => {
    const api = w.mindmesh.withContext({ ipAddress: IP })
    return async () => api.auth.login(ANNA, PASSWORD)
  },
  '`login`, the right password of a blocked account': async (w) => {
    const { id } = await w.register('anna')
    await w.mindmesh.user.block(id)
    const api = w.mindmesh.withContext({ ipAddress: IP })
    return async () => api.auth.login(ANNA, PASSWORD)
  },
  '`login`, an imported hash': async (w) => {
    const { id } = await w.register('anna')
    w.importHash(id, PASSWORD)
    return async () => w.mindmesh.auth.login(ANNA, PASSWORD)
  },
  '`verifyOtp`, the right code, for the first time': async (w) => {
    await w.register('anna')
    const { challengeId, code } = await w.startLogin('anna')
    return async () => w.mindmesh.auth.verifyOtp(ANNA, code, 'login', { challengeId })
  },
  '`verifyOtp`, the right code, on a known device': async (w) => {
    await anna(w)
    const { challengeId, code } = await w.startLogin('anna')
    const api = w.mindmesh.withContext({ ipAddress: IP, userAgent: FIREFOX })
    return async () => api.auth.verifyOtp(ANNA, code, 'login', { challengeId })
  },
  '`verifyOtp`, the right code, on another device': async (w) => {
    await anna(w)
    const { challengeId, code } = await w.startLogin('anna')
    const api = w.mindmesh.withContext({ ipAddress: IP, userAgent: CHROME })
    return async () => api.auth.verifyOtp(ANNA, code, 'login', { challengeId })
  },
  '`verifyOtp`, a wrong code': async (w) => {
    await w.register('anna')
    const { challengeId, code } = await w.startLogin('anna')
    return async () => w.mindmesh.auth.verifyOtp(ANNA, wrong(code), 'login', { challengeId })
  },
  '`verifyOtp`, the code of another attempt': async (w) => {
    await w.register('anna')
    const { challengeId } = await w.startLogin('anna')
    const { code } = await w.startLogin('anna')
    return async () => w.mindmesh.auth.verifyOtp(ANNA, code, 'login', { challengeId })
  },
}

const refresh: Readonly<Record<string, Scenario>> = {
  '`refresh`, the current token': async (w) => {
    const { refreshToken } = await anna(w)
    return async () => w.mindmesh.auth.refresh(refreshToken)
  },
  '`refresh`, the token before it, within 10 seconds': async (w) => {
    const { refreshToken } = await anna(w)
    await w.mindmesh.auth.refresh(refreshToken)
    return async () => w.mindmesh.auth.refresh(refreshToken)
  },
  '`refresh`, the token before it, later': async (w) => {
    const { refreshToken } = await anna(w)
    await w.mindmesh.auth.refresh(refreshToken)
    w.clock.advance({ seconds: 11 })
    return async () => w.mindmesh.auth.refresh(refreshToken)
  },
  '`getUserFromToken`': async (w) => {
    const { accessToken } = await anna(w)
    return async () => w.mindmesh.auth.getUserFromToken(accessToken)
  },
  '`getUserFromToken`, after a logout': async (w) => {
    const { accessToken, sessionId } = await anna(w)
    await w.mindmesh.auth.logout(sessionId)
    return async () => w.mindmesh.auth.getUserFromToken(accessToken)
  },
  '`verifyAccessToken`, after a logout': async (w) => {
    const { accessToken, sessionId } = await anna(w)
    await w.mindmesh.auth.logout(sessionId)
    return async () => w.mindmesh.auth.verifyAccessToken(accessToken)
  },
}

const signOut: Readonly<Record<string, Scenario>> = {
  '`auth.logout`': async (w) => {
    const { sessionId } = await anna(w)
    return async () => w.mindmesh.auth.logout(sessionId)
  },
  '`auth.logout`, again': async (w) => {
    const { sessionId } = await anna(w)
    await w.mindmesh.auth.logout(sessionId)
    return async () => w.mindmesh.auth.logout(sessionId)
  },
  '`session.revoke`': async (w) => {
    const { sessionId } = await anna(w)
    return async () => w.mindmesh.session.revoke(sessionId)
  },
  '`session.revokeAll`': async (w) => {
    const { userId } = await anna(w)
    return async () => w.mindmesh.session.revokeAll(userId)
  },
  '`session.list`': async (w) => {
    const { userId } = await anna(w)
    return async () => w.mindmesh.session.list(userId)
  },
}

const passwordReset: Readonly<Record<string, Scenario>> = {
  '`requestReset`': async (w) => {
    await w.register('anna')
    return async () => w.mindmesh.password.requestReset(ANNA)
  },
  '`requestReset`, an unknown address': async (w) => async () =>
    w.mindmesh.password.requestReset(ANNA),
  '`reset`': async (w) => {
    await anna(w)
    const token = await resetToken(w)
    return async () => w.mindmesh.password.reset(token, NEXT_PASSWORD)
  },
  '`reset`, with a linked identity': async (w) => {
    await anna(w)
    await (
      await arriving(w, personAt(ANNA))
    )()
    const token = await resetToken(w)
    return async () => w.mindmesh.password.reset(token, NEXT_PASSWORD)
  },
  '`reset`, somebody’s first password': async (w) => {
    await (
      await arriving(w, personAt(ANNA))
    )()
    const token = await resetToken(w)
    return async () => w.mindmesh.password.reset(token, NEXT_PASSWORD)
  },
  '`reset`, a password that is refused': async (w) => {
    await anna(w)
    const token = await resetToken(w)
    return async () => w.mindmesh.password.reset(token, 'password')
  },
  '`reset`, a token that was used': async (w) => {
    await anna(w)
    const token = await resetToken(w)
    await w.mindmesh.password.reset(token, NEXT_PASSWORD)
    return async () => w.mindmesh.password.reset(token, NEXT_PASSWORD)
  },
}

const passwordChange: Readonly<Record<string, Scenario>> = {
  'the right password': async (w) => {
    const { userId, sessionId: keepSessionId } = await anna(w)
    await w.signIn('anna')
    return async () =>
      w.mindmesh.password.change(userId, PASSWORD, NEXT_PASSWORD, { keepSessionId })
  },
  'a wrong password': async (w) => {
    const { userId } = await anna(w)
    return async () => w.mindmesh.password.change(userId, NEXT_PASSWORD, NEXT_PASSWORD)
  },
}

const emailChange: Readonly<Record<string, Scenario>> = {
  '`requestEmailChange`': async (w) => {
    const { userId, sessionId } = await anna(w)
    return async () => w.mindmesh.user.requestEmailChange(userId, BEN, { sessionId })
  },
  '`requestEmailChange`, an address that is taken': async (w) => {
    const { userId, sessionId } = await anna(w)
    await w.register('ben')
    return async () => w.mindmesh.user.requestEmailChange(userId, BEN, { sessionId })
  },
  '`confirmEmailChange`': async (w) => {
    const { userId } = await anna(w)
    await w.mindmesh.user.requestEmailChange(userId, BEN)
    const token = await w.newestToken(BEN)
    return async () => w.mindmesh.user.confirmEmailChange(token)
  },
  '`undoEmailChange`': async (w) => {
    await changedAddress(w)
    const token = await w.newestToken(ANNA)
    return async () => w.mindmesh.user.undoEmailChange(token)
  },
  '`register` with the old address meanwhile': async (w) => {
    await changedAddress(w)
    return async () => w.mindmesh.auth.register(ANNA, PASSWORD)
  },
}

const codes: Readonly<Record<string, Scenario>> = {
  '`send`, a purpose of the app’s': async (w) => async () => w.mindmesh.otp.send(ANNA, 'checkout'),
  '`send`, `email_verify`': async (w) => {
    await w.register('anna')
    return async () => w.mindmesh.otp.send(ANNA, 'email_verify')
  },
  '`send`, `email_verify` to an address without an account': async (w) => async () =>
    w.mindmesh.otp.send(ANNA, 'email_verify'),
  '`verify`, the right code': async (w) => {
    await w.mindmesh.otp.send(ANNA, 'checkout')
    const code = await w.newestCode(ANNA)
    return async () => w.mindmesh.otp.verify(ANNA, code, 'checkout')
  },
  '`verify`, the right code of `email_verify`': async (w) => {
    await w.register('anna')
    await w.mindmesh.otp.send(ANNA, 'email_verify')
    const code = await w.newestCode(ANNA)
    return async () => w.mindmesh.otp.verify(ANNA, code, 'email_verify')
  },
  '`verify`, a wrong code': async (w) => {
    await w.mindmesh.otp.send(ANNA, 'checkout')
    const code = await w.newestCode(ANNA)
    return async () => w.mindmesh.otp.verify(ANNA, wrong(code), 'checkout')
  },
  '`verify` without an open code': async (w) => async () =>
    w.mindmesh.otp.verify(ANNA, '123456', 'checkout'),
}

const providers: Readonly<Record<string, Scenario>> = {
  '`authorize`': async (w) => {
    const api = w.mindmesh.withContext({ ipAddress: IP })
    return async () => api.oauth.authorize('hub')
  },
  '`callback`, somebody new': async (w) => arriving(w, personAt(ANNA)),
  '`callback`, an identity that is linked': async (w) => {
    await (
      await arriving(w, personAt(ANNA))
    )()
    return arriving(w, personAt(ANNA))
  },
  '`callback`, the address of a proven account': async (w) => {
    await anna(w)
    return arriving(w, personAt(ANNA))
  },
  '`callback`, the address of an account that nobody has proven': async (w) => {
    await w.register('anna')
    return arriving(w, personAt(ANNA))
  },
  '`callback`, an address that the provider does not vouch for': async (w) =>
    arriving(w, { subject: 'x', email: ANNA, emailVerified: false }),
  '`callback`, the person said no': async (w) => {
    const { state } = await w.mindmesh.oauth.authorize('hub')
    const answer = { state, browserState: state, error: 'access_denied' }
    return async () => w.mindmesh.oauth.callback('hub', answer)
  },
  '`callback`, in another browser': async (w) => {
    const { state } = await w.mindmesh.oauth.authorize('hub')
    const answer = { state, browserState: null, code: 'x' }
    return async () => w.mindmesh.oauth.callback('hub', answer)
  },
  '`link`': async (w) => {
    const { userId, sessionId } = await anna(w)
    return async () => w.mindmesh.oauth.link(userId, 'hub', { proof: { sessionId } })
  },
  '`callback` of a link': async (w) => {
    const { userId, sessionId } = await anna(w)
    const start = await w.mindmesh.oauth.link(userId, 'hub', { proof: { sessionId } })
    const answer = w.provider.consent(start, personAt('other@example.com'))
    return async () => w.mindmesh.oauth.callback('hub', answer)
  },
  '`unlink`': async (w) => {
    const { userId, sessionId } = await anna(w)
    await (
      await arriving(w, personAt(ANNA))
    )()
    return async () => w.mindmesh.oauth.unlink(userId, 'hub', { proof: { sessionId } })
  },
  '`unlink`, the last way in': async (w) => {
    await (
      await arriving(w, personAt(ANNA))
    )()
    const user = await w.mindmesh.user.getByEmail(ANNA)
    return async () => w.mindmesh.oauth.unlink(user?.id ?? '', 'hub')
  },
}

const fresh: Readonly<Record<string, Scenario>> = {
  '`reauthenticate`, the right password': async (w) => {
    const { sessionId } = await anna(w)
    w.clock.advance({ minutes: 16 })
    return async () => w.mindmesh.session.reauthenticate(sessionId, PASSWORD)
  },
  '`reauthenticate`, a wrong password': async (w) => {
    const { sessionId } = await anna(w)
    return async () => w.mindmesh.session.reauthenticate(sessionId, NEXT_PASSWORD)
  },
  '`assertFresh`, a session, within 15 minutes': async (w) => {
    const { userId, sessionId } = await anna(w)
    return async () => w.mindmesh.session.assertFresh(userId, { sessionId })
  },
  '`assertFresh`, a session, later': async (w) => {
    const { userId, sessionId } = await anna(w)
    w.clock.advance({ minutes: 15 })
    return async () => w.mindmesh.session.assertFresh(userId, { sessionId })
  },
  '`assertFresh`, the right password': async (w) => {
    const { userId } = await anna(w)
    return async () => w.mindmesh.session.assertFresh(userId, { password: PASSWORD })
  },
}

const administration: Readonly<Record<string, Scenario>> = {
  '`user.block`': async (w) => {
    const { userId } = await anna(w)
    return async () => w.mindmesh.user.block(userId, { reason: 'spam' })
  },
  '`user.block`, again': async (w) => {
    const { userId } = await anna(w)
    await w.mindmesh.user.block(userId)
    return async () => w.mindmesh.user.block(userId)
  },
  '`user.unblock`': async (w) => {
    const { userId } = await anna(w)
    await w.mindmesh.user.block(userId)
    return async () => w.mindmesh.user.unblock(userId)
  },
  '`user.markEmailVerified`': async (w) => {
    const { id } = await w.register('anna')
    return async () => w.mindmesh.user.markEmailVerified(id)
  },
  '`user.delete`': async (w) => {
    const { userId, sessionId } = await anna(w)
    return async () => w.mindmesh.user.delete(userId, { sessionId })
  },
  '`user.export`': async (w) => {
    const { userId } = await anna(w)
    return async () => w.mindmesh.user.export(userId)
  },
  '`maintenance.importUsers`, somebody new': async (w) => importing(w),
  '`maintenance.importUsers`, again': async (w) => {
    const act = await importing(w)
    await act()
    return act
  },
  '`maintenance.importUsers`, an address that is taken': async (w) => {
    await w.register('anna')
    return importing(w)
  },
  '`user.getById`, `user.getByEmail`, `user.list`': async (w) => {
    const { userId } = await anna(w)
    return async () => [
      await w.mindmesh.user.getById(userId),
      await w.mindmesh.user.getByEmail(ANNA),
      await w.mindmesh.user.list(),
    ]
  },
}

/** Every case that the pages of the flows have a row for, by page. */
export const flowScenarios: Readonly<Record<string, Readonly<Record<string, Scenario>>>> = {
  register,
  'sign-in': signIn,
  refresh,
  'sign-out': signOut,
  'password-reset': passwordReset,
  'password-change': passwordChange,
  'email-change': emailChange,
  codes,
  providers,
  'fresh-authentication': fresh,
  administration,
}
