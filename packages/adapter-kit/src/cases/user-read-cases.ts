import { issue, openSession, register } from '../arrange.ts'
import { casesOf, type ContractCase } from '../contract-case.ts'
import { expectEqual } from '../expect.ts'

/** The queries on people. */
export const userReadCases: readonly ContractCase[] = casesOf('users', {
  'users.findById: nobody is null': async ({ store, make }) => {
    const email = 'nobody@example.com'
    expectEqual(await store.users.findById(make.id()), null, 'users.findById')
    expectEqual(await store.users.findByEmail(email), null, 'users.findByEmail')
    expectEqual(await store.users.findForSignIn(email), null, 'users.findForSignIn')
    expectEqual(await store.users.findCredentials(make.id()), null, 'users.findCredentials')
    const withCode = await store.users.findWithCode({ email, purpose: 'login' })
    expectEqual(withCode, null, 'users.findWithCode')
  },
  'users.findById: no user that is read holds the password hash': async (context) => {
    const { store, make } = context
    const passwordHash = 'a-hash-that-nobody-may-see'
    const user = make.newUser({ passwordHash })
    const input = {
      user,
      profile: make.profile(),
      account: null,
      reservation: make.reservation(),
    }
    const registered = await store.users.register(input, {})
    const { id, email } = user
    const found = await store.users.findById(id)
    const session = found === null ? null : await openSession(context, found)
    const signIn = await store.users.findForSignIn(email)
    const credentials = await store.users.findCredentials(id)
    const reads = {
      'users.register': registered,
      'users.findById': found,
      'users.findByEmail': await store.users.findByEmail(email),
      'users.findForSignIn.user': signIn?.user,
      'users.findCredentials.user': credentials?.user,
      'users.findWithCode': await store.users.findWithCode({ email, purpose: 'login' }),
      'users.list': await store.users.list({ after: null, limit: 10 }),
      'sessions.find': await store.sessions.find(session?.id ?? ''),
    }
    for (const [what, value] of Object.entries(reads)) {
      const text = JSON.stringify(value)
      const holds = text.includes(passwordHash) || /password_?hash/i.test(text)
      expectEqual(holds, false, `whether what ${what} gives holds the hash`)
    }
  },
  'users.findWithCode: gives the person and their code of this purpose': async (context) => {
    const { store } = context
    const user = await register(context)
    const other = await register(context)
    const code = await issue(context, { purpose: 'login', userId: user.id, subject: user.id })
    await issue(context, { purpose: 'reset', userId: user.id, subject: user.id })
    await issue(context, { purpose: 'login', userId: other.id, subject: other.id })
    const found = await store.users.findWithCode({ email: user.email, purpose: 'login' })
    expectEqual(found?.code, code, 'the code')
    expectEqual(found?.user, await store.users.findById(user.id), 'the user')
  },
  'users.findWithCode: a person without such a code is given with null': async (context) => {
    const { store } = context
    const user = await register(context)
    await issue(context, { purpose: 'reset', userId: user.id, subject: user.id })
    await issue(context, { purpose: 'login', userId: user.id })
    const found = await store.users.findWithCode({ email: user.email, purpose: 'login' })
    expectEqual([found?.user.id, found?.code], [user.id, null], 'what was found')
  },
  'users.list: pages in the order of ids, each person once': async (context) => {
    const ids: string[] = []
    for (let i = 0; i < 7; i += 1) ids.push((await register(context)).id)
    const seen: string[] = []
    let after: string | null = null
    for (let page = 0; page < 10; page += 1) {
      const people = await context.store.users.list({ after, limit: 3 })
      expectEqual(people.length <= 3, true, 'whether a page keeps to its limit')
      seen.push(...people.map((user) => user.id))
      const last = people.at(-1)
      if (last === undefined) break
      after = last.id
    }
    expectEqual(seen, ids, 'the ids of all pages')
  },
})
