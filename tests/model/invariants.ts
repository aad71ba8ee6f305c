import type { AuthEvent } from '@mindmesh/auth'
import { expect } from 'vitest'
import { LIMITS } from './model-config.ts'
import type { Side } from './twins.ts'

/** What holds at the end of every history, whatever failed in it. */
export async function assertInvariants({ mindmesh, store }: Side): Promise<void> {
  const { items: users } = await mindmesh.user.list({ limit: 500 })
  expect(new Set(users.map((user) => user.email)).size).toBe(users.length)
  for (const user of users) {
    const { items } = await mindmesh.events.list({ userId: user.id, limit: 500 })
    const events = items.toReversed()
    const opened = events.filter(({ type }) => type === 'LOGIN_SUCCESS').map((e) => e.sessionId)
    const sessions = await store.sessions.listAll(user.id)
    // A session and its event are one step. Ended sessions are pruned, so there may be more events.
    for (const { id } of sessions) expect(opened.filter((each) => each === id)).toHaveLength(1)
    if (user.blockedAt !== null) expect(await mindmesh.session.list(user.id)).toEqual([])
    const identities = await mindmesh.oauth.list(user.id)
    const credentials = await store.users.findCredentials(user.id)
    expect(identities.length > 0 || credentials?.passwordHash != null).toBe(true)
    assertCodes(events)
  }
}

const NEW_PASSWORD = new Set(['PASSWORD_CHANGED', 'PASSWORD_RESET_COMPLETED', 'ACCOUNT_CLAIMED'])

/** No code is used that was not sent, and no more wrong ones are compared than a password allows. */
function assertCodes(events: readonly AuthEvent[]): void {
  let unused = 0
  let failures = 0
  for (const { type, metadata } of events) {
    if (NEW_PASSWORD.has(type)) failures = 0
    if (metadata['purpose'] !== 'login') continue
    if (type === 'OTP_SENT') unused += 1
    if (type === 'OTP_VERIFIED') unused -= 1
    if (type === 'OTP_FAILED') failures += 1
    expect(unused).toBeGreaterThanOrEqual(0)
    expect(failures).toBeLessThanOrEqual(LIMITS.codeFailuresPerPassword.limit)
  }
}
