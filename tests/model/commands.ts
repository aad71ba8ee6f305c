import * as fc from 'fast-check'
import type { AuthEventType, OAuthStart } from '@mindmesh/auth'
import { fastHasher } from '@mindmesh/auth/testing'
import { expect } from 'vitest'
import { personAt } from '../support/fake-provider.ts'
import { WEAK, type Foreseen, type Proof } from './expected.ts'
import type { Fault, Side } from './twins.ts'
import { secretIn, type Call, type World } from './world.ts'

/** One step of a history: how it is shown where it fails, and what it does. */
export interface Command {
  readonly text: string
  readonly run: (world: World) => Promise<void>
}

const NOBODY = '01900000-0000-7000-8000-000000000000'
const NO_TOKEN = 'A'.repeat(43)
const PASSWORDS = ['correct horse battery', 'another long password', 'wrong password of mine']
const AGENTS = [null, 'curl/8.0', 'Mozilla/5.0 (X11; Linux) Firefox/128.0']
const ADDRESSES = [null, '192.0.2.1', '198.51.100.2']
const STEPS = [1, 9, 10, 60, 299, 300, 600, 900, 1800, 3600, 86_400, 86_401, 172_800, 259_200]

const name = fc.constantFrom('anna', 'berta', 'carla')
const newName = fc.constantFrom('anna', 'berta', 'carla', 'dora', 'dora')
const place = fc.constantFrom(0, 0, 0, 1, 2)
const password = fc.constantFrom(...PASSWORDS, PASSWORDS[0] ?? '')
const newPassword = fc.constantFrom(PASSWORDS[0] ?? '', PASSWORDS[1] ?? '', WEAK)
const agent = fc.constantFrom(...AGENTS)
const ip = fc.constantFrom(...ADDRESSES)
const purpose = fc.constantFrom('email_verify', 'checkout')
const proofKind = fc.constantFrom('none', 'none', 'session', 'password')
const isShouted = fc.constantFrom(false, false, true)

/** The n-th newest, or something that nobody gave out. */
function pick<Item>(list: readonly Item[], n: number, otherwise: Item): Item {
  return list.at(-1 - n) ?? otherwise
}

function emailOf(person: string): string {
  return `${person}@example.com`
}

/** The address as somebody types it; the case does not make another one. */
function typed(person: string, shouted: boolean): string {
  return shouted ? emailOf(person).toUpperCase() : emailOf(person)
}

/** The password that somebody has at the moment; the first one where they have none. */
async function passwordOf({ twins }: World, email: string): Promise<string> {
  const found = await twins.reference.store.users.findForSignIn(email)
  const hasher = fastHasher()
  for (const one of PASSWORDS) {
    if (await hasher.verify(found?.passwordHash ?? '', one)) return one
  }
  return PASSWORDS[0] ?? ''
}

function command<Args>(
  title: string,
  args: fc.Arbitrary<Args>,
  run: (world: World, args: Args) => Promise<void>,
): fc.Arbitrary<Command> {
  return args.map((given) => ({
    text: `${title} ${JSON.stringify(given)}`,
    run: async (world) => run(world, given),
  }))
}

/** A command that is one call. */
function callOf<Args>(
  title: string,
  args: fc.Arbitrary<Args>,
  callFor: (world: World, args: Args) => Omit<Call, 'name'>,
): fc.Arbitrary<Command> {
  return command(title, args, async (world, given) => {
    await world.make({ name: title, ...callFor(world, given) })
  })
}

const OK = (): Foreseen => ({ answer: 'ok', events: [] })

function asking({ mindmesh }: Side, ipAddress: string | null, userAgent: string | null) {
  return mindmesh.withContext({ ipAddress, userAgent })
}

function proofOf(world: World, kind: string, n: number): Proof {
  if (kind === 'session') return { sessionId: pick(world.known.sessionIds, n, NOBODY) }
  return kind === 'password' ? { password: PASSWORDS[n] ?? '' } : undefined
}

async function deliver(world: World): Promise<void> {
  const { sent } = world.twins.real
  const before = sent.length
  let delivery: ReturnType<NonNullable<World['expected']>['deliver']> | null = null
  await world.make({
    name: 'mail.deliverDue',
    act: async ({ mindmesh }) => mindmesh.mail.deliverDue(),
    foresee: (expected) => {
      delivery = expected.deliver()
      return delivery
    },
  })
  const mails = sent.slice(before)
  const foreseen = delivery as ReturnType<NonNullable<World['expected']>['deliver']> | null
  if (foreseen === null) return
  const to = mails.map((mail) => mail.to)
  expect(to, `whom mail went to`).toEqual(foreseen.to)
  foreseen.read(mails.map((mail) => secretIn(mail.text)))
}

async function login(world: World, args: { name: string; password: string; ip: string | null }) {
  await world.make({
    name: 'auth.login',
    act: async (side) => asking(side, args.ip, null).auth.login(emailOf(args.name), args.password),
    foresee: (expected) => expected.login(emailOf(args.name), args.password, args.ip),
  })
}

/** The newest code that was mailed to somebody, or one that was not. */
function codeFor(world: World, person: string, isRight: boolean): string {
  const code = world.known.codes.findLast(({ to }) => to === emailOf(person))?.code ?? '123456'
  return isRight ? code : String((Number(code) + 1) % 1_000_000).padStart(6, '0')
}

async function verifyOtp(
  world: World,
  args: { name: string; isRight: boolean; challenge: number | null; agent: string | null },
) {
  const email = emailOf(args.name)
  const code = codeFor(world, args.name, args.isRight)
  const options =
    args.challenge === null
      ? {}
      : { challengeId: pick(world.known.challengeIds, args.challenge, NOBODY) }
  await world.make({
    name: 'auth.verifyOtp',
    act: async (side) =>
      asking(side, null, args.agent).auth.verifyOtp(email, code, 'login', options),
    foresee: (expected) => expected.verifyOtp(email, code, { ...options, agent: args.agent }),
  })
}

async function signIn(world: World, args: { name: string; agent: string | null }): Promise<void> {
  await login(world, { ...args, password: await passwordOf(world, emailOf(args.name)), ip: null })
  await deliver(world)
  await verifyOtp(world, { ...args, isRight: true, challenge: 0 })
}

async function register(world: World, args: { name: string; password: string; shouted: boolean }) {
  const email = typed(args.name, args.shouted)
  await world.make({
    name: 'auth.register',
    act: async ({ mindmesh }) => mindmesh.auth.register(email, args.password),
    foresee: (expected) => expected.register(emailOf(args.name), email, args.password),
  })
}

/** How every history begins: two people, one of whom is signed in. */
export async function begin(world: World): Promise<void> {
  await register(world, { name: 'anna', password: PASSWORDS[0] ?? '', shouted: false })
  await register(world, { name: 'berta', password: PASSWORDS[0] ?? '', shouted: true })
  await signIn(world, { name: 'anna', agent: 'curl/8.0' })
}

const signingIn: readonly (readonly [number, fc.Arbitrary<Command>])[] = [
  [
    2,
    command(
      'auth.register',
      fc.record({ name, password: newPassword, shouted: isShouted }),
      register,
    ),
  ],
  [3, command('auth.login', fc.record({ name, password, ip }), login)],
  [
    3,
    command(
      'auth.verifyOtp',
      fc.record({
        name,
        isRight: fc.boolean(),
        challenge: fc.option(fc.constantFrom(0, 0, 1)),
        agent,
      }),
      verifyOtp,
    ),
  ],
  [
    7,
    command('sign in', fc.record({ name, agent }), async (world, args) => {
      await signIn(world, args)
    }),
  ],
  [
    3,
    command('guess codes', fc.record({ name }), async (world, args) => {
      await login(world, {
        ...args,
        password: await passwordOf(world, emailOf(args.name)),
        ip: null,
      })
      for (let n = 0; n < 3; n += 1) {
        await verifyOtp(world, { ...args, isRight: false, challenge: null, agent: null })
      }
    }),
  ],
]

const tokens: readonly (readonly [number, fc.Arbitrary<Command>])[] = [
  [
    5,
    callOf('auth.refresh', fc.record({ place }), ({ known }, args) => {
      const token = pick(known.refreshTokens, args.place, NO_TOKEN)
      return {
        act: async ({ mindmesh }) => mindmesh.auth.refresh(token),
        foresee: (expected) => expected.refresh(token),
      }
    }),
  ],
  [
    2,
    callOf('auth.getUserFromToken', fc.record({ place }), ({ known }, args) => {
      const found = pick(known.accessTokens, args.place, null)
      const token = found?.token ?? NO_TOKEN
      return {
        act: async ({ mindmesh }) => mindmesh.auth.getUserFromToken(token),
        foresee: (expected) => expected.getUserFromToken(token, found?.issuedAt),
      }
    }),
  ],
  [
    1,
    callOf('auth.verifyAccessToken', fc.record({ place }), ({ known }, args) => {
      const found = pick(known.accessTokens, args.place, null)
      const token = found?.token ?? NO_TOKEN
      return {
        act: async ({ mindmesh }) => mindmesh.auth.verifyAccessToken(token),
        foresee: (expected) => expected.verifyAccessToken(token, found?.issuedAt),
      }
    }),
  ],
  [
    1,
    callOf('auth.logout', fc.record({ place }), ({ known }, args) => {
      const id = pick(known.sessionIds, args.place, NOBODY)
      return {
        act: async ({ mindmesh }) => mindmesh.auth.logout(id),
        foresee: (expected) => expected.endSession(id, 'LOGOUT'),
      }
    }),
  ],
  [
    1,
    callOf('session.revoke', fc.record({ place }), ({ known }, args) => {
      const id = pick(known.sessionIds, args.place, NOBODY)
      return {
        act: async ({ mindmesh }) => mindmesh.session.revoke(id),
        foresee: (expected) => expected.endSession(id, 'SESSION_REVOKED'),
      }
    }),
  ],
  [
    1,
    callOf(
      'session.revokeAll',
      fc.record({ place, except: fc.option(place, { nil: undefined }) }),
      ({ known }, args) => {
        const id = pick(known.userIds, args.place, NOBODY)
        const except =
          args.except === undefined ? undefined : pick(known.sessionIds, args.except, NOBODY)
        const options = except === undefined ? {} : { except }
        return {
          act: async ({ mindmesh }) => mindmesh.session.revokeAll(id, options),
          foresee: (expected) => expected.revokeAll(id, except),
        }
      },
    ),
  ],
  [
    2,
    callOf('session.list', fc.record({ place }), ({ known }, args) => {
      const id = pick(known.userIds, args.place, NOBODY)
      return {
        act: async ({ mindmesh }) => mindmesh.session.list(id),
        foresee: (expected) => expected.listSessions(id),
      }
    }),
  ],
  [
    1,
    callOf('session.reauthenticate', fc.record({ place, password }), ({ known }, args) => {
      const id = pick(known.sessionIds, args.place, NOBODY)
      return {
        act: async ({ mindmesh }) => mindmesh.session.reauthenticate(id, args.password),
        foresee: (expected) => expected.reauthenticate(id, args.password),
      }
    }),
  ],
  [
    1,
    callOf('session.assertFresh', fc.record({ place, proofKind, n: place }), (world, args) => {
      const id = pick(world.known.userIds, args.place, NOBODY)
      const proof = proofOf(world, args.proofKind, args.n) ?? { password: PASSWORDS[0] ?? '' }
      return {
        act: async ({ mindmesh }) => mindmesh.session.assertFresh(id, proof),
        foresee: (expected) => expected.assertFresh(id, proof),
      }
    }),
  ],
]

async function requestReset(world: World, args: { name: string }): Promise<void> {
  await world.make({
    name: 'password.requestReset',
    act: async ({ mindmesh }) => mindmesh.password.requestReset(emailOf(args.name)),
    foresee: (expected) => expected.requestReset(emailOf(args.name)),
  })
}

async function reset(world: World, args: { place: number; newPassword: string }): Promise<void> {
  const token = pick(world.known.linkTokens, args.place, NO_TOKEN)
  await world.make({
    name: 'password.reset',
    act: async ({ mindmesh }) => mindmesh.password.reset(token, args.newPassword),
    foresee: (expected) => expected.reset(token, args.newPassword),
  })
}

async function sendOtp(world: World, args: { name: string; purpose: string; isShouted: boolean }) {
  const email = typed(args.name, args.isShouted)
  await world.make({
    name: 'otp.send',
    act: async ({ mindmesh }) => mindmesh.otp.send(email, args.purpose),
    foresee: (expected) => expected.sendOtp(emailOf(args.name), email, args.purpose),
  })
}

async function verifyCode(world: World, args: { name: string; purpose: string; isRight: boolean }) {
  const code = codeFor(world, args.name, args.isRight)
  const email = emailOf(args.name)
  await world.make({
    name: 'otp.verify',
    act: async ({ mindmesh }) => mindmesh.otp.verify(email, code, args.purpose),
    foresee: (expected) => expected.verifyOtpCode(email, code, args.purpose),
  })
}

const codesAndPasswords: readonly (readonly [number, fc.Arbitrary<Command>])[] = [
  [1, command('otp.send', fc.record({ name, purpose, isShouted }), sendOtp)],
  [3, command('otp.verify', fc.record({ name, purpose, isRight: fc.boolean() }), verifyCode)],
  [
    2,
    command('prove an address', fc.record({ name, purpose, isShouted }), async (world, args) => {
      await sendOtp(world, args)
      await deliver(world)
      await verifyCode(world, { ...args, isRight: true })
    }),
  ],
  [1, command('password.requestReset', fc.record({ name }), requestReset)],
  [2, command('password.reset', fc.record({ place, newPassword }), reset)],
  [
    2,
    command('reset a password', fc.record({ name, newPassword }), async (world, args) => {
      await requestReset(world, args)
      await deliver(world)
      await reset(world, { ...args, place: 0 })
    }),
  ],
  [
    2,
    command(
      'password.change',
      fc.record({
        place,
        isRight: fc.constantFrom(true, true, false),
        newPassword,
        keep: fc.option(place, { nil: undefined }),
      }),
      changePassword,
    ),
  ],
]

async function changePassword(
  world: World,
  args: { place: number; isRight: boolean; newPassword: string; keep: number | undefined },
): Promise<void> {
  const { known, twins } = world
  const id = pick(known.userIds, args.place, NOBODY)
  const keep = args.keep === undefined ? undefined : pick(known.sessionIds, args.keep, NOBODY)
  const options = keep === undefined ? {} : { keepSessionId: keep }
  const user = await twins.reference.store.users.findById(id)
  const right = await passwordOf(world, user?.email ?? '')
  const passwords = {
    current: args.isRight ? right : 'nobody has this one',
    next: args.newPassword,
  }
  await world.make({
    name: 'password.change',
    act: async ({ mindmesh }) =>
      mindmesh.password.change(id, passwords.current, passwords.next, options),
    foresee: (expected) => expected.changePassword(id, passwords, keep),
  })
}

async function requestEmailChange(
  world: World,
  args: { place: number; name: string; isShouted: boolean; proofKind: string; n: number },
): Promise<void> {
  const id = pick(world.known.userIds, args.place, NOBODY)
  const proof = proofOf(world, args.proofKind, args.n)
  const display = typed(args.name, args.isShouted)
  await world.make({
    name: 'user.requestEmailChange',
    act: async ({ mindmesh }) => mindmesh.user.requestEmailChange(id, display, proof),
    foresee: (expected) =>
      expected.requestEmailChange(id, { email: emailOf(args.name), display }, proof),
  })
}

async function confirmEmailChange(world: World, args: { place: number }): Promise<void> {
  const token = pick(world.known.linkTokens, args.place, NO_TOKEN)
  await world.make({
    name: 'user.confirmEmailChange',
    act: async ({ mindmesh }) => mindmesh.user.confirmEmailChange(token),
    foresee: (expected) => expected.confirmEmailChange(token),
  })
}

const people: readonly (readonly [number, fc.Arbitrary<Command>])[] = [
  [
    1,
    callOf('user.block', fc.record({ place }), ({ known }, args) => {
      const id = pick(known.userIds, args.place, NOBODY)
      return {
        act: async ({ mindmesh }) => mindmesh.user.block(id, { reason: 'why' }),
        foresee: (expected) => expected.block(id),
      }
    }),
  ],
  [
    2,
    callOf('user.unblock', fc.record({ place }), ({ known }, args) => {
      const id = pick(known.userIds, args.place, NOBODY)
      return {
        act: async ({ mindmesh }) => mindmesh.user.unblock(id),
        foresee: (expected) => expected.unblock(id),
      }
    }),
  ],
  [
    1,
    callOf('user.markEmailVerified', fc.record({ place }), ({ known }, args) => {
      const id = pick(known.userIds, args.place, NOBODY)
      return {
        act: async ({ mindmesh }) => mindmesh.user.markEmailVerified(id),
        foresee: (expected) => expected.markEmailVerified(id),
      }
    }),
  ],
  [
    2,
    command(
      'user.requestEmailChange',
      fc.record({ place, name: newName, isShouted, proofKind, n: place }),
      requestEmailChange,
    ),
  ],
  [2, command('user.confirmEmailChange', fc.record({ place }), confirmEmailChange)],
  [
    4,
    command(
      'change an address',
      fc.record({ place, name: newName, isShouted }),
      async (world, args) => {
        await requestEmailChange(world, { ...args, proofKind: 'none', n: 0 })
        await deliver(world)
        await confirmEmailChange(world, { place: 0 })
        await deliver(world)
      },
    ),
  ],
  [
    2,
    callOf('user.undoEmailChange', fc.record({ place }), ({ known }, args) => {
      const token = pick(known.linkTokens, args.place, NO_TOKEN)
      return {
        act: async ({ mindmesh }) => mindmesh.user.undoEmailChange(token),
        foresee: (expected) => expected.undoEmailChange(token),
      }
    }),
  ],
  [
    1,
    callOf('user.delete', fc.record({ place, proofKind, n: place }), (world, args) => {
      const id = pick(world.known.userIds, args.place, NOBODY)
      const proof = proofOf(world, args.proofKind, args.n)
      return {
        act: async ({ mindmesh }) => mindmesh.user.delete(id, proof),
        foresee: (expected) => expected.deleteUser(id, proof),
      }
    }),
  ],
  [
    1,
    callOf('user.export', fc.record({ place }), ({ known }, args) => {
      const id = pick(known.userIds, args.place, NOBODY)
      return {
        act: async ({ mindmesh }) => mindmesh.user.export(id),
        foresee: (expected) => expected.exportUser(id),
      }
    }),
  ],
  [
    1,
    callOf('user.getByEmail, user.getById', fc.record({ name, place }), ({ known }, args) => {
      const id = pick(known.userIds, args.place, NOBODY)
      return {
        act: async ({ mindmesh: { user } }) => ({
          byEmail: (await user.getByEmail(emailOf(args.name)))?.id ?? null,
          byId: (await user.getById(id))?.id ?? null,
        }),
        foresee: (expected) => ({
          ...OK(),
          value: {
            byEmail: expected.byEmail(emailOf(args.name))?.id ?? null,
            byId: expected.people.get(id)?.id ?? null,
          },
        }),
      }
    }),
  ],
]

const TYPES: readonly AuthEventType[] = ['OTP_SENT', 'LOGIN_SUCCESS', 'LOGIN_FAILED']

const upkeep: readonly (readonly [number, fc.Arbitrary<Command>])[] = [
  [7, command('mail.deliverDue', fc.constant({}), deliver)],
  [
    2,
    callOf('maintenance.prune', fc.constant({}), () => ({
      act: async ({ mindmesh }) => mindmesh.maintenance.prune(),
      foresee: (expected) => expected.prune(),
    })),
  ],
  [
    1,
    callOf(
      'events.list, user.list',
      fc.record({ place, type: fc.constantFrom(...TYPES), limit: fc.integer({ min: 1, max: 4 }) }),
      ({ known }, { place: n, type, limit }) => {
        const userId = pick(known.userIds, n, NOBODY)
        return {
          act: async ({ mindmesh: { events, user } }) => {
            const page = await events.list({ userId, limit })
            const ofType = await events.list({ type, limit })
            const next = await events.list({ userId, limit, cursor: page.nextCursor })
            const users = await user.list({ limit })
            return { page, ofType, next, rest: await user.list({ cursor: users.nextCursor }) }
          },
          foresee: OK,
        }
      },
    ),
  ],
  [
    7,
    command('wait', fc.constantFrom(...STEPS), async ({ twins }, seconds) => {
      twins.clock.advance({ seconds })
    }),
  ],
]

/** What the small model says nothing of: providers, faults, and a clock that is set back. */
const trouble: readonly (readonly [number, fc.Arbitrary<Command>])[] = [
  [
    4,
    command(
      'oauth.authorize, oauth.callback',
      fc.record({ name, isVerified: fc.constantFrom(true, true, false) }),
      async (world, args) => {
        const starts = new Map<Side, OAuthStart>()
        await world.make({
          name: 'oauth.authorize',
          act: async (side) => {
            const start = await side.mindmesh.oauth.authorize('hub')
            starts.set(side, start)
            return start
          },
          foresee: OK,
        })
        const person = { ...personAt(emailOf(args.name)), emailVerified: args.isVerified }
        await finish(world, starts, person)
      },
    ),
  ],
  [
    2,
    command('oauth.link, oauth.callback', fc.record({ place, name }), async (world, args) => {
      const id = pick(world.known.userIds, args.place, NOBODY)
      const proof = { sessionId: pick(world.known.sessionIds, args.place, NOBODY) }
      const starts = new Map<Side, OAuthStart>()
      await world.make({
        name: 'oauth.link',
        act: async (side) => {
          const start = await side.mindmesh.oauth.link(id, 'hub', { proof })
          starts.set(side, start)
          return start
        },
        foresee: OK,
      })
      await finish(world, starts, personAt(emailOf(args.name), `other ${args.name}`))
    }),
  ],
  [
    1,
    callOf('oauth.unlink', fc.record({ place }), ({ known }, args) => {
      const id = pick(known.userIds, args.place, NOBODY)
      return {
        act: async ({ mindmesh }) => mindmesh.oauth.unlink(id, 'hub'),
        foresee: OK,
      }
    }),
  ],
  [
    12,
    command(
      'fault',
      fc.oneof(
        fc.record({
          at: fc.constant('store' as const),
          call: fc.integer({ min: 1, max: 7 }),
          when: fc.constantFrom('before' as const, 'after' as const),
        }),
        fc.record({
          at: fc.constant('mailer' as const),
          mails: fc.integer({ min: 1, max: 3 }),
          permanent: fc.boolean(),
        }),
      ),
      async ({ twins }, fault: Fault) => twins.arm(fault),
    ),
  ],
  [
    1,
    command('set the clock back', fc.constantFrom(1, 5, 30, 3600), async ({ twins }, seconds) => {
      twins.clock.advance({ seconds: -seconds })
    }),
  ],
]

async function finish(
  world: World,
  starts: ReadonlyMap<Side, OAuthStart>,
  person: ReturnType<typeof personAt>,
): Promise<void> {
  if (starts.size === 0) return
  await world.make({
    name: 'oauth.callback',
    act: async (side) => {
      const start = starts.get(side)
      if (start === undefined) throw new Error('Only one of the two began a sign-in.')
      return side.mindmesh.oauth.callback('hub', side.hub.consent(start, person))
    },
    foresee: OK,
  })
}

function weighted(
  groups: readonly (readonly (readonly [number, fc.Arbitrary<Command>])[])[],
): fc.Arbitrary<Command> {
  const entries = groups.flat().map(([weight, arbitrary]) => ({ weight, arbitrary }))
  return fc.oneof(...entries)
}

const ordinary = [signingIn, tokens, codesAndPasswords, people, upkeep]

/** What the small model foresees. */
export const foreseenCommands: fc.Arbitrary<Command> = weighted(ordinary)

/** Everything, faults included. */
export const allCommands: fc.Arbitrary<Command> = weighted([...ordinary, trouble])
