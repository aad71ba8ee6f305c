import { inspect, isDeepStrictEqual } from 'node:util'
import {
  AuthError,
  MindmeshAuth,
  StoreError,
  type AuthEvent,
  type MailMessage,
  type User,
} from '@mindmesh/auth'
import { memoryStore } from '@mindmesh/auth-adapter-kit'
import { MailerError, type AuthStore } from '@mindmesh/auth/ports'
import { fastHasher, seededRandom, settableClock, type SettableClock } from '@mindmesh/auth/testing'
import { fakeProvider, type FakeProvider } from '../support/fake-provider.ts'
import { wrappedStore } from '../support/wrapped-store.ts'
import { MODEL_CONFIG } from './model-config.ts'

/** One of the two instances, and what surrounds it. */
export interface Side {
  readonly mindmesh: MindmeshAuth
  readonly store: AuthStore
  readonly hub: FakeProvider
  readonly sent: readonly MailMessage[]
}

/** What a call came to. `answer` is `ok`, `store_failed`, or the code of its error. */
export interface Outcome {
  readonly answer: string
  readonly error: AuthError | null
  readonly value: unknown
}

/** What anyone sees who looks after a call. */
export interface Seen {
  /** The newest 20, newest first. */
  readonly events: readonly AuthEvent[]
  readonly users: readonly User[]
}

/** What is made to fail: a call of the store, the n-th from now on, or the next mails. */
export type Fault =
  | { readonly at: 'store'; readonly call: number; readonly when: 'before' | 'after' }
  | { readonly at: 'mailer'; readonly mails: number; readonly permanent: boolean }

/**
 * An instance on the store under test and one on the reference store, with the same clock and the same random bytes:
 * whatever the one says, the other has to say.
 */
export interface Twins {
  readonly clock: SettableClock
  readonly real: Side
  readonly reference: Side
  /** Makes a call on both. Throws where they differ: in the answer, the mails sent, the people or the newest events. */
  call(
    name: string,
    act: (side: Side) => Promise<unknown>,
  ): Promise<Outcome & { readonly seen: Seen }>
  /** What fails in the next call. */
  arm(fault: Fault): void
  /** Compares everything that can be seen. */
  compareAll(): Promise<void>
  close(): Promise<void>
}

/** Two instances at the beginning of their history. */
export function openTwins(store: AuthStore, seed: number): Twins {
  const clock = settableClock()
  const real = openSide(store, clock, seed)
  const reference = openSide(memoryStore(), clock, seed)
  const sides = [real, reference]
  let mailsCompared = 0
  return {
    clock,
    real: real.side,
    reference: reference.side,
    async call(name, act) {
      const outcome = await outcomeOf(act(real.side))
      assertSame(name, outcome, await outcomeOf(act(reference.side)))
      for (const { disarm } of sides) disarm()
      const [mails, others] = sides.map(({ side }) => side.sent.slice(mailsCompared))
      assertSame(`the mails of ${name}`, mails, others)
      mailsCompared = real.side.sent.length
      const seen = await seenOf(real.side)
      assertSame(`what is seen after ${name}`, seen, await seenOf(reference.side))
      return { ...outcome, seen }
    },
    arm: (fault) => sides.forEach(({ arm }) => arm(fault)),
    async compareAll() {
      for (const { disarm } of sides) disarm()
      assertSame('everything at the end', await allOf(real.side), await allOf(reference.side))
    },
    async close() {
      for (const { side } of sides) await side.mindmesh.close()
    },
  }
}

interface Armed {
  readonly side: Side
  arm(fault: Fault): void
  disarm(): void
}

function openSide(store: AuthStore, clock: SettableClock, seed: number): Armed {
  let storeFault: (Fault & { at: 'store' }) | null = null
  let mailFault: { mails: number; readonly permanent: boolean } | null = null
  let calls = 0
  const sent: MailMessage[] = []
  const hub = fakeProvider('hub')
  const adapter = wrappedStore(store, async ({ name, proceed }) => {
    calls += 1
    if (storeFault?.call !== calls) return proceed()
    if (storeFault.when === 'after') await proceed()
    throw new StoreError(name)
  })
  const mailer = {
    async send(mail: MailMessage): Promise<void> {
      if (mailFault !== null && mailFault.mails > 0) {
        mailFault.mails -= 1
        throw new MailerError('rejected', { permanent: mailFault.permanent })
      }
      sent.push(mail)
    },
  }
  const mindmesh = new MindmeshAuth({
    adapter,
    mailer,
    clock,
    random: seededRandom(String(seed)),
    passwordHasher: fastHasher(),
    logger: { info: () => undefined, warn: () => undefined, error: () => undefined },
    providers: [hub],
    env: {},
    config: MODEL_CONFIG,
  })
  return {
    side: { mindmesh, store, hub, sent },
    arm(fault) {
      if (fault.at === 'mailer') mailFault = { ...fault }
      else storeFault = fault
      calls = 0
    },
    disarm() {
      storeFault = null
      mailFault = null
    },
  }
}

async function outcomeOf(call: Promise<unknown>): Promise<Outcome> {
  try {
    return { answer: 'ok', error: null, value: await call }
  } catch (error) {
    if (error instanceof AuthError) return { answer: error.code, error, value: undefined }
    if (error instanceof StoreError)
      return { answer: 'store_failed', error: null, value: undefined }
    throw error
  }
}

async function seenOf({ mindmesh }: Side): Promise<Seen> {
  return {
    events: (await mindmesh.events.list({ limit: 20 })).items,
    users: (await mindmesh.user.list()).items,
  }
}

/** Everything on everybody, read past the API so that looking leaves no event. */
async function allOf({ mindmesh, store }: Side): Promise<unknown> {
  const { items: users } = await mindmesh.user.list()
  const people = users.map(async (user) => ({
    credentials: await store.users.findCredentials(user.id),
    sessions: await store.sessions.listAll(user.id),
    live: await mindmesh.session.list(user.id),
    codes: (await store.codes.listByUser(user.id)).toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    identities: await mindmesh.oauth.list(user.id),
  }))
  return {
    people: await Promise.all(people),
    events: (await mindmesh.events.list({ limit: 500 })).items,
  }
}

function assertSame(what: string, real: unknown, reference: unknown): void {
  if (isDeepStrictEqual(real, reference)) return
  const text = (value: unknown): string => inspect(value, { depth: 8, breakLength: 100 })
  throw new Error(
    `The store and the reference differ in ${what}.\nstore: ${text(real)}\nreference: ${text(reference)}`,
  )
}
