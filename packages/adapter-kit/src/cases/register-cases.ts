import { issue, register, storedUser } from '../arrange.ts'
import { casesOf, type ContractCase } from '../contract-case.ts'
import { expectColumns, expectEqual } from '../expect.ts'
import { AWKWARD } from './texts.ts'

/** What registering writes and who may. */
export const registerCases: readonly ContractCase[] = casesOf('users', {
  'users.register: what was written reads back equal': async ({ store, make, now }) => {
    const user = make.newUser({ emailVerifiedAt: make.at(-1), createdAt: make.at(1) })
    const { passwordHash, ...columns } = user
    const profile = make.profile()
    const expected = { ...profile, ...columns, blockedAt: null, blockedReason: null }
    const input = { user, profile, account: null, reservation: make.reservation({ now }) }
    const outcome = await store.users.register(input, {})
    expectColumns(outcome, { status: 'registered' }, 'users.register')
    const given = 'user' in outcome ? outcome.user : null
    expectColumns(given, { ...expected, lastSignedInAt: null }, 'the user that register gives')
    expectEqual(await store.users.findById(user.id), given, 'users.findById')
    expectEqual(await store.users.findByEmail(user.email), given, 'users.findByEmail')
    const credentials = { user: given, passwordHash }
    expectEqual(await store.users.findForSignIn(user.email), credentials, 'users.findForSignIn')
    expectEqual(await store.users.findCredentials(user.id), credentials, 'users.findCredentials')
  },
  'users.register: a person may have no password': async (context) => {
    const user = await register(context, { passwordHash: null })
    const found = await context.store.users.findForSignIn(user.email)
    expectEqual(found?.passwordHash, null, 'the password hash')
  },
  'users.register: text in any script and with quotes reads back equal': async (context) => {
    const displayEmail = `"${AWKWARD}"@Example.com`
    const user = await register(context, { displayEmail })
    expectColumns(await storedUser(context, user), { displayEmail }, 'the user')
  },
  'users.register: no key of a profile takes the place of a library column': async (context) => {
    const { store, make } = context
    const user = make.newUser()
    const columns = { passwordVersion: 99, blockedAt: make.at(1), emailVerifiedAt: make.at(1) }
    const taking = { id: make.id(), email: 'evil@example.com', passwordHash: 'evil', ...columns }
    const profile = { ...make.profile(), ...taking }
    await store.users.register(
      { user, profile, account: null, reservation: make.reservation() },
      {},
    )
    const { id, email } = user
    const stored = await storedUser(context, user)
    expectColumns(stored, { id, email, blockedAt: null, emailVerifiedAt: null }, 'the user')
    expectEqual(stored.passwordVersion === 99, false, 'whether the profile set the version')
    const credentials = await store.users.findCredentials(id)
    expectEqual(credentials?.passwordHash, user.passwordHash, 'the password hash')
  },
  'users.register: addresses that differ by an accent are two people': async (context) => {
    const jose = await register(context, { email: 'jose@example.com' })
    const accented = await register(context, { email: 'jos\u00e9@example.com' })
    const found = await context.store.users.findByEmail('jos\u00e9@example.com')
    expectEqual([found?.id, jose.id === accented.id], [accented.id, false], 'who was found')
  },
  'users.register: a reservation that is past keeps nobody out': async (context) => {
    const { store, make } = context
    const other = await register(context)
    const { purpose, subject, expiresAt } = await issue(context, { userId: other.id })
    const reservation = { purpose, subject, now: expiresAt }
    const input = { user: make.newUser(), profile: make.profile(), account: null, reservation }
    const outcome = await store.users.register(input, {})
    expectEqual(outcome.status, 'registered', 'users.register')
  },
  'users.register: a code of another purpose or subject keeps nobody out': async (context) => {
    const { store, make } = context
    const other = await register(context)
    const { purpose, subject } = await issue(context, { userId: other.id })
    for (const place of [{ purpose }, { subject }]) {
      const reservation = make.reservation(place)
      const input = { user: make.newUser(), profile: make.profile(), account: null, reservation }
      const outcome = await store.users.register(input, {})
      expectEqual(outcome.status, 'registered', 'users.register')
    }
  },
  'users.register: the same subject at two providers is two accounts': async (context) => {
    const { make } = context
    for (const provider of ['github', 'google']) {
      await register(context, {}, (user) => make.account(user, { provider, subject: '7' }))
    }
  },
  'users.register: an account written for somebody refused is not kept': async (context) => {
    const { store, make } = context
    const taken = await register(context)
    const subject = 'octocat'
    const user = make.newUser({ email: taken.email })
    const account = make.account(user, { subject })
    const input = { user, profile: make.profile(), account, reservation: make.reservation() }
    expectEqual((await store.users.register(input, {})).status, 'email_taken', 'users.register')
    await register(context, {}, (other) => make.account(other, { subject }))
  },
})
