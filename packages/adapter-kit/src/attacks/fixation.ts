import { expectEqual, present } from '../expect.ts'
import { attacksOf, type AttackCase } from './attack-case.ts'
import { NEXT_PASSWORD, PASSWORD } from './attack-context.ts'
import { personAt } from './attack-provider.ts'
import { expectRefused, outcomeOf } from './outcome-of.ts'

const ANNA = 'anna@example.com'
const THIEF = 'thief@example.com'

/** Attacks that prepare something before its owner comes, or slip something of the thief's to them. */
export const fixation: readonly AttackCase[] = attacksOf('fixation', {
  'has a victim signed in to a session that the thief knows': async (c) => {
    await c.register('anna')
    const known = await c.signIn(ANNA)
    const next = await c.signIn(ANNA)
    expectEqual(next.sessionId === known.sessionId, false, 'whether it is the same session')
    expectEqual(next.refreshToken === known.refreshToken, false, 'whether it is the same token')
  },
  'gives a victim the challenge of the thief’s own sign-in': async (c) => {
    await c.register('anna')
    await c.register('thief')
    const thief = await c.startLogin(THIEF)
    const anna = await c.startLogin(ANNA)
    const swapped = [
      async () =>
        c.from().auth.verifyOtp(ANNA, anna.code, 'login', { challengeId: thief.challengeId }),
      async () =>
        c.from().auth.verifyOtp(ANNA, thief.code, 'login', { challengeId: anna.challengeId }),
      async () =>
        c.from().auth.verifyOtp(THIEF, anna.code, 'login', { challengeId: anna.challengeId }),
      async () =>
        c.from().auth.verifyOtp(THIEF, anna.code, 'login', { challengeId: thief.challengeId }),
    ]
    for (const call of swapped) await expectRefused(call, ['otp_invalid'], 'a swapped sign-in')
  },
  'registers the address of a victim, who later comes by a provider': async (c) => {
    const { id } = await c.app.auth.register(ANNA, PASSWORD)
    const start = await c.from().oauth.authorize('hub')
    await c.from().oauth.callback('hub', c.hub.consent(start, personAt(ANNA)))
    const user = present(await c.app.user.getByEmail(ANNA), 'the account')
    expectEqual(user.id, id, 'the account')
    await expectRefused(c.from().auth.login(ANNA, PASSWORD), ['invalid_credentials'], 'the thief')
  },
  'registers the address of a victim, who later resets the password': async (c) => {
    await c.app.auth.register(ANNA, PASSWORD)
    const step = await c.app.auth.login(ANNA, PASSWORD)
    const challengeId = step.otpRequired ? step.challengeId : ''
    const code = present(/\b\d{6}\b/.exec((await c.newestMail(ANNA)).text)?.[0], 'a code')
    await c.app.password.requestReset(ANNA)
    await c.app.password.reset(await c.newestToken(ANNA), NEXT_PASSWORD)
    await expectRefused(c.from().auth.login(ANNA, PASSWORD), ['invalid_credentials'], 'the thief')
    const old = c.from().auth.verifyOtp(ANNA, code, 'login', { challengeId })
    await expectRefused(old, ['otp_invalid'], 'the code of before')
  },
  'keeps an address change ready until a victim registers that address': async (c) => {
    const thief = await c.register('thief')
    await c.app.user.requestEmailChange(thief.id, ANNA)
    const token = await c.newestToken(ANNA)
    const { id } = await c.register('anna')
    await expectRefused(c.from().user.confirmEmailChange(token), ['email_taken'], 'the change')
    expectEqual((await c.app.user.getByEmail(ANNA))?.id, id, 'whose the address is')
  },
  'changes a stolen account’s address and registers the old one at once': async (c) => {
    const { id } = await c.register('anna')
    await c.app.user.requestEmailChange(id, THIEF)
    await c.from().user.confirmEmailChange(await c.newestToken(THIEF))
    const undo = await c.newestToken(ANNA)
    await outcomeOf(c.from().auth.register(ANNA, PASSWORD))
    const start = await c.from().oauth.authorize('hub')
    await outcomeOf(c.from().oauth.callback('hub', c.hub.consent(start, personAt(ANNA))))
    expectEqual(await c.app.user.getByEmail(ANNA), null, 'who has the old address meanwhile')
    await c.from().user.undoEmailChange(undo)
    expectEqual((await c.app.user.getByEmail(ANNA))?.id, id, 'whose the address is')
  },
  'changes a stolen account’s address twice, to lose the owner’s way back': async (c) => {
    const { id } = await c.register('anna')
    await c.app.user.requestEmailChange(id, THIEF)
    await c.from().user.confirmEmailChange(await c.newestToken(THIEF))
    const undo = await c.newestToken(ANNA)
    await c.app.user.requestEmailChange(id, 'second@example.com')
    await c.from().user.confirmEmailChange(await c.newestToken('second@example.com'))
    await c.app.password.change(id, PASSWORD, NEXT_PASSWORD)
    const undoOfThief = await c.newestToken(THIEF)
    await c.from().user.undoEmailChange(undo)
    expectEqual((await c.app.user.getByEmail(ANNA))?.id, id, 'whose the address is')
    const back = c.from().user.undoEmailChange(undoOfThief)
    await expectRefused(back, ['link_invalid'], 'the thief’s way back')
  },
  'keeps signed in through the owner’s change of the password': async (c) => {
    const { id } = await c.register('anna')
    const thief = await c.signIn(ANNA)
    const owner = await c.signIn(ANNA)
    const keepSessionId = owner.sessionId
    await c.app.password.change(id, PASSWORD, NEXT_PASSWORD, { keepSessionId })
    await expectRefused(c.from().auth.refresh(thief.refreshToken), ['session_revoked'], 'the thief')
    expectEqual(await outcomeOf(c.app.auth.refresh(owner.refreshToken)), 'ok', 'the owner')
  },
  'does what asks for a fresh sign-in with an old session': async (c) => {
    const { id } = await c.register('anna')
    const { sessionId } = await c.signIn(ANNA)
    c.clock.advance({ hours: 25 })
    const proof = { sessionId }
    const calls = [
      async () => c.app.user.requestEmailChange(id, THIEF, proof),
      async () => c.app.user.delete(id, proof),
      async () => c.app.oauth.link(id, 'hub', { proof }),
      async () => c.app.session.assertFresh(id, proof),
    ]
    for (const call of calls) await expectRefused(call, ['reauthentication_required'], 'a call')
  },
  'does what asks for a fresh sign-in with another person’s session': async (c) => {
    const { id } = await c.register('anna')
    await c.register('thief')
    const proof = { sessionId: (await c.signIn(THIEF)).sessionId }
    const calls = [
      async () => c.app.user.requestEmailChange(id, 'x@example.com', proof),
      async () => c.app.user.delete(id, proof),
      async () => c.app.oauth.link(id, 'hub', { proof }),
    ]
    for (const call of calls) await expectRefused(call, ['session_revoked'], 'a call')
  },
})
