import type { AppModel, SessionRecord, SessionStore, User } from '@mindmesh/auth/ports'
import { expectedOf, openSession, register } from '../arrange.ts'
import type { Arrange, Change } from '../change.ts'
import type { ContractContext } from '../contract-case.ts'

type Input<Method extends keyof SessionStore<AppModel>> = Parameters<
  SessionStore<AppModel>[Method]
>[0]

const opening =
  (
    outcome: 'opened' | 'refused',
    inputOf: (context: ContractContext, user: User) => Promise<Partial<Input<'open'>>>,
  ): Arrange =>
  async (context) => {
    const user = await register(context)
    const session = context.make.newSession(user)
    const changed = await inputOf(context, user)
    const input = { session, expected: expectedOf(user), ...changed }
    return {
      userId: user.id,
      outcome,
      act: async (effects) => context.store.sessions.open(input, effects),
    }
  }

type WithSession = (
  context: ContractContext,
  session: SessionRecord,
) => Promise<Partial<Input<'rotate'>>>

/** A session of generation 1, and what was done to it since. */
async function arrangeSession(
  context: ContractContext,
  since: WithSession,
): Promise<{ readonly session: SessionRecord; readonly changed: Partial<Input<'rotate'>> }> {
  const session = await openSession(context, await register(context))
  return { session, changed: await since(context, session) }
}

const rotating =
  (outcome: 'rotated' | 'stale', since: WithSession): Arrange =>
  async (context) => {
    const { session, changed } = await arrangeSession(context, since)
    const input = { sessionId: session.id, fromGeneration: 1, now: context.make.at(9), ...changed }
    return {
      userId: session.userId,
      outcome,
      act: async (effects) => context.store.sessions.rotate(input, effects),
    }
  }

const revoking =
  (outcome: 'revoked' | 'stale', since: WithSession): Arrange =>
  async (context) => {
    const { session, changed } = await arrangeSession(context, since)
    const input = {
      sessionId: changed.sessionId ?? session.id,
      at: context.make.at(9),
      reason: 'revoked' as const,
    }
    return {
      userId: session.userId,
      outcome,
      act: async (effects) => context.store.sessions.revoke(input, effects),
    }
  }

const marking =
  (outcome: 'marked' | 'stale', since: WithSession): Arrange =>
  async (context) => {
    const { session, changed } = await arrangeSession(context, since)
    const input = { sessionId: changed.sessionId ?? session.id, at: context.make.at(9) }
    return {
      userId: session.userId,
      outcome,
      act: async (effects) => context.store.sessions.markAuthenticated(input, effects),
    }
  }

const revokingAll: Arrange = async (context) => {
  const user = await register(context)
  await openSession(context, user)
  await openSession(context, user)
  const input = {
    userId: user.id,
    keepSessionId: null,
    at: context.make.at(9),
    reason: 'revoked' as const,
  }
  return {
    userId: user.id,
    outcome: 2,
    act: async (effects) => context.store.sessions.revokeAll(input, effects),
  }
}

const untouched: WithSession = async () => ({})

const unknown: WithSession = async ({ make }) => ({ sessionId: make.id() })

const revoked: WithSession = async ({ store, make }, session) => {
  await store.sessions.revoke({ sessionId: session.id, at: make.at(1), reason: 'logout' }, {})
  return {}
}

const rotated: WithSession = async ({ store, make }, session) => {
  await store.sessions.rotate({ sessionId: session.id, fromGeneration: 1, now: make.at(1) }, {})
  return {}
}

/** The changes of sessions. */
export const sessionChanges: readonly Change[] = [
  {
    name: 'sessions.open',
    operation: 'sessions.open',
    group: 'sessions',
    win: opening('opened', async () => ({})),
    lose: {
      'the person is blocked': opening('refused', async ({ store, make }, user) => {
        const input = { userId: user.id, at: make.at(1), reason: null, keepPurposes: [] }
        await store.users.block(input, {})
        return {}
      }),
      'the address is another by now': opening('refused', async (_, user) => ({
        expected: { ...expectedOf(user), email: 'earlier@example.com' },
      })),
      'the password is of another version': opening('refused', async (_, user) => ({
        expected: { ...expectedOf(user), passwordVersion: user.passwordVersion + 1 },
      })),
      'the person is unknown': opening('refused', async ({ make }) => ({
        session: make.newSession({ id: make.id() }),
      })),
    },
  },
  {
    name: 'sessions.rotate',
    operation: 'sessions.rotate',
    group: 'sessions',
    win: rotating('rotated', untouched),
    lose: {
      'the generation is an earlier one': rotating('stale', rotated),
      'the generation was never given out': rotating('stale', async () => ({ fromGeneration: 2 })),
      'the session is revoked': rotating('stale', revoked),
      'the session is at its end': rotating('stale', async (_, { expiresAt }) => ({
        now: expiresAt,
      })),
      'the session is unknown': rotating('stale', unknown),
    },
  },
  {
    name: 'sessions.revoke',
    operation: 'sessions.revoke',
    group: 'sessions',
    win: revoking('revoked', untouched),
    lose: {
      'the session is revoked already': revoking('stale', revoked),
      'the session is unknown': revoking('stale', unknown),
    },
  },
  {
    name: 'sessions.revokeAll',
    operation: 'sessions.revokeAll',
    group: 'sessions',
    win: revokingAll,
    lose: {},
  },
  {
    name: 'sessions.markAuthenticated',
    operation: 'sessions.markAuthenticated',
    group: 'sessions',
    win: marking('marked', untouched),
    lose: {
      'the session is revoked': marking('stale', revoked),
      'the session is unknown': marking('stale', unknown),
    },
  },
]
