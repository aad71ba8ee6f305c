import type { SessionRecord, User } from '@mindmesh/auth/ports'
import { expectedOf, openSession, race, register, RACERS, storedSession } from '../arrange.ts'
import { casesOf, type ContractCase, type ContractContext } from '../contract-case.ts'
import { countOf, expectEqual } from '../expect.ts'
import { listEvents } from '../written.ts'
import { addressChange, blocking, passwordChange } from './user-cases.ts'

/**
 * Sign-ins race a change that ends sessions. Whatever the order, no session is live afterwards, and only the
 * sign-ins that were told `opened` left a session and an event.
 */
async function expectNoneLive(
  context: ContractContext,
  change: (user: User) => Promise<unknown>,
): Promise<void> {
  const { store, make } = context
  const user = await register(context)
  const open = async (): Promise<string> =>
    store.sessions.open(
      { session: make.newSession(user), expected: expectedOf(user) },
      { events: [make.event({ userId: user.id })] },
    )
  const [before, , after] = await Promise.all([race(open, 16), change(user), race(open, 16)])
  const opened = countOf([...before, ...after], 'opened')
  const refused = countOf([...before, ...after], 'refused')
  expectEqual(opened + refused, RACERS, 'how many were told opened or refused')
  const live = await store.sessions.listLive(user.id, make.at(5))
  expectEqual(live, [], 'the live sessions')
  expectEqual((await store.sessions.listAll(user.id)).length, opened, 'how many sessions there are')
  expectEqual((await listEvents(context)).length, opened, 'how many events there are')
}

/** Refreshes race what ends the session: it is ended afterwards, and rotated at the most once. */
async function expectEnded(
  context: ContractContext,
  end: (user: User, session: SessionRecord) => Promise<unknown>,
): Promise<void> {
  const { store, make } = context
  const user = await register(context)
  const session = await openSession(context, user)
  const rotate = async (): Promise<string> =>
    store.sessions.rotate(
      { sessionId: session.id, fromGeneration: 1, now: make.at(1) },
      { events: [make.event({ userId: user.id })] },
    )
  const [before, , after] = await Promise.all([
    race(rotate, 16),
    end(user, session),
    race(rotate, 16),
  ])
  const rotated = countOf([...before, ...after], 'rotated')
  const stored = await storedSession(context, session)
  expectEqual(rotated <= 1, true, 'whether it was rotated once at the most')
  expectEqual(stored.refreshGeneration, 1 + rotated, 'the generation')
  expectEqual(stored.revokedAt, make.at(5), 'when it was revoked')
  expectEqual((await listEvents(context)).length, rotated, 'how many events there are')
}

/** Races for sessions. */
export const sessionRaceCases: readonly ContractCase[] = casesOf('sessions', {
  'sessions.rotate: of many at once exactly one rotates': async (context) => {
    const { store, make } = context
    const session = await openSession(context, await register(context))
    const input = { sessionId: session.id, fromGeneration: 1, now: make.at(1) }
    const outcomes = await race(async () =>
      store.sessions.rotate(input, { events: [make.event()] }),
    )
    expectEqual(countOf(outcomes, 'rotated'), 1, 'how many rotated')
    expectEqual(countOf(outcomes, 'stale'), RACERS - 1, 'how many were told stale')
    expectEqual((await storedSession(context, session)).refreshGeneration, 2, 'the generation')
    expectEqual((await listEvents(context)).length, 1, 'how many events there are')
  },
  'sessions.revoke: of many at once exactly one revokes': async (context) => {
    const { store, make } = context
    const session = await openSession(context, await register(context))
    const outcomes = await race(async (index) =>
      store.sessions.revoke(
        { sessionId: session.id, at: make.at(index), reason: 'logout' },
        { events: [make.event()] },
      ),
    )
    expectEqual(countOf(outcomes, 'revoked'), 1, 'how many revoked')
    expectEqual(countOf(outcomes, 'stale'), RACERS - 1, 'how many were told stale')
    const { revokedAt } = await storedSession(context, session)
    expectEqual(revokedAt, make.at(outcomes.indexOf('revoked')), "the winner's moment")
    expectEqual((await listEvents(context)).length, 1, 'how many events there are')
  },
  'sessions.revokeAll: many at once end each session once': async (context) => {
    const { store, now } = context
    const user = await register(context)
    for (let i = 0; i < 5; i += 1) await openSession(context, user)
    const input = { userId: user.id, keepSessionId: null, at: now, reason: 'revoked' as const }
    const counts = await race(async () => store.sessions.revokeAll(input, {}), 8)
    const sum = counts.reduce((total, count) => total + count, 0)
    expectEqual(sum, 5, 'how many were ended by all calls together')
  },
  'sessions.open: a block that races sign-ins wins': async (context) =>
    expectNoneLive(context, async (user) => context.store.users.block(blocking(context, user), {})),
  'sessions.open: a password reset that races sign-ins wins': async (context) =>
    expectNoneLive(context, async (user) =>
      context.store.users.setPassword(passwordChange(context, user), {}),
    ),
  'sessions.open: an address change that races sign-ins wins': async (context) =>
    expectNoneLive(context, async (user) =>
      context.store.users.changeEmail(addressChange(context, user), {}),
    ),
  'sessions.open: a deletion that races sign-ins leaves no session': async (context) => {
    const { store, make } = context
    const user = await register(context)
    const sessions = Array.from({ length: 16 }, () => make.newSession(user))
    const expected = expectedOf(user)
    await Promise.all([
      ...sessions.map(async (session) => store.sessions.open({ session, expected }, {})),
      store.users.delete(user.id, {}),
    ])
    expectEqual(await store.sessions.listAll(user.id), [], 'the sessions')
  },
  'sessions.rotate: a password reset that races refreshes wins': async (context) =>
    expectEnded(context, async (user) =>
      context.store.users.setPassword(passwordChange(context, user), {}),
    ),
  'sessions.rotate: a block that races refreshes wins': async (context) =>
    expectEnded(context, async (user) => context.store.users.block(blocking(context, user), {})),
  'sessions.rotate: a logout that races refreshes wins': async (context) =>
    expectEnded(context, async (_, { id }) =>
      context.store.sessions.revoke(
        { sessionId: id, at: context.make.at(5), reason: 'logout' },
        {},
      ),
    ),
  'sessions.rotate: ending all sessions wins against refreshes': async (context) =>
    expectEnded(context, async ({ id }) =>
      context.store.sessions.revokeAll(
        { userId: id, keepSessionId: null, at: context.make.at(5), reason: 'revoked' },
        {},
      ),
    ),
})
