import type { AuthStore } from '@mindmesh/auth/ports'
import { describe, expect, test } from 'vitest'
import { engines } from '../engines.ts'
import { testInstance } from '../support/instance.ts'

async function addressesIn(store: AuthStore): Promise<readonly string[]> {
  return (await store.users.list({ after: null, limit: 10 })).map((user) => user.email)
}

async function addAnna(store: AuthStore): Promise<void> {
  const t = testInstance(store)
  await t.register('anna')
  await t.mindmesh.close()
}

describe.each(engines)('engine $name', (engine) => {
  test('a store is empty, whatever an earlier one was given', async () => {
    const first = await engine.open()
    await addAnna(first.store)
    expect(await addressesIn(first.store)).toEqual(['anna@example.com'])
    await first.close()
    const second = await engine.open()
    expect(await addressesIn(second.store)).toEqual([])
    await addAnna(second.store)
    await second.close()
  })

  test('two stores that are open at once see nothing of each other', async () => {
    const [one, two] = await Promise.all([engine.open(), engine.open()])
    await addAnna(one.store)
    expect(await addressesIn(two.store)).toEqual([])
    await one.close()
    await two.close()
  })

  test('the rows are those that the store wrote, dates to the millisecond', async () => {
    const opened = await engine.open()
    const t = testInstance(opened.store)
    t.clock.advance({ seconds: 0.007 })
    const user = await t.register('anna')
    await t.signIn('anna')
    await t.mindmesh.close()
    const rows = await opened.rows()
    expect(rows.users).toMatchObject([await opened.store.users.findById(user.id)])
    expect(rows.sessions).toEqual(await opened.store.sessions.listAll(user.id))
    expect(rows.mails).toMatchObject([{ template: 'login_code', sentAt: t.clock.now() }])
    expect(rows.events.map(({ type }) => type).toSorted()).toEqual([
      'EMAIL_VERIFIED',
      'LOGIN_SUCCESS',
      'OTP_SENT',
      'OTP_VERIFIED',
      'REGISTRATION_SUCCESS',
    ])
    await opened.close()
  })

  test('a dump shows the rows that are there', async () => {
    const opened = await engine.open()
    await addAnna(opened.store)
    expect(await opened.dump()).toContain('anna@example.com')
    await opened.close()
  })
})
