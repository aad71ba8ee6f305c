import { expect, test } from 'vitest'
import { createMemory } from '../../engines/memory.ts'
import type { StoredRows } from '../../engines/stored-rows.ts'
import { ANNA, testInstance } from '../instance.ts'
import { wrongCode } from '../wrong-code.ts'
import { brokenInvariants } from './broken-invariants.ts'
import { mailsLostOrDoubled } from './of-mails.ts'

/** What is stored when Anna has signed in, refreshed, logged out and mistyped a code, and Berta was blocked. */
async function healthyRows(): Promise<StoredRows> {
  const { openStore, rows } = await createMemory()
  const t = testInstance(openStore())
  await t.register('anna')
  const { id } = await t.register('berta')
  await t.signIn('berta')
  await t.mindmesh.user.block(id)
  const { accessToken, refreshToken } = await t.signIn('anna')
  await t.mindmesh.auth.refresh(refreshToken)
  await t.mindmesh.auth.logout((await t.mindmesh.auth.verifyAccessToken(accessToken)).sessionId)
  const { code } = await t.startLogin('anna')
  await t.mindmesh.auth.verifyOtp(ANNA, wrongCode(code), 'login').catch(() => undefined)
  await t.mindmesh.mail.deliverDue()
  return rows()
}

type Damage = (rows: StoredRows) => Partial<StoredRows>

const without =
  (type: string): Damage =>
  ({ events }) => ({ events: events.filter((event) => event.type !== type) })

const doubled =
  (type: string, times = 2): Damage =>
  ({ events }) => ({
    events: events.flatMap((event) => (event.type === type ? Array(times).fill(event) : [event])),
  })

const damages: Readonly<Record<string, Damage>> = {
  'nobody is without a way in': ({ users }) => ({
    users: users.map((user) => ({ ...user, passwordHash: null })),
  }),
  'a person is there exactly as their registration tells': without('REGISTRATION_SUCCESS'),
  'the version of a password counts its changes': ({ users }) => ({
    users: users.map((user) => ({ ...user, passwordVersion: 1 })),
  }),
  'somebody is blocked exactly as the events tell': without('ACCOUNT_BLOCKED'),
  'an address is verified only by what proves it': without('EMAIL_VERIFIED'),
  'identities are there exactly as the events tell': ({ users }) => ({
    accounts: users.map(({ id, createdAt }) => ({
      provider: 'hub',
      subject: id,
      userId: id,
      email: null,
      createdAt,
    })),
  }),
  'nothing is left of somebody who is gone': () => ({ users: [] }),
  'a session is there exactly as its sign-in tells': () => ({ sessions: [] }),
  'nobody who is blocked has a live session': ({ sessions }) => ({
    sessions: sessions.map((session) => ({ ...session, revokedAt: null })),
  }),
  'each refresh has its event': without('SESSION_REFRESHED'),
  'each end of a session has its event': without('LOGOUT'),
  'a session that the events end is ended': ({ sessions }) => ({
    sessions: sessions.map((session) => ({ ...session, revokedAt: null })),
  }),
  'no code is used twice, and none that was not sent': doubled('OTP_VERIFIED', 3),
  'nobody signs in by a code that was not verified': without('OTP_VERIFIED'),
  'no code has more tries than it was given': ({ codes }) => ({
    codes: codes.map((code) => ({ ...code, attemptsLeft: 6 })),
  }),
  'no code is tried more often than it may be': doubled('OTP_FAILED', 11),
  'no limit is passed': doubled('OTP_SENT', 2),
  'a mail is written with its event': without('ACCOUNT_BLOCKED'),
  'a mail waits, was sent or was given up': ({ mails }) => ({
    mails: mails.map((mail) => ({ ...mail, sentAt: null })),
  }),
  'nothing secret is kept of a mail that is done': ({ mails }) => ({
    mails: mails.map((mail) => ({ ...mail, sealedPayload: 'sealed' })),
  }),
  'a mail that was given up is told': ({ mails }) => ({
    mails: mails.map((mail) => ({ ...mail, failedAt: mail.createdAt })),
  }),
}

test('invariants: what the flows write breaks none', async () => {
  expect(brokenInvariants(await healthyRows())).toEqual([])
})

test.each(Object.entries(damages))('invariants: "%s" finds its damage', async (name, damage) => {
  const rows = await healthyRows()
  const found = brokenInvariants({ ...rows, ...damage(rows) })
  expect(found.filter((line) => line.startsWith(`${name}: `))).not.toEqual([])
})

test('invariants: a mail that is lost and one that is sent too often are found', async () => {
  const rows = await healthyRows()
  const { length } = rows.mails
  expect(mailsLostOrDoubled(rows, length)).toEqual([])
  expect(mailsLostOrDoubled(rows, length - 1)).toHaveLength(1)
  expect(mailsLostOrDoubled(rows, length + 1)).toHaveLength(1)
})
