import type { MindmeshAuth } from '@mindmesh/auth'
import { fastHasher } from '@mindmesh/auth/testing'
import { expect } from 'vitest'
import { outcomeOf } from '../support/code-of.ts'
import type { FlowTest } from '../support/flow-test.ts'
import { ANNA, testInstance, type TestInstance } from '../support/instance.ts'
import { recordingStore } from '../support/wrapped-store.ts'

/** What an action cost: store calls in their order, hashes, and what it answered. */
interface Work {
  readonly calls: readonly string[]
  readonly answer: string
}

/** Carries an action out on an instance that notes each store call and each hash that is verified. */
async function workOf(
  t: TestInstance,
  action: (mindmesh: MindmeshAuth) => Promise<unknown>,
): Promise<Work> {
  const calls: string[] = []
  const hasher = fastHasher()
  const noting = testInstance(recordingStore(t.store, calls), {
    clock: t.clock,
    passwordHasher: {
      ...hasher,
      verify: async (hash, password) => {
        calls.push('verify')
        return hasher.verify(hash, password)
      },
    },
  })
  const answer = await outcomeOf(action(noting.mindmesh))
  calls.push('—')
  await noting.mindmesh.mail.deliverDue()
  return { calls, answer }
}

/** Nobody learns from the work who has an account. */
export function equalWork(test: FlowTest): void {
  test('equal work: login with a wrong password costs the same for a known, a blocked and an unknown address', async ({
    t,
  }) => {
    await t.register('anna')
    const { id } = await t.register('berta')
    await t.mindmesh.user.block(id)
    await t.mindmesh.mail.deliverDue()
    const login = async (email: string): Promise<Work> =>
      workOf(t, async ({ auth }) => auth.login(email, 'wrong password'))
    const unknown = await login('nobody@example.com')
    expect(unknown.answer).toBe('invalid_credentials')
    expect(unknown.calls.filter((call) => call === 'verify')).toHaveLength(1)
    expect(await login(ANNA)).toEqual(unknown)
    expect(await login('berta@example.com')).toEqual(unknown)
  })

  test('equal work: a sign-in code that nobody asked for costs the same for a known and an unknown address', async ({
    t,
  }) => {
    await t.register('anna')
    const { id } = await t.register('berta')
    await t.mindmesh.user.block(id)
    await t.mindmesh.mail.deliverDue()
    const challengeId = '0190a000-0000-7000-8000-000000000000'
    const verify = async (email: string): Promise<Work> =>
      workOf(t, async ({ auth }) => auth.verifyOtp(email, '000000', 'login', { challengeId }))
    const unknown = await verify('nobody@example.com')
    expect(unknown.answer).toBe('otp_invalid')
    expect(await verify(ANNA)).toEqual(unknown)
    expect(await verify('berta@example.com')).toEqual(unknown)
  })

  test('equal work: a reset request costs the same for a known and an unknown address', async ({
    t,
  }) => {
    await t.register('anna')
    const request = async (email: string): Promise<Work> =>
      workOf(t, async ({ password }) => password.requestReset(email))
    const unknown = await request('nobody@example.com')
    expect(unknown.answer).toBe('ok')
    expect(unknown.calls).toContain('codes.issue')
    expect(await request(ANNA)).toEqual(unknown)
  })

  test('equal work: an email_verify code costs the same for a known and an unknown address', async ({
    t,
  }) => {
    await t.register('anna')
    const send = async (email: string): Promise<Work> =>
      workOf(t, async ({ otp }) => otp.send(email, 'email_verify'))
    const unknown = await send('nobody@example.com')
    expect(unknown.answer).toBe('ok')
    expect(await send(ANNA)).toEqual(unknown)
    const verify = async (email: string): Promise<Work> =>
      workOf(t, async ({ otp }) => otp.verify(email, '000000', 'email_verify'))
    expect(await verify(ANNA)).toEqual(await verify('nobody@example.com'))
  })

  test('equal work: an address change costs the same for a taken and a free address', async ({
    t,
  }) => {
    const { id } = await t.register('anna')
    await t.register('berta')
    const change = async (to: string): Promise<Work> =>
      workOf(t, async ({ user }) => user.requestEmailChange(id, to))
    const free = await change('nobody@example.com')
    expect(free.answer).toBe('ok')
    expect(await change('berta@example.com')).toEqual(free)
  })
}
