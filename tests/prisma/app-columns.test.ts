import { MindmeshAuth } from '@mindmesh/auth'
import { contractContext } from '@mindmesh/auth-adapter-kit'
import { prismaAdapter } from '@mindmesh/auth-prisma'
import { StoreError } from '@mindmesh/auth/ports'
import { captureMailer, fastHasher } from '@mindmesh/auth/testing'
import { expect, expectTypeOf, test } from 'vitest'
import { PASSWORD, SECRETS } from '../support/instance.ts'
import { openPlain, openShop } from './open-sqlite.ts'

const options = { mailer: captureMailer(), passwordHasher: fastHasher(), config: SECRETS, env: {} }

test('app columns on prisma: typed from the client, written, and in every user, without the hash', async () => {
  const { prisma } = await openShop()
  const mindmesh = new MindmeshAuth({ ...options, adapter: prismaAdapter(prisma) })
  // Never called: what must not compile is the test.
  const refused = async (): Promise<void> => {
    // @ts-expect-error firstName is required
    await mindmesh.auth.register('a@example.com', PASSWORD)
    // @ts-expect-error firstName is required
    await mindmesh.auth.register('a@example.com', PASSWORD, { plan: 'gold' })
    // @ts-expect-error the library's own columns are not the profile's
    await mindmesh.auth.register('a@example.com', PASSWORD, { firstName: 'A', passwordHash: 'x' })
    // @ts-expect-error of another type
    await mindmesh.auth.register('a@example.com', PASSWORD, { firstName: 1 })
    // @ts-expect-error a relation is no column
    await mindmesh.auth.register('a@example.com', PASSWORD, { firstName: 'A', posts: {} })
  }
  expect(refused).toBeTypeOf('function')
  const bornAt = new Date('1990-05-17T00:00:00.000Z')
  const user = await mindmesh.auth.register('anna@example.com', PASSWORD, {
    firstName: 'Anna',
    bornAt,
    credit: '12.50',
  })
  expectTypeOf(user.firstName).toEqualTypeOf<string>()
  expectTypeOf(user.nickname).toEqualTypeOf<string | null>()
  expectTypeOf(user.bornAt).toEqualTypeOf<Date | null>()
  expectTypeOf(user.isAdmin).toEqualTypeOf<boolean>()
  expectTypeOf(user.createdAt).toEqualTypeOf<Date>()
  expectTypeOf(user).not.toHaveProperty('passwordHash')
  expectTypeOf(user).not.toHaveProperty('posts')
  expect(user).toMatchObject({ firstName: 'Anna', plan: 'free', bornAt, isAdmin: false })
  expect(user.credit.toString()).toBe('12.5')
  expect(user).not.toHaveProperty('passwordHash')
  expect(await mindmesh.user.getById(user.id)).toEqual(user)
  expect(await prisma.user.findUniqueOrThrow({ where: { id: user.id } })).toMatchObject(user)
  await mindmesh.close()
})

test('app columns on prisma: a client without any takes no profile', async () => {
  const { prisma } = await openPlain()
  const mindmesh = new MindmeshAuth({ ...options, adapter: prismaAdapter(prisma) })
  // Never called: what must not compile is the test.
  const refused = async (): Promise<void> => {
    // @ts-expect-error there is no such column
    const { firstName } = await mindmesh.auth.register('a@example.com', PASSWORD)
    expect(firstName).toBeUndefined()
  }
  expect(refused).toBeTypeOf('function')
  const user = await mindmesh.auth.register('anna@example.com', PASSWORD)
  expectTypeOf(user.email).toEqualTypeOf<string>()
  expect(Object.keys(user)).not.toContain('passwordHash')
  await mindmesh.close()
})

test('app columns on prisma: what a profile holds besides them is never written', async () => {
  const { prisma } = await openShop()
  const store = prismaAdapter(prisma)
  const { make } = contractContext(store)
  const user = make.newUser()
  const sent = {
    firstName: 'Anna',
    id: 'another',
    passwordVersion: 7,
    blockedAt: new Date(0),
    posts: { create: [{ title: 'Not asked for' }] },
    noSuchColumn: 1,
  }
  const outcome = await store.users.register(
    { user, profile: sent, account: null, reservation: make.reservation() },
    {},
  )
  expect(outcome).toMatchObject({ status: 'registered', user: { id: user.id, passwordVersion: 0 } })
  expect(await prisma.user.findFirst({ include: { posts: true } })).toMatchObject({
    id: user.id,
    firstName: 'Anna',
    blockedAt: null,
    posts: [],
  })
})

test('app columns on prisma: a unique column of the app’s own is not taken for the address', async () => {
  const { prisma } = await openShop()
  const store = prismaAdapter(prisma)
  const { make } = contractContext(store)
  const register = async (nickname: string) =>
    store.users.register(
      {
        user: make.newUser(),
        profile: { firstName: 'Anna', nickname },
        account: null,
        reservation: make.reservation(),
      },
      { events: [make.event()] },
    )
  expect(await register('ann')).toMatchObject({ status: 'registered' })
  await expect(register('ann')).rejects.toThrow(StoreError)
  expect(await prisma.user.count()).toBe(1)
  expect(await prisma.authEvent.count()).toBe(1)
  expect(await register('annie')).toMatchObject({ status: 'registered' })
})

test('app columns on prisma: an error shows nothing that was written', async () => {
  const { prisma } = await openShop()
  const store = prismaAdapter(prisma)
  const { make } = contractContext(store)
  const user = { ...make.newUser(), passwordHash: 'hash-that-nobody-may-see' }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what JavaScript would let through
  const profile = { firstName: 5 as unknown as string }
  const failure: unknown = await store.users
    .register({ user, profile, account: null, reservation: make.reservation() }, {})
    .catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(StoreError)
  const shown: string[] = []
  for (let error = failure; error instanceof Error; error = error.cause) {
    shown.push(String(error), String(error.stack), JSON.stringify(error))
  }
  expect(shown.join()).toContain('users.register')
  expect(shown.join()).toContain('firstName')
  expect(shown.join()).not.toContain(user.passwordHash)
  expect(shown.join()).not.toContain(user.email)
})
