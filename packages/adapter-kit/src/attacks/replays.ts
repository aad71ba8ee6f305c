import { expectEqual, present } from '../expect.ts'
import { attackEach, attacksOf, type AttackCase } from './attack-case.ts'
import { NEXT_PASSWORD, PASSWORD, type AttackContext } from './attack-context.ts'
import { personAt } from './attack-provider.ts'
import { expectRefused } from './outcome-of.ts'

const ANNA = 'anna@example.com'
const ENDED = ['session_revoked', 'account_blocked', 'token_invalid']

/** What Anna, or the app, does against a thief. */
interface End {
  readonly what: string
  readonly end: (
    c: AttackContext,
    anna: { readonly id: string; readonly sessionId: string },
  ) => Promise<void>
}

const RESET: End = {
  what: 'a reset',
  async end(c) {
    await c.app.password.requestReset(ANNA)
    await c.app.password.reset(await c.newestToken(ANNA), NEXT_PASSWORD)
  },
}
const CHANGE: End = {
  what: 'a change of the password',
  end: async (c, { id }) => c.app.password.change(id, PASSWORD, NEXT_PASSWORD),
}
const BLOCK: End = { what: 'a block', end: async (c, { id }) => c.app.user.block(id) }
const UNBLOCKED: End = {
  what: 'a block that was lifted again',
  async end(c, { id }) {
    await c.app.user.block(id)
    await c.app.user.unblock(id)
  },
}
const DELETION: End = { what: 'the deletion', end: async (c, { id }) => c.app.user.delete(id) }
const REGISTERED_AGAIN: End = {
  what: 'a deletion and a new registration',
  async end(c, { id }) {
    await c.app.user.delete(id)
    await c.register('anna')
  },
}
const ADDRESS: End = {
  what: 'a change of the address',
  async end(c, { id }) {
    await c.app.user.requestEmailChange(id, 'new@example.com')
    await c.app.user.confirmEmailChange(await c.newestToken('new@example.com'))
  },
}
const UNDO: End = {
  what: 'a change of the address that was taken back',
  async end(c, anna) {
    await ADDRESS.end(c, anna)
    await c.app.user.undoEmailChange(await c.newestToken(ANNA))
  },
}
const LOGOUT: End = {
  what: 'the logout',
  end: async (c, { sessionId }) => c.app.auth.logout(sessionId),
}
const REVOKED: End = {
  what: 'the end of all sessions',
  end: async (c, { id }) => c.app.session.revokeAll(id),
}

const ALL: readonly End[] = [
  RESET,
  CHANGE,
  BLOCK,
  UNBLOCKED,
  DELETION,
  REGISTERED_AGAIN,
  ADDRESS,
  UNDO,
]

const TOKENS = attackEach('replay', [LOGOUT, REVOKED, ...ALL], {
  name: ({ what }) => `uses the tokens of a session after ${what}`,
  async run(c: AttackContext, { end }) {
    const { id } = await c.register('anna')
    const tokens = await c.signIn(ANNA)
    await end(c, { id, ...tokens })
    await expectRefused(c.from().auth.refresh(tokens.refreshToken), ENDED, 'the refresh token')
    await expectRefused(c.from().auth.getUserFromToken(tokens.accessToken), ENDED, 'the token')
    const reauthenticated = c.app.session.reauthenticate(tokens.sessionId, PASSWORD)
    await expectRefused(reauthenticated, ENDED, 'confirming the password')
  },
})

const CODES = attackEach('replay', ALL, {
  name: ({ what }) => `uses a sign-in code of before, after ${what}`,
  async run(c: AttackContext, { end }) {
    const { id } = await c.register('anna')
    const { sessionId } = await c.signIn(ANNA)
    const { challengeId, code } = await c.startLogin(ANNA)
    await end(c, { id, sessionId })
    for (const email of [ANNA, 'new@example.com']) {
      const call = c.from().auth.verifyOtp(email, code, 'login', { challengeId })
      await expectRefused(call, ['otp_invalid', 'account_blocked'], email)
    }
  },
})

const LINKS = attackEach('replay', ALL, {
  name: ({ what }) => `uses the links of before, after ${what}`,
  async run(c: AttackContext, { end }) {
    const { id } = await c.register('anna')
    const { sessionId } = await c.signIn(ANNA)
    await c.app.password.requestReset(ANNA)
    const reset = await c.newestToken(ANNA)
    await c.app.user.requestEmailChange(id, 'thief@example.com')
    const change = await c.newestToken('thief@example.com')
    await end(c, { id, sessionId })
    const used = c.from().password.reset(reset, `${NEXT_PASSWORD} of a thief`)
    await expectRefused(used, ['link_invalid'], 'the link of a reset')
    const changed = c.from().user.confirmEmailChange(change)
    await expectRefused(changed, ['link_invalid'], 'the link that changes the address')
  },
})

const TWICE = attacksOf('replay', {
  'uses a sign-in code twice': async (c) => {
    const { id } = await c.register('anna')
    const { challengeId, code } = await c.startLogin(ANNA)
    await c.from().auth.verifyOtp(ANNA, code, 'login', { challengeId })
    const again = c.from().auth.verifyOtp(ANNA, code, 'login', { challengeId })
    await expectRefused(again, ['otp_invalid'], 'the second time')
    expectEqual((await c.app.session.list(id)).length, 1, 'sessions')
  },
  'uses a sign-in code that a newer one has replaced': async (c) => {
    await c.register('anna')
    const { challengeId, code } = await c.startLogin(ANNA)
    const newer = await c.startLogin(ANNA)
    const old = c.from().auth.verifyOtp(ANNA, code, 'login', { challengeId })
    await expectRefused(old, ['otp_invalid'], 'the old code')
    await c.from().auth.verifyOtp(ANNA, newer.code, 'login', { challengeId: newer.challengeId })
  },
  'uses a sign-in code after its end': async (c) => {
    await c.register('anna')
    const { challengeId, code } = await c.startLogin(ANNA)
    c.clock.advance({ minutes: 10 })
    const late = c.from().auth.verifyOtp(ANNA, code, 'login', { challengeId })
    await expectRefused(late, ['otp_expired'], 'the late code')
  },
  'uses a reset link twice, or one that a newer has replaced': async (c) => {
    await c.register('anna')
    await c.app.password.requestReset(ANNA)
    const old = await c.newestToken(ANNA)
    await c.app.password.requestReset(ANNA)
    const token = await c.newestToken(ANNA)
    await expectRefused(
      c.from().password.reset(old, NEXT_PASSWORD),
      ['link_invalid'],
      'the old one',
    )
    await c.from().password.reset(token, NEXT_PASSWORD)
    const again = c.from().password.reset(token, `${NEXT_PASSWORD} again`)
    await expectRefused(again, ['link_invalid'], 'the second time')
  },
  'uses the links of an address change twice': async (c) => {
    const { id } = await c.register('anna')
    await c.app.user.requestEmailChange(id, 'new@example.com')
    const change = await c.newestToken('new@example.com')
    await c.from().user.confirmEmailChange(change)
    await expectRefused(c.from().user.confirmEmailChange(change), ['link_invalid'], 'the change')
    const undo = await c.newestToken(ANNA)
    await c.from().user.undoEmailChange(undo)
    await expectRefused(c.from().user.undoEmailChange(undo), ['link_invalid'], 'taking it back')
    await expectRefused(
      c.from().user.confirmEmailChange(change),
      ['link_invalid'],
      'the change again',
    )
  },
  'has a block lifted by a reset': async (c) => {
    const { id } = await c.register('anna')
    await c.app.user.block(id)
    await RESET.end(c, { id, sessionId: '' })
    const signIn = c.from().auth.login(ANNA, NEXT_PASSWORD)
    await expectRefused(signIn, ['account_blocked'], 'the sign-in')
  },
  'signs in with the old password after a reset': async (c) => {
    const { id } = await c.register('anna')
    await RESET.end(c, { id, sessionId: '' })
    const signIn = c.from().auth.login(ANNA, PASSWORD)
    await expectRefused(signIn, ['invalid_credentials'], 'the sign-in')
  },
  'takes over who registers under the address of a deleted account': async (c) => {
    const { id } = await c.register('anna')
    const tokens = await c.signIn(ANNA)
    const start = await c.from().oauth.authorize('hub')
    await c.from().oauth.callback('hub', c.hub.consent(start, personAt(ANNA, 'old')))
    await c.app.user.delete(id)
    const next = await c.register('anna')
    expectEqual(await c.app.oauth.list(next.id), [], 'identities')
    expectEqual(await c.app.session.list(next.id), [], 'sessions')
    await expectRefused(c.from().auth.refresh(tokens.refreshToken), ENDED, 'the old token')
    const found = present(await c.app.user.getByEmail(ANNA), 'the account')
    expectEqual(found.id === id, false, 'whether it has the old id')
  },
})

/** Attacks that use again what was used or ended. */
export const replays: readonly AttackCase[] = [...TOKENS, ...CODES, ...LINKS, ...TWICE]
