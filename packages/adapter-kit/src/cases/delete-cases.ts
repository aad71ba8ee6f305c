import { issue, openSession, register } from '../arrange.ts'
import { casesOf, type ContractCase } from '../contract-case.ts'
import { expectEqual } from '../expect.ts'
import { listEvents } from '../written.ts'

/** What a deletion leaves. */
export const deleteCases: readonly ContractCase[] = casesOf('users', {
  'users.delete: removes the person with sessions and codes': async (context) => {
    const { store } = context
    const user = await register(context)
    const session = await openSession(context, user)
    const code = await issue(context, { userId: user.id })
    await store.users.delete(user.id, {})
    expectEqual(await store.users.findById(user.id), null, 'the person')
    expectEqual(await store.users.findByEmail(user.email), null, 'the address')
    expectEqual(await store.sessions.find(session.id), null, 'the session')
    expectEqual(await store.sessions.listAll(user.id), [], 'the sessions')
    expectEqual(await store.codes.find(code), null, 'the code')
    expectEqual(await store.codes.listByUser(user.id), [], 'the codes')
  },
  'users.delete: the address and the account are free again': async (context) => {
    const { store, make } = context
    const user = await register(context, {}, (each) => make.account(each, { subject: '7' }))
    await store.users.delete(user.id, {})
    await register(context, { email: user.email }, (each) => make.account(each, { subject: '7' }))
  },
  'users.delete: events stay without address and user agent': async (context) => {
    const { store, make } = context
    const user = await register(context)
    const metadata = { reason: 'wrong_password', tries: 3 }
    const theirs = make.event({ userId: user.id, sessionId: make.id(), metadata })
    const others = make.event({ userId: make.id() })
    const nobodys = make.event()
    await store.events.append([theirs, others, nobodys])
    await store.users.delete(user.id, {})
    const scrubbed = { ...theirs, ipAddress: null, userAgent: null }
    expectEqual(await listEvents(context), [nobodys, others, scrubbed], 'the events')
  },
  'users.delete: leaves everybody else as they are': async (context) => {
    const { store, make } = context
    const user = await register(context)
    const other = await register(context, {}, (each) => make.account(each, { subject: '8' }))
    const session = await openSession(context, other)
    const code = await issue(context, { userId: other.id })
    const before = await store.users.findCredentials(other.id)
    await store.users.delete(user.id, {})
    expectEqual(await store.users.findCredentials(other.id), before, 'another person')
    expectEqual(await store.sessions.listAll(other.id), [session], 'their sessions')
    expectEqual(await store.codes.listByUser(other.id), [code], 'their codes')
    const again = make.newUser()
    const account = make.account(again, { subject: '8' })
    const reservation = make.reservation()
    const input = { user: again, profile: make.profile(), account, reservation }
    const { status } = await store.users.register(input, {})
    expectEqual(status, 'account_taken', 'users.register with their account')
  },
})
