import { expect } from 'vitest'
import { authErrorOf, codeOf, outcomeOf } from '../support/code-of.ts'
import type { FlowTest } from '../support/flow-test.ts'
import { ANNA, PASSWORD, testInstance, type TestInstance } from '../support/instance.ts'
import { answeringStore, interruptedStore, wrappedStore } from '../support/wrapped-store.ts'

const NEW = 'new@example.com'

/** Changes an address by the mailed link; gives the token that takes it back. */
async function changeTo(t: TestInstance, id: string, to: string): Promise<string> {
  const from = (await t.mindmesh.user.getById(id))?.displayEmail ?? ''
  await t.mindmesh.user.requestEmailChange(id, to)
  await t.mindmesh.user.confirmEmailChange(await t.newestToken(to))
  return t.newestToken(from)
}

/** Changing an address. */
export function emailChange(test: FlowTest): void {
  test('e-mail change: nothing changes before the link is used; then the new address counts', async ({
    t,
  }) => {
    const { id } = await t.register('anna')
    const session = await t.signIn('anna')
    await t.mindmesh.user.requestEmailChange(id, 'New@Example.com')
    expect(await t.mindmesh.user.getById(id)).toMatchObject({ email: ANNA })
    const token = await t.newestToken('New@Example.com')
    t.clock.advance({ minutes: 1 })
    const at = t.clock.now()
    const changed = await t.mindmesh.user.confirmEmailChange(token)
    expect(changed).toMatchObject({ id, email: NEW, displayEmail: 'New@Example.com' })
    expect(changed).toMatchObject({ emailVerifiedAt: at, updatedAt: at })
    expect(await t.mindmesh.user.getById(id)).toEqual(changed)
    expect(await codeOf(t.mindmesh.auth.refresh(session.refreshToken))).toBe('session_revoked')
    expect(await codeOf(t.mindmesh.auth.login(ANNA, PASSWORD))).toBe('invalid_credentials')
    expect(await t.mindmesh.auth.login(NEW, PASSWORD)).toMatchObject({ otpRequired: true })
    expect(await codeOf(t.mindmesh.user.confirmEmailChange(token))).toBe('link_invalid')
  })

  test('e-mail change: the link is over after an hour, and a newer one replaces it', async ({
    t,
  }) => {
    const { id } = await t.register('anna')
    await t.mindmesh.user.requestEmailChange(id, NEW)
    const first = await t.newestToken(NEW)
    await t.mindmesh.user.requestEmailChange(id, NEW)
    const second = await t.newestToken(NEW)
    expect(await codeOf(t.mindmesh.user.confirmEmailChange(first))).toBe('link_invalid')
    t.clock.advance({ minutes: 60 })
    expect(await codeOf(t.mindmesh.user.confirmEmailChange(second))).toBe('link_expired')
    await t.mindmesh.user.requestEmailChange(id, NEW)
    t.clock.advance({ seconds: 3599 })
    await t.mindmesh.user.confirmEmailChange(await t.newestToken(NEW))
  })

  test('e-mail change: the present address is refused, and an unknown person too', async ({
    t,
  }) => {
    const { id } = await t.register('anna')
    const same = t.mindmesh.user.requestEmailChange(id, 'ANNA@example.com')
    expect(await authErrorOf(same)).toMatchObject({ field: 'newEmail', reason: 'unchanged' })
    const nobody = '01900000-0000-7000-8000-000000000000'
    expect(await codeOf(t.mindmesh.user.requestEmailChange(nobody, NEW))).toBe('user_not_found')
  })

  test('e-mail change: a taken address gets no mail and the same answer; one taken later is refused', async ({
    t,
  }) => {
    const { id } = await t.register('anna')
    await t.register('berta')
    expect(await t.mindmesh.user.requestEmailChange(id, 'berta@example.com')).toBeUndefined()
    await t.mindmesh.mail.deliverDue()
    expect(t.mailer.sent).toEqual([])
    await t.mindmesh.user.requestEmailChange(id, NEW)
    const token = await t.newestToken(NEW)
    await t.register('new')
    expect(await codeOf(t.mindmesh.user.confirmEmailChange(token))).toBe('email_taken')
    expect(await t.mindmesh.user.getById(id)).toMatchObject({ email: ANNA })
  })

  test('e-mail change: the links of a deleted person are worth nothing', async ({ t }) => {
    const { id } = await t.register('anna')
    const undo = await changeTo(t, id, NEW)
    await t.mindmesh.user.requestEmailChange(id, 'third@example.com')
    const confirm = await t.newestToken('third@example.com')
    await t.mindmesh.user.delete(id)
    expect(await codeOf(t.mindmesh.user.confirmEmailChange(confirm))).toBe('link_invalid')
    expect(await codeOf(t.mindmesh.user.undoEmailChange(undo))).toBe('link_invalid')
  })

  test('e-mail change: a person who is deleted in between is not changed', async ({ t }) => {
    const { id } = await t.register('anna')
    await t.mindmesh.user.requestEmailChange(id, NEW)
    const token = await t.newestToken(NEW)
    const racing = interruptedStore(t.store, 'users.findById', async () =>
      t.mindmesh.user.delete(id),
    )
    const late = testInstance(racing, { clock: t.clock })
    expect(await codeOf(late.mindmesh.user.confirmEmailChange(token))).toBe('link_invalid')
    expect(await t.eventTypes(id)).not.toContain('EMAIL_CHANGED')
  })

  test('e-mail change: a link of nobody changes nobody', async ({ t }) => {
    const { id } = await t.register('anna')
    await t.mindmesh.user.requestEmailChange(id, NEW)
    const token = await t.newestToken(NEW)
    const ownerless = wrappedStore(t.store, async ({ name, proceed }) => {
      const found = await proceed()
      return name === 'codes.findByHash' ? { ...Object(found), userId: null } : found
    })
    const { mindmesh } = testInstance(ownerless, { clock: t.clock })
    expect(await codeOf(mindmesh.user.confirmEmailChange(token))).toBe('link_invalid')
  })

  test('e-mail change: a change that comes in between is told, not written over', async ({ t }) => {
    const { id } = await t.register('anna')
    await t.mindmesh.user.requestEmailChange(id, NEW)
    const token = await t.newestToken(NEW)
    const late = testInstance(answeringStore(t.store, 'users.changeEmail', 'stale'), {
      clock: t.clock,
    })
    expect(await codeOf(late.mindmesh.user.confirmEmailChange(token))).toBe('link_invalid')
    const undo = await changeTo(t, id, 'third@example.com')
    expect(await codeOf(late.mindmesh.user.undoEmailChange(undo))).toBe('conflict')
  })

  undoing(test)
}

function undoing(test: FlowTest): void {
  test('e-mail undo: for 72 hours the old address can take it back, which ends every session', async ({
    t,
  }) => {
    const { id } = await t.register('anna')
    const undo = await changeTo(t, id, NEW)
    expect((await t.newestMail(ANNA)).text).toContain(NEW)
    t.clock.advance({ seconds: 72 * 3600 - 1 })
    const thief = await t.signIn('new')
    await t.mindmesh.user.undoEmailChange(undo)
    expect(await t.mindmesh.user.getById(id)).toMatchObject({
      email: ANNA,
      displayEmail: ANNA,
      emailVerifiedAt: t.clock.now(),
    })
    expect(await t.mindmesh.session.list(id)).toEqual([])
    expect(await codeOf(t.mindmesh.auth.refresh(thief.refreshToken))).toBe('session_revoked')
    expect((await t.newestMail(ANNA)).subject).toContain('was restored')
    expect(await codeOf(t.mindmesh.user.undoEmailChange(undo))).toBe('link_invalid')
    expect(await t.mindmesh.auth.login(ANNA, PASSWORD)).toMatchObject({ otpRequired: true })
  })

  test('e-mail undo: after 72 hours the change stands, and the old address is free', async ({
    t,
  }) => {
    const { id } = await t.register('anna')
    const undo = await changeTo(t, id, NEW)
    t.clock.advance({ hours: 72 })
    expect(await codeOf(t.mindmesh.user.undoEmailChange(undo))).toBe('link_expired')
    expect(await t.mindmesh.user.getById(id)).toMatchObject({ email: NEW })
    expect(await t.register('anna')).toMatchObject({ email: ANNA })
  })

  test('e-mail undo: until then nobody else gets the old address, but the owner can have it back', async ({
    t,
  }) => {
    const { id } = await t.register('anna')
    const berta = await t.register('berta')
    await changeTo(t, id, NEW)
    expect(await codeOf(t.register('anna'))).toBe('email_taken')
    await t.mindmesh.user.requestEmailChange(berta.id, ANNA)
    const token = await t.newestToken(ANNA)
    expect(await codeOf(t.mindmesh.user.confirmEmailChange(token))).toBe('email_taken')
    await changeTo(t, id, ANNA)
    expect(await t.mindmesh.user.getById(id)).toMatchObject({ email: ANNA })
  })

  test('e-mail undo: no second change, new password or block of a thief voids the link', async ({
    t,
  }) => {
    const { id } = await t.register('anna')
    const undo = await changeTo(t, id, 'thief@example.com')
    const laterUndo = await changeTo(t, id, 'second@example.com')
    await t.mindmesh.password.change(id, PASSWORD, 'the password of a thief')
    await t.mindmesh.password.requestReset('second@example.com')
    const reset = await t.newestToken('second@example.com')
    await t.mindmesh.password.reset(reset, 'the next password of a thief')
    await t.mindmesh.user.block(id)
    await t.mindmesh.user.unblock(id)
    await t.mindmesh.user.requestEmailChange(id, 'fourth@example.com')
    const open = await t.newestToken('fourth@example.com')
    await t.mindmesh.user.undoEmailChange(undo)
    expect(await t.mindmesh.user.getById(id)).toMatchObject({ email: ANNA })
    expect(await codeOf(t.mindmesh.user.undoEmailChange(laterUndo))).toBe('link_invalid')
    expect(await codeOf(t.mindmesh.user.confirmEmailChange(open))).toBe('link_invalid')
  })

  test('e-mail undo: a link that an earlier one voids in this very moment is over', async ({
    t,
  }) => {
    const { id } = await t.register('anna')
    const undo = await changeTo(t, id, NEW)
    const laterUndo = await changeTo(t, id, 'second@example.com')
    const interrupted = interruptedStore(t.store, 'codes.consume', async () =>
      t.mindmesh.user.undoEmailChange(undo),
    )
    const late = testInstance(interrupted, { clock: t.clock })
    expect(await codeOf(late.mindmesh.user.undoEmailChange(laterUndo))).toBe('link_invalid')
    expect(await t.mindmesh.user.getById(id)).toMatchObject({ email: ANNA })
  })

  test('e-mail change: a link that a newer one replaces in this very moment is over', async ({
    t,
  }) => {
    const { id } = await t.register('anna')
    await t.mindmesh.user.requestEmailChange(id, NEW)
    const token = await t.newestToken(NEW)
    const interrupted = interruptedStore(t.store, 'codes.consume', async () =>
      t.mindmesh.user.requestEmailChange(id, 'second@example.com'),
    )
    const late = testInstance(interrupted, { clock: t.clock })
    expect(await codeOf(late.mindmesh.user.confirmEmailChange(token))).toBe('link_invalid')
    expect(await t.mindmesh.user.getById(id)).toMatchObject({ email: ANNA })
  })

  test('e-mail undo: an address that somebody has after all is refused', async ({ t }) => {
    const { id } = await t.register('anna')
    const undo = await changeTo(t, id, NEW)
    const taken = testInstance(answeringStore(t.store, 'users.changeEmail', 'email_taken'), {
      clock: t.clock,
    })
    expect(await codeOf(taken.mindmesh.user.undoEmailChange(undo))).toBe('email_taken')
  })

  test('e-mail undo: the app’s own figures count', async ({ t }) => {
    const short = testInstance(t.store, {
      clock: t.clock,
      config: { emailUndoHours: 1, emailChangeExpiryMinutes: 5 },
    })
    const { id } = await short.register('anna')
    await short.mindmesh.user.requestEmailChange(id, NEW)
    const late = await short.newestToken(NEW)
    t.clock.advance({ minutes: 5 })
    expect(await codeOf(short.mindmesh.user.confirmEmailChange(late))).toBe('link_expired')
    const undo = await changeTo(short, id, NEW)
    t.clock.advance({ minutes: 59 })
    expect(await outcomeOf(short.mindmesh.user.undoEmailChange(undo))).toBe('ok')
  })
}
