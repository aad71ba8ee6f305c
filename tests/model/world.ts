import { expect } from 'vitest'
import type { User } from '@mindmesh/auth'
import { Expected, sessionIdOf, type Foreseen } from './expected.ts'
import type { Outcome, Side, Twins } from './twins.ts'

/** One call of the API, and what should come of it. */
export interface Call {
  readonly name: string
  readonly act: (side: Side) => Promise<unknown>
  /** Asked before the call is made. */
  readonly foresee: (expected: Expected) => Foreseen
}

/** What somebody outside knows by now: ids, tokens, and what stood in mails. Newest last. */
interface Knowledge {
  readonly userIds: string[]
  readonly sessionIds: string[]
  readonly challengeIds: string[]
  readonly accessTokens: { readonly token: string; readonly issuedAt: number }[]
  readonly refreshTokens: string[]
  readonly codes: { readonly to: string; readonly code: string }[]
  readonly linkTokens: string[]
}

/** The twins, what is known of them, and, unless there are faults, what is expected of them. */
export interface World {
  readonly twins: Twins
  readonly known: Knowledge
  /** `null`: only the twins are compared. */
  readonly expected: Expected | null
  seconds(): number
  /** Makes a call, and holds it against what was expected. Gives the value, or `undefined` where it was refused. */
  make(call: Call): Promise<unknown>
}

/** A world in which nothing has happened. */
export function openWorld(twins: Twins, isForeseen: boolean): World {
  const seconds = (): number => twins.clock.now().getTime() / 1000
  const expected = isForeseen ? new Expected(seconds) : null
  const known: Knowledge = {
    userIds: [],
    sessionIds: [],
    challengeIds: [],
    accessTokens: [],
    refreshTokens: [],
    codes: [],
    linkTokens: [],
  }
  let lastEvent = ''
  let mailsRead = 0
  return {
    twins,
    known,
    expected,
    seconds,
    async make({ name, act, foresee }) {
      const foreseen = expected === null ? null : foresee(expected)
      const outcome = await twins.call(name, act)
      learn(known, outcome.value, seconds())
      const mails = twins.real.sent.slice(mailsRead)
      mailsRead += mails.length
      for (const mail of mails) readMail(known, mail)
      if (expected !== null && foreseen !== null) {
        const events = outcome.seen.events.filter((event) => event.id > lastEvent).toReversed()
        lastEvent = events.at(-1)?.id ?? lastEvent
        assertForeseen(name, foreseen, { ...outcome, events: events.map((event) => event.type) })
        const people = [...expected.people.values()].map((person) => expected.seen(person))
        expect(outcome.seen.users.map(seenOf), `the people after ${name}`).toEqual(people)
      }
      return outcome.value
    },
  }
}

function assertForeseen(
  name: string,
  foreseen: Foreseen,
  { answer, error, value, events }: Outcome & { readonly events: readonly string[] },
): void {
  const { retryAfterSeconds = null, attemptsLeft = null, reason = null } = foreseen
  const is = {
    answer,
    events,
    retryAfterSeconds: error?.retryAfterSeconds ?? null,
    attemptsLeft: error?.attemptsLeft ?? null,
    reason: error?.reason ?? null,
  }
  const should = {
    answer: foreseen.answer,
    events: foreseen.events,
    retryAfterSeconds,
    attemptsLeft,
    reason,
  }
  expect(is, `what came of ${name}`).toEqual(should)
  if (foreseen.value !== undefined) expect(value, `the value of ${name}`).toEqual(foreseen.value)
  if (answer === 'ok' && foreseen.learn !== undefined) {
    expect(foreseen.learn(value as never), `the value of ${name}`).toBe(true)
  }
}

function seenOf(user: User): unknown {
  return {
    id: user.id,
    email: user.email,
    display: user.displayEmail,
    version: user.passwordVersion,
    isVerified: user.emailVerifiedAt !== null,
    isBlocked: user.blockedAt !== null,
    hasSignedIn: user.lastSignedInAt !== null,
  }
}

/** Takes in ids and tokens, wherever they stand in what a call gave. */
function learn(known: Knowledge, value: unknown, seconds: number): void {
  if (typeof value !== 'object' || value === null) return
  const { email, id, challengeId, accessToken, refreshToken } = value as Partial<
    Record<string, unknown>
  >
  if (typeof email === 'string' && typeof id === 'string') addNew(known.userIds, id)
  if (typeof challengeId === 'string') known.challengeIds.push(challengeId)
  if (typeof refreshToken === 'string') addNew(known.refreshTokens, refreshToken)
  if (typeof accessToken === 'string') {
    known.accessTokens.push({ token: accessToken, issuedAt: Math.floor(seconds) })
    addNew(known.sessionIds, sessionIdOf(accessToken))
  }
}

function addNew(list: string[], item: string): void {
  if (!list.includes(item)) list.push(item)
}

function readMail(known: Knowledge, mail: { readonly to: string; readonly text: string }): void {
  const secret = secretIn(mail.text)
  if (secret?.length === 6) known.codes.push({ to: mail.to.toLowerCase(), code: secret })
  else if (secret !== null) known.linkTokens.push(secret)
}

/** The code or the token in a mail. */
export function secretIn(text: string): string | null {
  return /^\s*(\d{6}|[\w-]{43})\s*$/m.exec(text)?.[1] ?? null
}
