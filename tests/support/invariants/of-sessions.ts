import type { AuthEventType } from '@mindmesh/auth'
import type { RevokeReason } from '@mindmesh/auth/ports'
import type { StoredRows } from '../../engines/stored-rows.ts'
import { countOf, eventsOf, problem, type Invariant } from './invariant.ts'

/** The event that each end of a session is written with. */
const ENDINGS: Readonly<Record<RevokeReason, AuthEventType>> = {
  logout: 'LOGOUT',
  revoked: 'SESSION_REVOKED',
  refresh_token_reused: 'REFRESH_TOKEN_REUSED',
  password_changed: 'PASSWORD_CHANGED',
  password_reset: 'PASSWORD_RESET_COMPLETED',
  email_changed: 'EMAIL_CHANGED',
  email_change_undone: 'EMAIL_CHANGE_UNDONE',
  blocked: 'ACCOUNT_BLOCKED',
  account_claimed: 'ACCOUNT_CLAIMED',
}

/** What holds for sessions and codes, whatever failed and whenever. */
export const invariantsOfSessions: Readonly<Record<string, Invariant>> = {
  'a session is there exactly as its sign-in tells': (rows) => {
    const ids = new Set(rows.sessions.map(({ id }) => id))
    const people = new Set(rows.users.map(({ id }) => id))
    const opened = rows.events.filter(({ type }) => type === 'LOGIN_SUCCESS')
    return [
      ...rows.sessions
        .filter(({ id }) => countOf(eventsOf(rows, { sessionId: id }), ['LOGIN_SUCCESS']) !== 1)
        .map(({ id }) => problem(id, 'a session, and not one LOGIN_SUCCESS')),
      ...opened
        .filter((event) => people.has(event.userId ?? '') && !ids.has(event.sessionId ?? ''))
        .map(({ sessionId }) => problem(sessionId, 'a LOGIN_SUCCESS, and no session')),
    ]
  },

  'nobody who is blocked has a live session': ({ users, sessions }) => {
    const blocked = new Set(users.filter((user) => user.blockedAt !== null).map(({ id }) => id))
    return sessions
      .filter(({ userId, revokedAt }) => revokedAt === null && blocked.has(userId))
      .map(({ id, userId }) => problem(id, `live, and ${userId} is blocked`))
  },

  'each refresh has its event': (rows) =>
    rows.sessions.flatMap(({ id, refreshGeneration }) => {
      const told = countOf(eventsOf(rows, { sessionId: id }), ['SESSION_REFRESHED'])
      const stored = refreshGeneration - 1
      return told === stored ? [] : [problem(id, `${stored} refreshes, ${told} events`)]
    }),

  'each end of a session has its event': (rows) =>
    rows.sessions.flatMap(({ id, userId, revokeReason }) => {
      if (revokeReason === null) return []
      const type = ENDINGS[revokeReason]
      return countOf(eventsOf(rows, { userId }), [type]) > 0 ? [] : [problem(id, `no ${type}`)]
    }),

  'a session that the events end is ended': (rows) =>
    rows.sessions.flatMap(({ id, revokedAt }) => {
      const ends = countOf(eventsOf(rows, { sessionId: id }), ['LOGOUT', 'REFRESH_TOKEN_REUSED'])
      return ends === 0 || revokedAt !== null ? [] : [problem(id, 'live, and its end is told')]
    }),

  'no code is used twice, and none that was not sent': (rows) =>
    perPurpose(rows, (events, place) => {
      const sent = countOf(events, ['OTP_SENT'])
      const used = countOf(events, ['OTP_VERIFIED'])
      return used <= sent ? [] : [problem(place, `${sent} codes sent, ${used} used`)]
    }),

  'nobody signs in by a code that was not verified': (rows) =>
    rows.users.flatMap(({ id }) => {
      const events = eventsOf(rows, { userId: id })
      const opened = events.filter(
        ({ type, metadata }) =>
          type === 'LOGIN_SUCCESS' && String(metadata['methods']).endsWith('otp'),
      ).length
      const used = countOf(events.filter(isOf('login')), ['OTP_VERIFIED'])
      return opened <= used ? [] : [problem(id, `${used} codes verified, ${opened} sign-ins`)]
    }),

  'no code has more tries than it was given': ({ codes }) =>
    codes
      .filter(({ attemptsLeft }) => attemptsLeft < 0 || attemptsLeft > 5)
      .map(({ id, attemptsLeft }) => problem(id, `${attemptsLeft} tries left`)),

  'no code is tried more often than it may be': (rows) =>
    perPurpose(rows, (events, place) => {
      const sent = countOf(events, ['OTP_SENT'])
      const wrong = countOf(events, ['OTP_FAILED'])
      return wrong <= 5 * sent ? [] : [problem(place, `${sent} codes sent, ${wrong} wrong tries`)]
    }),

  'no limit is passed': (rows) => [
    ...perPurpose(rows, (events, place) => [
      ...above(events, place, { type: 'OTP_SENT', limit: 3 }),
      ...above(events, place, { type: 'OTP_FAILED', limit: 10 }),
    ]),
    ...rows.users.flatMap(({ id }) => [
      ...above(eventsOf(rows, { userId: id }), id, { type: 'PASSWORD_RESET_REQUESTED', limit: 3 }),
      ...above(eventsOf(rows, { userId: id }).filter(isWrongPassword), id, {
        type: 'LOGIN_FAILED',
        limit: 10,
      }),
    ]),
  ],
}

type Events = ReturnType<typeof eventsOf>

function isOf(purpose: string): (event: Events[number]) => boolean {
  return ({ metadata }) => metadata['purpose'] === purpose
}

/** A right password that did not lead on was no failure. */
function isWrongPassword({ metadata }: Events[number]): boolean {
  return metadata['reason'] === 'wrong_password'
}

function perPurpose(
  rows: StoredRows,
  look: (events: Events, place: string) => readonly string[],
): readonly string[] {
  const purposes = new Set(rows.events.map(({ metadata }) => String(metadata['purpose'])))
  return rows.users.flatMap(({ id }) =>
    [...purposes].flatMap((purpose) =>
      look(eventsOf(rows, { userId: id }).filter(isOf(purpose)), `${id}, ${purpose}`),
    ),
  )
}

/** The shortest window of all limits: within it from the first event on, no window can have begun anew. */
const WINDOW_MS = 600_000

function above(
  events: Events,
  place: string,
  { type, limit }: { readonly type: AuthEventType; readonly limit: number },
): readonly string[] {
  const ofType = events.filter((event) => event.type === type)
  const start = Math.min(...events.map(({ createdAt }) => createdAt.getTime()))
  const counted = ofType.filter(({ createdAt }) => createdAt.getTime() < start + WINDOW_MS).length
  return counted <= limit ? [] : [problem(place, `${counted} times ${type}, the limit is ${limit}`)]
}
