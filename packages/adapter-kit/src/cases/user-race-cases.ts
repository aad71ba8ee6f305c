import { race, register, storedUser } from '../arrange.ts'
import { casesOf, type ContractCase, type ContractContext } from '../contract-case.ts'
import { countOf, expectEqual } from '../expect.ts'
import { listEvents } from '../written.ts'
import { addressChange, blocking, passwordChange } from './user-cases.ts'

/** Of many such calls exactly one is told `won`, all others `stale`, and one event is written. */
async function expectOneWinner(
  context: ContractContext,
  won: string,
  call: (event: ReturnType<ContractContext['make']['event']>) => Promise<string>,
): Promise<void> {
  const outcomes = await race(async () => call(context.make.event()))
  expectEqual(countOf(outcomes, won), 1, `how many were told ${won}`)
  expectEqual(countOf(outcomes, 'stale'), outcomes.length - 1, 'how many were told stale')
  expectEqual((await listEvents(context)).length, 1, 'how many events there are')
}

/** Races for a change of a person. */
export const userRaceCases: readonly ContractCase[] = casesOf('users', {
  'users.markEmailVerified: of many at once exactly one verifies': async (context) => {
    const user = await register(context)
    const input = { userId: user.id, email: user.email, at: context.now }
    await expectOneWinner(context, 'verified', async (event) =>
      context.store.users.markEmailVerified(input, { events: [event] }),
    )
  },
  'users.setPassword: of many at once exactly one sets': async (context) => {
    const user = await register(context)
    const input = passwordChange(context, user)
    await expectOneWinner(context, 'set', async (event) =>
      context.store.users.setPassword(
        { ...input, passwordHash: `$argon2id$${event.id}` },
        { events: [event] },
      ),
    )
    const { passwordVersion } = await storedUser(context, user)
    expectEqual(passwordVersion, user.passwordVersion + 1, 'the version')
    const [event] = await listEvents(context)
    const found = await context.store.users.findCredentials(user.id)
    expectEqual(found?.passwordHash, `$argon2id$${event?.id}`, "the winner's hash")
  },
  'users.block: of many at once exactly one blocks': async (context) => {
    const user = await register(context)
    await expectOneWinner(context, 'blocked', async (event) =>
      context.store.users.block(blocking(context, user), { events: [event] }),
    )
  },
  'users.unblock: of many at once exactly one unblocks': async (context) => {
    const user = await register(context)
    await context.store.users.block(blocking(context, user), {})
    await expectOneWinner(context, 'unblocked', async (event) =>
      context.store.users.unblock({ userId: user.id, at: context.make.at(9) }, { events: [event] }),
    )
  },
  'users.changeEmail: of many changes of one person at once exactly one wins': async (context) => {
    const user = await register(context)
    await expectOneWinner(context, 'changed', async (event) =>
      context.store.users.changeEmail(
        { ...addressChange(context, user), to: `${event.id}@example.com` },
        { events: [event] },
      ),
    )
  },
  'users.changeEmail: of many people who want one address exactly one gets it': async (context) => {
    const { store } = context
    const people = []
    for (let i = 0; i < 8; i += 1) people.push(await register(context))
    const outcomes = await Promise.all(
      people.map(async (user) => store.users.changeEmail(addressChange(context, user), {})),
    )
    expectEqual(countOf(outcomes, 'changed'), 1, 'how many changed')
    expectEqual(countOf(outcomes, 'email_taken'), 7, 'how many were told email_taken')
    const owner = await store.users.findByEmail('new@example.com')
    expectEqual(owner?.id, people[outcomes.indexOf('changed')]?.id, 'who has the address')
  },
  'users.changeEmail: against a registration for the address one of both wins': async (context) => {
    const { store, make } = context
    const user = await register(context)
    const input = addressChange(context, user)
    const rival = make.newUser({ email: input.to })
    const place = { profile: make.profile(), account: null, reservation: make.reservation() }
    const [changed, registered] = await Promise.all([
      store.users.changeEmail(input, {}),
      store.users.register({ user: rival, ...place }, {}),
    ])
    const outcomes = [changed, registered.status].toSorted()
    const isOne = (['changed', 'registered'] as const).some(
      (won) => outcomes.includes(won) && outcomes.includes('email_taken'),
    )
    expectEqual(isOne, true, `whether one won and one was told email_taken (${outcomes.join()})`)
  },
  'users.upgradePasswordHash: of many at once exactly one upgrades': async (context) => {
    const user = await register(context, { passwordHash: '$2b$old' })
    const outcomes = await race(async (index) =>
      context.store.users.upgradePasswordHash({
        userId: user.id,
        from: '$2b$old',
        to: `$argon2id$${index}`,
      }),
    )
    expectEqual(countOf(outcomes, 'upgraded'), 1, 'how many upgraded')
    const found = await context.store.users.findCredentials(user.id)
    const hash = `$argon2id$${outcomes.indexOf('upgraded')}`
    expectEqual(found?.passwordHash, hash, "the winner's hash")
  },
})
