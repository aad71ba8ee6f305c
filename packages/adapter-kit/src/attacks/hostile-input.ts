import type { MindmeshApi } from '@mindmesh/auth'
import { expectEqual, present } from '../expect.ts'
import { attackEach, attacksOf, type AttackCase } from './attack-case.ts'
import { PASSWORD, type AttackContext } from './attack-context.ts'
import { expectRefused, outcomeOf } from './outcome-of.ts'

const ANNA = 'anna@example.com'
const ID = '0190a000-0000-7000-8000-000000000000'

/** Every call that takes texts from outside, with one of a good form in each place. */
const CALLS: readonly (readonly [
  space: keyof MindmeshApi,
  name: string,
  good: readonly string[],
])[] = [
  ['auth', 'register', [ANNA, PASSWORD]],
  ['auth', 'login', [ANNA, PASSWORD]],
  ['auth', 'verifyOtp', [ANNA, '123456', 'login']],
  ['auth', 'verifyAccessToken', ['a.b.c']],
  ['auth', 'getUserFromToken', ['a.b.c']],
  ['auth', 'refresh', ['x'.repeat(128)]],
  ['auth', 'logout', [ID]],
  ['otp', 'send', [ANNA, 'checkout']],
  ['otp', 'verify', [ANNA, '123456', 'checkout']],
  ['password', 'requestReset', [ANNA]],
  ['password', 'reset', ['x'.repeat(43), PASSWORD]],
  ['password', 'change', [ID, PASSWORD, PASSWORD]],
  ['user', 'requestEmailChange', [ID, ANNA]],
  ['user', 'confirmEmailChange', ['x'.repeat(43)]],
  ['user', 'undoEmailChange', ['x'.repeat(43)]],
  ['user', 'delete', [ID]],
  ['user', 'export', [ID]],
  ['session', 'revoke', [ID]],
  ['session', 'reauthenticate', [ID, PASSWORD]],
  ['oauth', 'authorize', ['hub']],
]

/** Calls as JavaScript can: with any value. */
async function callWith(
  c: AttackContext,
  [space, name]: (typeof CALLS)[number],
  args: readonly unknown[],
): Promise<unknown> {
  const call: unknown = Reflect.get(c.app[space], name)
  if (typeof call !== 'function') throw new TypeError(`There is no ${space}.${name}.`)
  return Reflect.apply(call, c.app[space], args)
}

/** Codes that say that a text was not taken: by its form, or as a token that is none. */
const REFUSED = ['invalid_input', 'token_invalid']

interface Hostile {
  readonly what: string
  /** From a text of a good form. */
  readonly spoil: (good: string) => unknown
}

const HOSTILE: readonly Hostile[] = [
  { what: 'an array that holds one', spoil: (good) => [good] },
  { what: 'an object that turns into one', spoil: (good) => ({ toString: () => good }) },
  { what: 'an object of operators for databases', spoil: () => ({ $ne: '', $gt: '' }) },
  { what: 'a String object', spoil: (good) => Object(good) },
  { what: 'nothing', spoil: () => undefined },
  { what: 'null, numbers, booleans and symbols', spoil: (good) => ODD[good.length % ODD.length] },
  {
    what: 'an object with a prototype of its own',
    spoil: () => JSON.parse('{"__proto__":{"length":6}}'),
  },
  { what: 'one with a NUL in it', spoil: (good) => `${good}\0` },
  { what: 'one with half a surrogate pair', spoil: (good) => `${good}\ud800` },
  { what: 'one with a line end', spoil: (good) => `${good}\r\nBcc: thief@example.com` },
  { what: 'a megabyte', spoil: (good) => good + 'x'.repeat(1_048_576) },
  { what: 'a megabyte of what is slow to match', spoil: () => `${'a.'.repeat(524_288)}@` },
]
const ODD: readonly unknown[] = [null, 7, Number.NaN, true, Symbol('x'), 7n, () => 'x']

const FORMS: readonly AttackCase[] = attackEach('input', HOSTILE, {
  name: ({ what }) => `sends, where a text belongs, ${what}`,
  async run(c, { spoil }) {
    for (const call of CALLS) {
      const [space, name, good] = call
      for (const index of good.keys()) {
        const args = good.map((text, at) => (at === index ? spoil(text) : text))
        const what = `${space}.${name}, argument ${index}`
        await expectRefused(async () => callWith(c, call, args), REFUSED, what)
      }
    }
    expectEqual((await c.app.user.list()).items, [], 'accounts that were made')
    expectEqual((await c.app.events.list()).items, [], 'events that were left')
    await c.app.mail.deliverDue()
    expectEqual(c.mails, [], 'mails that were sent')
  },
})

const SQL = [
  `'; DROP TABLE users; --`,
  `' OR '1'='1`,
  `" OR ""="`,
  `\\'; SELECT pg_sleep(10); --`,
  `%' OR email LIKE '%`,
  '${7*7}{{7*7}}',
]

const CONTENTS = attacksOf('input', {
  'writes commands for the database into everything that is kept': async (c) => {
    for (const [nth, text] of SQL.entries()) {
      const password = `${text} is long enough`
      const email = `person${nth}@example.com`
      const { id } = await c.app.auth.register(email, password)
      const agent = c.app.withContext({ ipAddress: '192.0.2.1', userAgent: text })
      expectEqual((await agent.auth.login(email, password)).otpRequired, true, 'the sign-in')
      await c.app.user.block(id, { reason: text })
      expectEqual((await c.app.user.getById(id))?.blockedReason, text, 'the reason')
    }
    expectEqual((await c.app.user.list()).items.length, SQL.length, 'accounts')
    const agents = (await c.events('OTP_SENT')).map((event) => event.userAgent)
    expectEqual(agents, SQL, 'user agents')
  },
  'looks for accounts by wildcards': async (c) => {
    await c.register('anna')
    for (const email of [
      '%@example.com',
      'ann_@example.com',
      '*@example.com',
      'anna%@example.com',
    ]) {
      expectEqual(await c.app.user.getByEmail(email), null, email)
    }
  },
  'smuggles a prototype or a role into the profile': async (c) => {
    const profiles: readonly unknown[] = [
      JSON.parse('{"__proto__":{"isAdmin":true}}'),
      JSON.parse('{"constructor":{"prototype":{"isAdmin":true}}}'),
      Object.create({ isAdmin: true }),
      [['isAdmin', true]],
      'isAdmin',
      new Map([['isAdmin', true]]),
    ]
    for (const [nth, profile] of profiles.entries()) {
      const call = async () => c.app.auth.register(`p${nth}@example.com`, PASSWORD, Object(profile))
      await expectRefused(call, ['invalid_input'], `profile ${nth}`)
    }
    expectEqual(Reflect.get({}, 'isAdmin'), undefined, 'the prototype of all objects')
    expectEqual((await c.app.user.list()).items, [], 'accounts')
  },
  'overwrites columns of the library through the profile': async (c) => {
    const columns = {
      ...c.profile,
      id: ID,
      email: 'other@example.com',
      passwordHash: 'x',
      emailVerifiedAt: new Date(0),
      passwordVersion: 99,
    }
    // Refused or left out: both are fine, as long as none of it counts.
    const outcome = await outcomeOf(async () => c.app.auth.register(ANNA, PASSWORD, columns))
    const user = await c.app.user.getByEmail(ANNA)
    expectEqual(await c.app.user.getByEmail('other@example.com'), null, 'the smuggled address')
    expectEqual(await c.app.user.getById(ID), null, 'the smuggled id')
    if (outcome !== 'ok') return
    const { emailVerifiedAt, passwordVersion } = present(user, 'the account')
    expectEqual(emailVerifiedAt, null, 'when the address was proven')
    expectEqual(passwordVersion < 99, true, 'whether the version is our own')
    await c.signIn(ANNA)
  },
  'has an option say one thing when it is checked and another when it is used': async (c) => {
    await c.register('anna')
    await c.register('thief')
    const anna = await c.startLogin(ANNA)
    const own = await c.startLogin('thief@example.com')
    let reads = 0
    const options = {
      get challengeId() {
        reads += 1
        return reads === 1 ? own.challengeId : anna.challengeId
      },
    }
    const call = c.app.auth.verifyOtp(ANNA, own.code, 'login', options)
    await expectRefused(call, ['otp_invalid'], 'the sign-in')
    expectEqual(reads, 1, 'how often the option was read')
  },
  'floods the record with a user agent without end': async (c) => {
    const userAgent = 'x'.repeat(1_048_576)
    await outcomeOf(c.app.withContext({ userAgent }).auth.login(ANNA, PASSWORD))
    const [event] = await c.events('LOGIN_FAILED')
    expectEqual((event?.userAgent ?? '').length <= 512, true, 'whether it was cut')
  },
  'forges lines of the record by a user agent': async (c) => {
    const userAgent = 'Firefox\r\n{"type":"LOGIN_SUCCESS"}\u0000\u001b[2K'
    await outcomeOf(c.app.withContext({ userAgent }).auth.login(ANNA, PASSWORD))
    const [event] = await c.events('LOGIN_FAILED')
    expectEqual(/\p{Cc}/u.test(event?.userAgent ?? ''), false, 'whether it has control characters')
  },
  'has a password that is common counted as another by its case': async (c) => {
    for (const password of [
      'PASSWORD1',
      'Iloveyou',
      'QwErTyUiOp',
      'anna@example.com',
      'Mindmesh1',
    ]) {
      await expectRefused(c.app.auth.register(ANNA, password), ['invalid_input'], password)
    }
  },
  'signs in with a password that is only the start of the right one': async (c) => {
    const long = `${'a long sentence '.repeat(15)}end`
    await c.app.auth.register(ANNA, long)
    for (const guess of [
      long.slice(0, 72),
      long.slice(0, 128),
      long.slice(0, -1),
      `${long} `,
      long.toUpperCase(),
    ]) {
      await expectRefused(c.from().auth.login(ANNA, guess), ['invalid_credentials'], 'a guess')
    }
    expectEqual(await outcomeOf(c.from().auth.login(ANNA, long)), 'ok', 'the password itself')
  },
})

/** Attacks by what is sent. */
export const hostileInput: readonly AttackCase[] = [...FORMS, ...CONTENTS]
