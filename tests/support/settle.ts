import { expect } from 'vitest'
import type { StoredRows } from '../engines/stored-rows.ts'
import type { TestInstance } from './instance.ts'
import { brokenInvariants } from './invariants/broken-invariants.ts'
import { mailsLostOrDoubled } from './invariants/of-mails.ts'

/** The sessions that somebody who comes back opens are told apart from those that were there. */
const LATER_PASSWORD = 'a password of the day after'

/**
 * What must hold once trouble is over: nothing that is stored contradicts anything else; a day later, when every
 * lease and limit is over, whatever mail is left has gone out; and everybody who is not blocked gets in, by a reset
 * and both steps of signing in, whatever was cut short for them.
 */
export async function expectSettled(
  t: TestInstance,
  rows: () => Promise<StoredRows>,
  handedOver: () => number = () => t.mailer.sent.length,
): Promise<void> {
  expect(brokenInvariants(await rows())).toEqual([])
  t.clock.advance({ hours: 25 })
  await t.mindmesh.mail.deliverDue({ limit: 1000 })
  const { users, mails } = await rows()
  expect(mails.filter(({ availableAt }) => availableAt !== null)).toEqual([])
  const free = users.filter(({ blockedAt }) => blockedAt === null).map(({ email }) => email)
  // Not all at once: a pass over the outbox takes a hundred mails.
  for (let next = 0; next < free.length; next += 20) {
    await Promise.all(free.slice(next, next + 20).map(async (email) => getIn(t, email)))
  }
  const after = await rows()
  expect(brokenInvariants(after)).toEqual([])
  expect(mailsLostOrDoubled(after, handedOver())).toEqual([])
}

async function getIn(t: TestInstance, email: string): Promise<void> {
  const { auth, password } = t.mindmesh
  await password.requestReset(email)
  await password.reset(await t.newestToken(email), LATER_PASSWORD)
  await auth.login(email, LATER_PASSWORD)
  const { user } = await auth.verifyOtp(email, await t.newestCode(email), 'login')
  expect(user.email).toBe(email)
}
