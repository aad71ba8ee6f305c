import type { AppModel, User, UserStore } from '@mindmesh/auth/ports'
import { issue, openSession, register, sortedIds, storedSession, storedUser } from '../arrange.ts'
import { casesOf, type ContractCase, type ContractContext } from '../contract-case.ts'
import { expectColumns, expectEqual } from '../expect.ts'
import { snapshotOf } from '../written.ts'

type Input<Method extends keyof UserStore<AppModel>> = Parameters<UserStore<AppModel>[Method]>[0]

/** An address change of this person that nothing stands against. */
export function addressChange({ make }: ContractContext, user: User): Input<'changeEmail'> {
  return {
    userId: user.id,
    from: user.email,
    to: `new-${user.id}@example.com`,
    displayEmail: `New-${user.id}@Example.com`,
    at: make.at(5),
    reason: 'email_changed',
    keepPurposes: [],
    reservation: make.reservation(),
  }
}

/** A password change of this person that ends every session. */
export function passwordChange({ make }: ContractContext, user: User): Input<'setPassword'> {
  return {
    userId: user.id,
    passwordVersion: user.passwordVersion,
    passwordHash: '$argon2id$another',
    at: make.at(5),
    keepSessionId: null,
    keepPurposes: [],
    unlinkAccounts: false,
    reason: 'password_reset',
  }
}

/** A block of this person. */
export function blocking({ make }: ContractContext, user: User): Input<'block'> {
  return { userId: user.id, at: make.at(5), reason: 'fraud', keepPurposes: [] }
}

/** The changes that end sessions and void codes, as the cases on that make them. */
const cutting = {
  'users.changeEmail': async (context, user, keepPurposes, effects) =>
    context.store.users.changeEmail({ ...addressChange(context, user), keepPurposes }, effects),
  'users.setPassword': async (context, user, keepPurposes, effects) =>
    context.store.users.setPassword({ ...passwordChange(context, user), keepPurposes }, effects),
  'users.block': async (context, user, keepPurposes, effects) =>
    context.store.users.block({ ...blocking(context, user), keepPurposes }, effects),
} satisfies Record<
  string,
  (
    context: ContractContext,
    user: User,
    keepPurposes: readonly string[],
    effects: Parameters<UserStore<AppModel>['block']>[1],
  ) => Promise<unknown>
>

const REASONS = {
  'users.changeEmail': 'email_changed',
  'users.setPassword': 'password_reset',
  'users.block': 'blocked',
} as const

const cuttingCases = Object.entries(cutting).flatMap(([name, cut]) =>
  casesOf('users', {
    [`${name}: ends every session of the person, and of nobody else`]: async (context) => {
      const user = await register(context)
      const theirs = [await openSession(context, user), await openSession(context, user)]
      const others = await openSession(context, await register(context))
      await cut(context, user, [], {})
      const revokeReason = Object.entries(REASONS).find(([key]) => key === name)?.[1]
      for (const session of theirs) {
        const ended = { ...session, revokedAt: context.make.at(5), revokeReason }
        expectEqual(await storedSession(context, session), ended, 'a session of the person')
      }
      expectEqual(await storedSession(context, others), others, 'a session of another person')
    },
    [`${name}: a session that was revoked before keeps its reason`]: async (context) => {
      const user = await register(context)
      const { id } = await openSession(context, user)
      const { store, make } = context
      await store.sessions.revoke({ sessionId: id, at: make.at(1), reason: 'logout' }, {})
      const before = await storedSession(context, { id })
      await cut(context, user, [], {})
      expectEqual(await storedSession(context, { id }), before, 'the revoked session')
    },
    [`${name}: voids the person's codes but those of keepPurposes`]: async (context) => {
      const user = await register(context)
      const other = await register(context)
      const userId = user.id
      await issue(context, { userId, purpose: 'login' })
      await issue(context, { userId, purpose: 'password_reset', subject: userId })
      const kept = await issue(context, { userId, purpose: 'email_undo' })
      const others = await issue(context, { userId: other.id, purpose: 'login' })
      const nobodys = await issue(context, { userId: null, purpose: 'login' })
      await cut(context, user, ['email_undo', 'unused'], {})
      const { codes } = context.store
      expectEqual(await codes.listByUser(userId), [kept], 'the codes of the person')
      expectEqual(await codes.listByUser(other.id), [others], 'the codes of another person')
      expectEqual(await codes.find(nobodys), nobodys, 'a code of nobody')
    },
    [`${name}: voids codes before its effects are written`]: async (context) => {
      const user = await register(context)
      const place = { userId: user.id, purpose: 'login', subject: user.id }
      await issue(context, { ...place, attemptsLeft: 1 })
      const code = context.make.newCode({ ...place, attemptsLeft: 5 })
      await cut(context, user, [], { codes: [code] })
      expectEqual(await context.store.codes.find(code), code, 'the code among the effects')
    },
  }),
)

/** What the changes of a person write. */
export const userCases: readonly ContractCase[] = [
  ...cuttingCases,
  ...casesOf('users', {
    'users.markEmailVerified: keeps the moment': async (context) => {
      const { store, make } = context
      const user = await register(context)
      const at = make.at(4321)
      await store.users.markEmailVerified({ userId: user.id, email: user.email, at }, {})
      expectColumns(await storedUser(context, user), { emailVerifiedAt: at }, 'the user')
    },
    'users.changeEmail: the new address counts as verified, the old is free': async (context) => {
      const { store } = context
      const user = await register(context)
      const input = addressChange(context, user)
      await store.users.changeEmail(input, {})
      const { to: email, displayEmail, at: emailVerifiedAt } = input
      const expected = { id: user.id, email, displayEmail, emailVerifiedAt }
      expectColumns(await store.users.findByEmail(email), expected, 'the user')
      expectEqual(await store.users.findByEmail(user.email), null, 'the old address')
      await register(context, { email: user.email })
    },
    'users.changeEmail: a code of the person themselves keeps nobody out': async (context) => {
      const { store, now } = context
      const user = await register(context)
      const { purpose, subject } = await issue(context, { userId: user.id })
      const reservation = { purpose, subject, now }
      const input = { ...addressChange(context, user), reservation }
      expectEqual(await store.users.changeEmail(input, {}), 'changed', 'users.changeEmail')
    },
    'users.changeEmail: a reservation that is past keeps nobody out': async (context) => {
      const { store } = context
      const user = await register(context)
      const other = await register(context)
      const { purpose, subject, expiresAt } = await issue(context, { userId: other.id })
      const reservation = { purpose, subject, now: expiresAt }
      const input = { ...addressChange(context, user), reservation }
      expectEqual(await store.users.changeEmail(input, {}), 'changed', 'users.changeEmail')
    },
    'users.setPassword: replaces the hash and raises the version by one': async (context) => {
      const { store } = context
      const user = await register(context)
      const input = passwordChange(context, user)
      expectEqual(await store.users.setPassword(input, {}), 'set', 'users.setPassword')
      const found = await store.users.findCredentials(user.id)
      expectEqual(found?.passwordHash, input.passwordHash, 'the password hash')
      expectEqual(found?.user.passwordVersion, user.passwordVersion + 1, 'the version')
    },
    'users.setPassword: gives a first password to a person without one': async (context) => {
      const user = await register(context, { passwordHash: null })
      const outcome = await context.store.users.setPassword(passwordChange(context, user), {})
      expectEqual(outcome, 'set', 'users.setPassword')
    },
    'users.setPassword: takes the identities of this person off where it is told to': async (
      context,
    ) => {
      const { store, make } = context
      const [user, other] = [await register(context), await register(context)]
      for (const person of [user, other]) {
        await store.accounts.link({ account: make.account(person), expected: null }, {})
      }
      const input = passwordChange(context, user)
      await store.users.setPassword(input, {})
      expectEqual((await store.accounts.listByUser(user.id)).length, 1, 'where it is not told to')
      const next = { ...input, passwordVersion: user.passwordVersion + 1, unlinkAccounts: true }
      await store.users.setPassword(next, {})
      expectEqual(await store.accounts.listByUser(user.id), [], 'where it is told to')
      expectEqual((await store.accounts.listByUser(other.id)).length, 1, 'another’s identities')
    },
    'users.setPassword: the session of keepSessionId stays': async (context) => {
      const { store } = context
      const user = await register(context)
      const kept = await openSession(context, user)
      const ended = await openSession(context, user)
      const input = { ...passwordChange(context, user), keepSessionId: kept.id }
      await store.users.setPassword(input, {})
      expectEqual(await storedSession(context, kept), kept, 'the session that is kept')
      const { revokedAt } = await storedSession(context, ended)
      expectEqual(revokedAt, input.at, 'when the other session was revoked')
    },
    'users.upgradePasswordHash: replaces the hash and nothing else': async (context) => {
      const { store } = context
      const user = await register(context, { passwordHash: '$2b$old' })
      await openSession(context, user)
      await issue(context, { userId: user.id })
      const before = await snapshotOf(context)
      const input = { userId: user.id, from: '$2b$old', to: '$argon2id$new' }
      expectEqual(await store.users.upgradePasswordHash(input), 'upgraded', 'the outcome')
      const [person] = before.people
      const credentials = person?.credentials && {
        ...person.credentials,
        passwordHash: '$argon2id$new',
      }
      const { updatedAt } = await storedUser(context, user)
      const touched = credentials && { ...credentials, user: { ...credentials.user, updatedAt } }
      const expected = { ...before, people: [{ ...person, credentials: touched }] }
      expectEqual(await snapshotOf(context), expected, 'what is stored')
    },
    'users.upgradePasswordHash: writes nothing where the hash is another': async (context) => {
      const { store, make } = context
      const { id } = await register(context)
      const before = await snapshotOf(context)
      for (const userId of [id, make.id()]) {
        const input = { userId, from: '$2b$other', to: '$argon2id$new' }
        expectEqual(await store.users.upgradePasswordHash(input), 'stale', 'the outcome')
      }
      expectEqual(await snapshotOf(context), before, 'what is stored')
    },
    'users.upgradePasswordHash: leaves another person of the same hash': async (context) => {
      const { store } = context
      const { id } = await register(context, { passwordHash: '$2b$old' })
      const other = await register(context, { passwordHash: '$2b$old' })
      await store.users.upgradePasswordHash({ userId: id, from: '$2b$old', to: '$argon2id$new' })
      const credentials = await store.users.findCredentials(other.id)
      expectEqual(credentials?.passwordHash, '$2b$old', 'the hash of the other')
    },
    'users.block: keeps when and why; the reason may be left out': async (context) => {
      for (const reason of ['fraud', null]) {
        const user = await register(context)
        const input = { ...blocking(context, user), reason }
        await context.store.users.block(input, {})
        const expected = { blockedAt: input.at, blockedReason: reason }
        expectColumns(await storedUser(context, user), expected, 'the user')
      }
    },
    'users.unblock: lets the person sign in again; ended sessions stay so': async (context) => {
      const { store, make } = context
      const user = await register(context)
      const before = await openSession(context, user)
      await store.users.block(blocking(context, user), {})
      await store.users.unblock({ userId: user.id, at: make.at(9) }, {})
      const expected = { blockedAt: null, blockedReason: null }
      expectColumns(await storedUser(context, user), expected, 'the user')
      const after = await openSession(context, user)
      const live = await store.sessions.listLive(user.id, make.at(9))
      expectEqual(sortedIds(live), [after.id], `the live sessions; ${before.id} was ended`)
    },
  }),
]
