import type { SessionRecord, User } from '@mindmesh/auth/ports'
import { expectedOf, openSession, register, storedSession } from '../arrange.ts'
import { addressChange, blocking, passwordChange } from '../cases/user-cases.ts'
import type { ContractContext } from '../contract-case.ts'
import { countOf, expectEqual } from '../expect.ts'
import { defineRace, eventsOf, expectOneWinner, RACERS, type Race } from './race.ts'

/** The caller whose call ends sessions, in the middle of those who open or refresh them. */
const ENDING = RACERS / 2

interface Start {
  readonly user: User
  readonly session: SessionRecord
}

async function prepareSession(context: ContractContext): Promise<Start> {
  const user = await register(context)
  return { user, session: await openSession(context, user) }
}

type Ending = (context: ContractContext, start: Start) => Promise<unknown>

/** Sign-ins race what ends sessions: afterwards none is live, and only those told `opened` left a session and an event. */
function openingAgainst(what: string, end: Ending): Race {
  return defineRace({
    name: `sessions.open: ${what} that races sign-ins wins`,
    group: 'sessions',
    prepare: prepareSession,
    call: async (context, start, index) => {
      if (index === ENDING) return end(context, start)
      const { store, make } = context
      const session = make.newSession(start.user)
      const events = [make.event({ userId: start.user.id })]
      return store.sessions.open({ session, expected: expectedOf(start.user) }, { events })
    },
    judge: async (context, { user }, outcomes: readonly unknown[]) => {
      const { store, make } = context
      const opened = countOf(outcomes, 'opened')
      expectEqual(opened + countOf(outcomes, 'refused'), RACERS - 1, 'how many got an answer')
      expectEqual(await store.sessions.listLive(user.id, make.at(9)), [], 'the live sessions')
      const all = await store.sessions.listAll(user.id)
      expectEqual(all.length, opened + 1, 'how many sessions there are')
      expectEqual((await eventsOf(context, user.id)).length, opened, 'how many events there are')
    },
  })
}

/** Refreshes race what ends the session: it is ended afterwards, and rotated at the most once. */
function rotatingAgainst(what: string, end: Ending): Race {
  return defineRace({
    name: `sessions.rotate: ${what} that races refreshes wins`,
    group: 'sessions',
    prepare: prepareSession,
    call: async (context, start, index) => {
      if (index === ENDING) return end(context, start)
      const { store, make } = context
      const input = { sessionId: start.session.id, fromGeneration: 1, now: make.at(1) }
      const events = [make.event({ userId: start.user.id })]
      return store.sessions.rotate(input, { events })
    },
    judge: async (context, { user, session }, outcomes: readonly unknown[]) => {
      const rotated = countOf(outcomes, 'rotated')
      const stored = await storedSession(context, session)
      expectEqual(rotated <= 1, true, 'whether it was rotated once at the most')
      expectEqual(rotated + countOf(outcomes, 'stale'), RACERS - 1, 'how many got an answer')
      expectEqual(stored.refreshGeneration, 1 + rotated, 'the generation')
      expectEqual(stored.revokedAt, context.make.at(5), 'when it was revoked')
      expectEqual((await eventsOf(context, user.id)).length, rotated, 'how many events there are')
    },
  })
}

const block: Ending = async (context, { user }) =>
  context.store.users.block(blocking(context, user), {})
const reset: Ending = async (context, { user }) =>
  context.store.users.setPassword(passwordChange(context, user), {})
const changeAddress: Ending = async (context, { user }) =>
  context.store.users.changeEmail(addressChange(context, user), {})
const claim: Ending = async ({ store, make }, { user }) => {
  const { email } = user
  const account = make.account(user)
  return store.accounts.claim({ account, email, at: make.at(5), reason: 'account_claimed' }, {})
}
const logOut: Ending = async ({ store, make }, { session }) =>
  store.sessions.revoke({ sessionId: session.id, at: make.at(5), reason: 'logout' }, {})
const endAll: Ending = async ({ store, make }, { user }) =>
  store.sessions.revokeAll(
    { userId: user.id, keepSessionId: null, at: make.at(5), reason: 'revoked' },
    {},
  )

/** Races for sessions. */
export const sessionRaces: readonly Race[] = [
  openingAgainst('a block', block),
  openingAgainst('a password reset', reset),
  openingAgainst('an address change', changeAddress),
  openingAgainst("the owner's claim", claim),
  rotatingAgainst('a block', block),
  rotatingAgainst('a password reset', reset),
  rotatingAgainst('an address change', changeAddress),
  rotatingAgainst("the owner's claim", claim),
  rotatingAgainst('a logout', logOut),
  rotatingAgainst('an end of all sessions', endAll),
  defineRace({
    name: 'sessions.open: a deletion that races sign-ins leaves no session',
    group: 'sessions',
    prepare: prepareSession,
    call: async ({ store, make }, { user }, index) => {
      if (index === ENDING) return store.users.delete(user.id, {})
      const session = make.newSession(user)
      return store.sessions.open({ session, expected: expectedOf(user) }, {})
    },
    judge: async ({ store }, { user }, _outcomes: readonly unknown[]) =>
      expectEqual(await store.sessions.listAll(user.id), [], 'the sessions'),
  }),
  defineRace({
    name: 'sessions.rotate: of many at once exactly one rotates',
    group: 'sessions',
    prepare: prepareSession,
    call: async ({ store, make }, { user, session }, _index) =>
      store.sessions.rotate(
        { sessionId: session.id, fromGeneration: 1, now: make.at(1) },
        { events: [make.event({ userId: user.id })] },
      ),
    judge: async (context, { user, session }, outcomes: readonly string[]) => {
      expectOneWinner(outcomes, { won: 'rotated', lost: 'stale' })
      const { refreshGeneration } = await storedSession(context, session)
      expectEqual(refreshGeneration, 2, 'the generation')
      expectEqual((await eventsOf(context, user.id)).length, 1, 'how many events there are')
    },
  }),
  defineRace({
    name: 'sessions.revoke: of many at once exactly one revokes',
    group: 'sessions',
    prepare: prepareSession,
    call: async ({ store, make }, { user, session }, index) =>
      store.sessions.revoke(
        { sessionId: session.id, at: make.at(index), reason: 'logout' },
        { events: [make.event({ userId: user.id })] },
      ),
    judge: async (context, { user, session }, outcomes: readonly string[]) => {
      const winner = expectOneWinner(outcomes, { won: 'revoked', lost: 'stale' })
      const { revokedAt } = await storedSession(context, session)
      expectEqual(revokedAt, context.make.at(winner), "the winner's moment")
      expectEqual((await eventsOf(context, user.id)).length, 1, 'how many events there are')
    },
  }),
  defineRace({
    name: 'sessions.revokeAll: many at once end each session once',
    group: 'sessions',
    prepare: async (context) => {
      const user = await register(context)
      for (let i = 0; i < 5; i += 1) await openSession(context, user)
      return user
    },
    call: async ({ store, now }, { id }, _index) =>
      store.sessions.revokeAll({ userId: id, keepSessionId: null, at: now, reason: 'revoked' }, {}),
    judge: async (_context, _user, counts: readonly number[]) => {
      const sum = counts.reduce((total, count) => total + count, 0)
      expectEqual(sum, 5, 'how many were ended by all calls together')
    },
  }),
]
