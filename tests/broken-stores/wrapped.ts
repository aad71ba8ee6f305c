import type { AuthStore, Effects } from '@mindmesh/auth/ports'
import { StoreError } from '@mindmesh/auth/ports'

/** A sound store with one fault put in, and the case of the contract that must find it. */
export interface BrokenStore {
  readonly name: string
  readonly caughtBy: string
  breakIt(store: AuthStore): AuthStore
}

/** Faults that no engine hides: they are put around a sound store. */
export const wrappedStores: readonly BrokenStore[] = [
  {
    name: 'loses the milliseconds of dates',
    caughtBy: 'sessions.open: what was written reads back equal',
    breakIt: (store) => ({
      ...store,
      sessions: {
        ...store.sessions,
        open: async ({ session, expected }, effects) => {
          const expiresAt = new Date(Math.floor(session.expiresAt.getTime() / 1000) * 1000)
          return store.sessions.open({ session: { ...session, expiresAt }, expected }, effects)
        },
      },
    }),
  },
  {
    name: 'folds the case of keys',
    caughtBy: 'rateLimits.hit: keys are counted apart, also where they differ in case',
    breakIt: (store) => ({
      ...store,
      rateLimits: {
        hit: async (input) =>
          store.rateLimits.hit({
            ...input,
            hits: input.hits.map((hit) => ({ ...hit, key: hit.key.toLowerCase() })),
          }),
      },
    }),
  },
  {
    name: 'writes the effects of a block after it, in a step of their own',
    caughtBy: 'users.block: leaves nothing written where one of its effects fails',
    breakIt: (store) => ({
      ...store,
      users: {
        ...store.users,
        block: async (input, effects) => {
          const outcome = await store.users.block(input, {})
          if (outcome === 'blocked') await writeApart(store, effects)
          return outcome
        },
      },
    }),
  },
  {
    name: 'writes the effects of a refresh before it, whoever wins',
    caughtBy: 'sessions.rotate: of many at once exactly one rotates',
    breakIt: (store) => ({
      ...store,
      sessions: {
        ...store.sessions,
        rotate: async (input, effects) => {
          await writeApart(store, effects)
          return store.sessions.rotate(input, {})
        },
      },
    }),
  },
  {
    name: 'forgets the mail of a password change',
    caughtBy: 'users.setPassword: writes its effects together with the change',
    breakIt: (store) => ({
      ...store,
      users: {
        ...store.users,
        setPassword: async (input, effects) =>
          store.users.setPassword(input, { ...effects, mails: [] }),
      },
    }),
  },
  {
    name: 'writes the codes of an address change before it voids the earlier ones',
    caughtBy: 'users.changeEmail: voids codes before its effects are written',
    breakIt: (store) => ({
      ...store,
      users: {
        ...store.users,
        changeEmail: async (input, { codes = [], ...effects }) => {
          for (const code of codes) await store.codes.issue(code, {})
          return store.users.changeEmail(input, effects)
        },
      },
    }),
  },
  {
    name: 'drops the guard of a sign-in: it takes whatever the person is now',
    caughtBy: 'sessions.open: writes nothing where the password is of another version',
    breakIt: (store) => ({
      ...store,
      sessions: {
        ...store.sessions,
        open: async (input, effects) => {
          const user = await store.users.findById(input.session.userId)
          return store.sessions.open({ ...input, expected: user ?? input.expected }, effects)
        },
      },
    }),
  },
  {
    name: 'drops the guard of a refresh: it rotates from whatever is current',
    caughtBy: 'sessions.rotate: writes nothing where the generation was never given out',
    breakIt: (store) => ({
      ...store,
      sessions: {
        ...store.sessions,
        rotate: async (input, effects) => {
          const found = await store.sessions.find(input.sessionId)
          const fromGeneration = found?.session.refreshGeneration ?? input.fromGeneration
          return store.sessions.rotate({ ...input, fromGeneration }, effects)
        },
      },
    }),
  },
  {
    name: 'reads a code, compares, and only then writes',
    caughtBy: 'codes.consume: of many right calls at once exactly one is told consumed',
    breakIt: (store) => ({ ...store, codes: { ...store.codes, consume: readThenWrite(store) } }),
  },
  {
    name: 'counts one limit after another, each in a step of its own',
    caughtBy: 'rateLimits.hit: where one limit is used up none of them is counted',
    breakIt: (store) => ({
      ...store,
      rateLimits: {
        async hit({ hits, refunds, now }) {
          for (const hit of hits) {
            const outcome = await store.rateLimits.hit({ hits: [hit], refunds: [], now })
            if (outcome.status === 'limited') return outcome
          }
          return store.rateLimits.hit({ hits: [], refunds, now })
        },
      },
    }),
  },
  {
    name: 'gives mail that another worker holds',
    caughtBy: 'outbox.claim: a held mail is given to nobody until its lease is over',
    breakIt: (store) => {
      let ahead = 0
      return {
        ...store,
        outbox: {
          ...store.outbox,
          async claim(input) {
            ahead += 3_600_000
            return store.outbox.claim({ ...input, now: new Date(input.now.getTime() + ahead) })
          },
        },
      }
    },
  },
  {
    name: 'writes everybody anew who is imported again',
    caughtBy: 'users.importMany: again it changes nothing',
    breakIt: (store) => ({
      ...store,
      users: {
        ...store.users,
        async importMany(input) {
          for (const { user } of input.people) await store.users.delete(user.id, {})
          return store.users.importMany(input)
        },
      },
    }),
  },
  {
    name: 'takes a reserved address for one who is imported',
    caughtBy: 'users.importMany: an address that a live code of another person reserves is taken',
    breakIt: (store) => ({
      ...store,
      users: {
        ...store.users,
        importMany: async ({ people, isTrial }) =>
          store.users.importMany({
            people: people.map((person) => ({
              ...person,
              reservation: { ...person.reservation, subject: person.user.id },
            })),
            isTrial,
          }),
      },
    }),
  },
  {
    name: 'makes mail due that a worker holds',
    caughtBy: 'outbox.hasten: what somebody holds is left to them',
    breakIt: (store) => ({
      ...store,
      outbox: {
        ...store.outbox,
        async hasten(input) {
          const { mails } = await store.outbox.inspect({ limit: 100 })
          const hastened = await store.outbox.hasten(input)
          return Math.max(hastened, mails.filter((mail) => mail.attempts > 0).length)
        },
      },
    }),
  },
  {
    name: 'counts sent and given up mail among what waits',
    caughtBy: 'outbox.inspect: mails that wait, due first, then those given up, newest first',
    breakIt: (store) => ({
      ...store,
      outbox: {
        ...store.outbox,
        async inspect(input) {
          const survey = await store.outbox.inspect(input)
          return { ...survey, waiting: survey.waiting + survey.failed }
        },
      },
    }),
  },
  {
    name: 'completes mail by whatever lease it has',
    caughtBy: 'outbox.complete: a lease that was taken over is worth nothing',
    breakIt: (store) => {
      const leases = new Map<string, string>()
      return {
        ...store,
        outbox: {
          ...store.outbox,
          async claim(input) {
            const mails = await store.outbox.claim(input)
            for (const mail of mails) leases.set(mail.id, input.leaseId)
            return mails
          },
          complete: async (input) =>
            store.outbox.complete({ ...input, leaseId: leases.get(input.id) ?? input.leaseId }),
        },
      }
    },
  },
  {
    name: 'gives the password hash to whoever asks for a person',
    caughtBy: 'users.findById: no user that is read holds the password hash',
    breakIt: (store) => ({
      ...store,
      users: {
        ...store.users,
        async findById(id) {
          const found = await store.users.findCredentials(id)
          return found === null ? null : { ...found.user, passwordHash: found.passwordHash }
        },
      },
    }),
  },
  {
    name: 'prints parameters in the message of its error',
    caughtBy: 'codes.issue: leaves nothing written where one of its effects fails',
    breakIt: (store) => ({
      ...store,
      codes: {
        ...store.codes,
        async issue(code, effects) {
          try {
            await store.codes.issue(code, effects)
          } catch (error) {
            const values = JSON.stringify(effects)
            throw Object.assign(new StoreError('codes.issue', { cause: error }), {
              message: `insert failed: ${values}`,
            })
          }
        },
      },
    }),
  },
  {
    name: 'tells the loser of a registration by an exception',
    caughtBy: 'users.register: of many at once for one address exactly one wins',
    breakIt: (store) => ({
      ...store,
      users: {
        ...store.users,
        async register(input, effects) {
          const outcome = await store.users.register(input, effects)
          if (outcome.status !== 'registered') throw new StoreError('users.register')
          return outcome
        },
      },
    }),
  },
  {
    name: 'prunes without a bound',
    caughtBy: 'deleteExpired: at most the limit of each kind, the rest in the next call',
    breakIt: (store) => ({
      ...store,
      deleteExpired: async (input) => store.deleteExpired({ ...input, limit: 1000 }),
    }),
  },
]

async function writeApart(store: AuthStore, effects: Effects): Promise<void> {
  for (const code of effects.codes ?? []) await store.codes.issue(code, {})
  await store.events.append(effects.events ?? [], effects.mails ?? [])
}

function readThenWrite(store: AuthStore): AuthStore['codes']['consume'] {
  const seen = new Map<string, number>()
  return async (input, effects) => {
    const tries = seen.get(input.id) ?? 0
    // Between this look and the write below every other caller looks too.
    await new Promise((resolve) => setImmediate(resolve))
    if (tries > 0) return { status: 'not_found' }
    seen.set(input.id, tries + 1)
    await store.events.append(effects.consumed.events ?? [])
    return { status: 'consumed' }
  }
}
