import { expect } from 'vitest'
import { authErrorOf, codeOf } from '../support/code-of.ts'
import type { FlowTest } from '../support/flow-test.ts'
import { ANNA, PASSWORD, testInstance } from '../support/instance.ts'
import { answeringStore } from '../support/wrapped-store.ts'

/** Making an account. */
export function registration(test: FlowTest): void {
  test('register: writes the person, signs nobody in and sends no mail', async ({ t }) => {
    const user = await t.mindmesh.auth.register(' Anna@Example.COM ', PASSWORD)
    expect(user).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-/),
      email: ANNA,
      displayEmail: 'Anna@Example.COM',
      emailVerifiedAt: null,
      blockedAt: null,
      blockedReason: null,
      passwordVersion: 0,
      lastSignedInAt: null,
      createdAt: t.clock.now(),
      updatedAt: t.clock.now(),
    })
    expect(await t.mindmesh.user.getById(user.id)).toEqual(user)
    expect(await t.mindmesh.user.getByEmail('ANNA@example.com')).toEqual(user)
    expect(await t.mindmesh.session.list(user.id)).toEqual([])
    expect(await t.mindmesh.mail.deliverDue()).toMatchObject({ sent: 0 })
  })

  test('register: a taken address is refused in any spelling, recorded, and its owner is told', async ({
    t,
  }) => {
    const owner = await t.register('anna')
    const again = t.mindmesh.auth.register('ANNA@example.com ', PASSWORD)
    expect(await authErrorOf(again)).toMatchObject({ code: 'email_taken', status: 409 })
    expect((await t.newestMail(ANNA)).subject).toContain('already have an account')
    expect(await t.eventTypes(owner.id)).toEqual(['REGISTRATION_SUCCESS', 'REGISTRATION_FAILED'])
  })

  test('register: an address that is taken and gone again by then tells nobody', async ({ t }) => {
    const refusing = testInstance(
      answeringStore(t.store, 'users.register', { status: 'email_taken' }),
    )
    expect(await codeOf(refusing.mindmesh.auth.register(ANNA, PASSWORD))).toBe('email_taken')
    await refusing.mindmesh.mail.deliverDue()
    expect(refusing.mailer.sent).toEqual([])
    const { items } = await t.mindmesh.events.list()
    expect(items).toMatchObject([{ type: 'REGISTRATION_FAILED', userId: null }])
  })

  test('register: the Unicode and the ASCII form of a domain are one address', async ({ t }) => {
    await t.mindmesh.auth.register('anna@bücher.example', PASSWORD)
    const again = t.mindmesh.auth.register('anna@xn--bcher-kva.example', PASSWORD)
    expect(await codeOf(again)).toBe('email_taken')
  })
}
