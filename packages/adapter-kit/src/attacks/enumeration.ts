import { expectEqual } from '../expect.ts'
import { attackEach, attacksOf, type AttackCase } from './attack-case.ts'
import { PASSWORD, type AttackContext } from './attack-context.ts'
import { personAt } from './attack-provider.ts'
import { outcomeOf, refusalOf, tally } from './outcome-of.ts'

const ANNA = 'anna@example.com'
const NOBODY = 'nobody@example.com'

/** People of every kind that a stranger must not tell apart from nobody. */
async function populate(c: AttackContext): Promise<readonly string[]> {
  await c.register('anna')
  const blocked = await c.register('blocked')
  await c.app.user.block(blocked.id)
  await c.register('proven')
  await c.signIn('proven@example.com')
  const start = await c.from().oauth.authorize('hub')
  await c.from().oauth.callback('hub', c.hub.consent(start, personAt('oauth@example.com')))
  c.clock.advance({ minutes: 11 })
  return [ANNA, 'blocked@example.com', 'proven@example.com', 'oauth@example.com']
}

/** Everything that is answered, time and again, until the limits have spoken. */
async function answersOf(
  email: string,
  ask: (email: string) => Promise<unknown>,
): Promise<readonly string[]> {
  const answers: string[] = []
  for (let nth = 0; nth < 12; nth += 1) answers.push(await refusalOf(ask(email)))
  return answers.map((answer) => answer.replaceAll(email, '…'))
}

interface Question {
  readonly what: string
  readonly ask: (c: AttackContext, email: string) => Promise<unknown>
}

const QUESTIONS: readonly Question[] = [
  {
    what: 'a wrong password',
    ask: async (c, email) => c.from().auth.login(email, 'a wrong password'),
  },
  {
    what: 'asking for a reset link',
    ask: async (c, email) => c.from().password.requestReset(email),
  },
  {
    what: 'a sign-in code that nobody asked for',
    ask: async (c, email) =>
      c.from().auth.verifyOtp(email, '123456', 'login', {
        challengeId: '0190a000-0000-7000-8000-000000000000',
      }),
  },
  {
    what: 'asking for a code that proves the address',
    ask: async (c, email) => c.app.otp.send(email, 'email_verify'),
  },
  {
    what: 'a wrong code that proves the address',
    ask: async (c, email) => {
      const isRight = await c.app.otp.verify(email, '123456', 'email_verify')
      expectEqual(isRight, false, 'whether it was right')
    },
  },
]

const ANSWERS: readonly AttackCase[] = [
  ...attackEach('enumeration', QUESTIONS, {
    name: ({ what }) => `learns who has an account from the answers to ${what}`,
    run: async (c, { ask }) => {
      const people = await populate(c)
      const unknown = await answersOf(NOBODY, async (email) => ask(c, email))
      for (const email of people) {
        expectEqual(await answersOf(email, async (e) => ask(c, e)), unknown, email)
      }
    },
  }),
  ...attackEach('enumeration', QUESTIONS.slice(0, 2), {
    name: ({ what }) => `learns who has an account from the answers to ${what}, many times at once`,
    run: async (c, { ask }) => {
      const people = await populate(c)
      const ofManyAt = async (email: string) =>
        tally(
          await Promise.all(
            Array.from({ length: 16 }, async () => outcomeOf(async () => ask(c, email))),
          ),
        )
      const unknown = await ofManyAt(NOBODY)
      for (const email of people) expectEqual(await ofManyAt(email), unknown, email)
    },
  }),
]

const OTHERS = attacksOf('enumeration', {
  'learns who has an account by changing an own address to it': async (c) => {
    await populate(c)
    const { id } = await c.register('thief')
    const ask = async (email: string) => c.app.user.requestEmailChange(id, email)
    expectEqual(await answersOf(ANNA, ask), await answersOf(NOBODY, ask), 'the answers')
  },
  'learns who has an account by a provider that vouches for nothing': async (c) => {
    await populate(c)
    const arrive = async (email: string): Promise<unknown> => {
      const start = await c.from().oauth.authorize('hub')
      const person = { ...personAt(email), emailVerified: false }
      const result = Object(await c.from().oauth.callback('hub', c.hub.consent(start, person)))
      return { ...result, email: null }
    }
    expectEqual(await arrive(ANNA), await arrive(NOBODY), 'the answers')
  },
  'learns what became of a blocked account without its password': async (c) => {
    const { id } = await c.register('anna')
    await c.app.user.block(id)
    const wrong = await outcomeOf(c.from().auth.login(ANNA, 'a wrong password'))
    expectEqual(wrong, 'invalid_credentials', 'the answer to a wrong password')
    const right = await outcomeOf(c.from().auth.login(ANNA, PASSWORD))
    expectEqual(right, 'account_blocked', 'the answer to the right one')
  },
  'learns from the mails that go out who has none': async (c) => {
    await c.register('anna')
    await c.from().password.requestReset(NOBODY)
    await c.app.otp.send(NOBODY, 'email_verify')
    await outcomeOf(c.from().auth.login(NOBODY, PASSWORD))
    await c.app.mail.deliverDue()
    expectEqual(c.mails, [], 'mails to an address without an account')
  },
})

/** Attacks that learn who has an account. Those by time need a machine at rest: they are not here. */
export const enumeration: readonly AttackCase[] = [...ANSWERS, ...OTHERS]
