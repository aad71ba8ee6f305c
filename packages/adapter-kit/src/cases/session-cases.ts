import { openSession, register, storedSession, storedUser } from '../arrange.ts'
import { casesOf, type ContractCase } from '../contract-case.ts'
import { expectColumns, expectEqual } from '../expect.ts'
import { expectWritten } from '../written.ts'
import { AWKWARD } from './texts.ts'

/** What the changes of sessions write. */
export const sessionCases: readonly ContractCase[] = casesOf('sessions', {
  'sessions.open: what was written reads back equal': async (context) => {
    const { store, make } = context
    const user = await register(context)
    const session = await openSession(context, user, {
      rotatedAt: make.at(1),
      expiresAt: make.at(2),
      lastUsedAt: make.at(3),
      authenticatedAt: make.at(4),
      createdAt: make.at(5),
      refreshGeneration: 3,
      authMethods: ['oauth', 'otp', 'pwd'],
      ipAddress: '2001:db8:85a3:8d3:1319:8a2e:370:7348',
      userAgent: AWKWARD,
    })
    const found = await store.sessions.find(session.id)
    expectEqual(found?.session, session, 'the session')
    expectEqual(found?.user, await store.users.findById(user.id), 'the user of the session')
    expectEqual(await store.sessions.listAll(user.id), [session], 'sessions.listAll')
  },
  'sessions.open: address and user agent may be left out': async (context) => {
    const user = await register(context)
    const fields = { ipAddress: null, userAgent: null, authMethods: [] }
    const session = await openSession(context, user, fields)
    expectEqual(await storedSession(context, session), session, 'the session')
  },
  'sessions.open: tells when the person last signed in': async (context) => {
    const user = await register(context)
    const { createdAt } = await openSession(context, user, { createdAt: context.make.at(777) })
    expectColumns(await storedUser(context, user), { lastSignedInAt: createdAt }, 'the user')
  },
  'sessions.find: an unknown session is null': async ({ store, make }) => {
    expectEqual(await store.sessions.find(make.id()), null, 'sessions.find')
  },
  'sessions.find: gives ended sessions and blocked people too': async (context) => {
    const { store, make } = context
    const user = await register(context)
    const expired = await openSession(context, user, { expiresAt: make.at(-1) })
    const revoked = await openSession(context, user)
    const input = { userId: user.id, at: make.at(5), reason: 'fraud', keepPurposes: [] }
    await store.users.block(input, {})
    for (const { id } of [expired, revoked]) {
      const found = await store.sessions.find(id)
      expectEqual([found?.session.id, found?.user.blockedAt], [id, make.at(5)], 'what is found')
    }
  },
  'sessions.rotate: raises the generation by one and sets both moments': async (context) => {
    const { store, make } = context
    const session = await openSession(context, await register(context))
    for (const fromGeneration of [1, 2, 3]) {
      const now = make.at(fromGeneration * 1001)
      const input = { sessionId: session.id, fromGeneration, now }
      expectEqual(await store.sessions.rotate(input, {}), 'rotated', 'sessions.rotate')
      const moments = { rotatedAt: now, lastUsedAt: now }
      const expected = { ...session, refreshGeneration: fromGeneration + 1, ...moments }
      expectEqual(await storedSession(context, session), expected, 'the session')
    }
  },
  'sessions.rotate: works to the last millisecond, and on no other session': async (context) => {
    const { store, make } = context
    const user = await register(context)
    const session = await openSession(context, user, { expiresAt: make.at(100) })
    const other = await openSession(context, user)
    const input = { sessionId: session.id, fromGeneration: 1, now: make.at(99) }
    expectEqual(await store.sessions.rotate(input, {}), 'rotated', 'sessions.rotate')
    expectEqual(await storedSession(context, other), other, 'another session')
  },
  'sessions.revoke: keeps when and why, of this session alone': async (context) => {
    const { store, make } = context
    const user = await register(context)
    const session = await openSession(context, user)
    const other = await openSession(context, user)
    const reason = 'refresh_token_reused' as const
    await store.sessions.revoke({ sessionId: session.id, at: make.at(7), reason }, {})
    const expected = { ...session, revokedAt: make.at(7), revokeReason: reason }
    expectEqual(await storedSession(context, session), expected, 'the session')
    expectEqual(await storedSession(context, other), other, 'another session')
  },
  'sessions.revokeAll: ends all but keepSessionId and tells how many': async (context) => {
    const { store, make } = context
    const user = await register(context)
    const kept = await openSession(context, user)
    const ended = [await openSession(context, user), await openSession(context, user)]
    const others = await openSession(context, await register(context))
    const reason = 'revoked' as const
    const input = { userId: user.id, keepSessionId: kept.id, at: make.at(7), reason }
    expectEqual(await store.sessions.revokeAll(input, {}), 2, 'how many were ended')
    for (const session of ended) {
      const expected = { ...session, revokedAt: make.at(7), revokeReason: reason }
      expectEqual(await storedSession(context, session), expected, 'an ended session')
    }
    expectEqual(await storedSession(context, kept), kept, 'the session that is kept')
    expectEqual(await storedSession(context, others), others, 'a session of another person')
  },
  'sessions.revokeAll: sessions that were revoked before stay as they are': async (context) => {
    const { store, make } = context
    const user = await register(context)
    const revoked = await openSession(context, user)
    await store.sessions.revoke({ sessionId: revoked.id, at: make.at(1), reason: 'logout' }, {})
    const before = await store.sessions.listAll(user.id)
    const input = { userId: user.id, keepSessionId: null, at: make.at(7) }
    const count = await store.sessions.revokeAll({ ...input, reason: 'revoked' }, {})
    expectEqual(count, 0, 'how many were ended')
    expectEqual(await store.sessions.listAll(user.id), before, 'the sessions')
  },
  'sessions.revokeAll: writes its effects where there was nothing to end': async (context) => {
    const { store, make, now } = context
    const user = await register(context)
    const effects = make.effects(user.id)
    const input = { userId: user.id, keepSessionId: null, at: now, reason: 'revoked' as const }
    expectEqual(await store.sessions.revokeAll(input, effects), 0, 'how many were ended')
    await expectWritten(context, effects)
  },
  'sessions.markAuthenticated: sets the moment and nothing else': async (context) => {
    const { store, make } = context
    const user = await register(context)
    const session = await openSession(context, user)
    const other = await openSession(context, user)
    const at = make.at(7)
    await store.sessions.markAuthenticated({ sessionId: session.id, at }, {})
    const expected = { ...session, authenticatedAt: at }
    expectEqual(await storedSession(context, session), expected, 'the session')
    expectEqual(await storedSession(context, other), other, 'another session')
  },
  'sessions.listLive: newest first, neither revoked nor expired': async (context) => {
    const { store, make, now } = context
    const user = await register(context)
    const first = await openSession(context, user)
    await openSession(context, user, { expiresAt: now })
    const revoked = await openSession(context, user)
    await store.sessions.revoke({ sessionId: revoked.id, at: now, reason: 'logout' }, {})
    const last = await openSession(context, user, { expiresAt: make.at(1) })
    await openSession(context, await register(context))
    const live = await store.sessions.listLive(user.id, now)
    expectEqual(live, [last, first], 'sessions.listLive')
  },
  'sessions.listAll: newest first, ended ones too, of this person alone': async (context) => {
    const { store, now } = context
    const user = await register(context)
    const first = await openSession(context, user)
    const expired = await openSession(context, user, { expiresAt: now })
    const revoked = await openSession(context, user)
    await store.sessions.revoke({ sessionId: revoked.id, at: now, reason: 'logout' }, {})
    await openSession(context, await register(context))
    const ids = (await store.sessions.listAll(user.id)).map((session) => session.id)
    expectEqual(ids, [revoked.id, expired.id, first.id], 'sessions.listAll')
  },
  'sessions.listUserAgents: each once, of this person alone': async (context) => {
    const { store } = context
    const user = await register(context)
    for (const userAgent of ['a', 'b', 'a', null]) await openSession(context, user, { userAgent })
    await openSession(context, await register(context), { userAgent: 'c' })
    const agents = await store.sessions.listUserAgents(user.id)
    expectEqual(agents.toSorted(), ['a', 'b'], 'sessions.listUserAgents')
  },
  'sessions.listUserAgents: user agents that differ in case are two': async (context) => {
    const { store } = context
    const user = await register(context)
    for (const userAgent of ['curl', 'Curl']) await openSession(context, user, { userAgent })
    const agents = await store.sessions.listUserAgents(user.id)
    expectEqual(agents.toSorted(), ['Curl', 'curl'], 'sessions.listUserAgents')
  },
  'sessions.listUserAgents: of the newest 100 sessions that have one': async (context) => {
    const { store } = context
    const user = await register(context)
    await openSession(context, user, { userAgent: 'old' })
    for (let i = 0; i < 99; i += 1) await openSession(context, user, { userAgent: 'new' })
    await openSession(context, user, { userAgent: null })
    const before = await store.sessions.listUserAgents(user.id)
    expectEqual(before.toSorted(), ['new', 'old'], 'of 100 sessions')
    await openSession(context, user, { userAgent: 'new' })
    expectEqual(await store.sessions.listUserAgents(user.id), ['new'], 'of 101 sessions')
  },
  'sessions.listUserAgents: at most 100': async (context) => {
    const user = await register(context)
    for (let i = 0; i < 103; i += 1) {
      await openSession(context, user, { userAgent: `agent ${i}` })
    }
    const agents = await context.store.sessions.listUserAgents(user.id)
    expectEqual([agents.length, new Set(agents).size], [100, 100], 'how many there are')
  },
})
