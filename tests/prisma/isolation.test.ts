import { contractContext } from '@mindmesh/auth-adapter-kit'
import { prismaAdapter } from '@mindmesh/auth-prisma'
import { expect, test } from 'vitest'
import { openPlain } from './open-sqlite.ts'

/** Something that others wait for. */
function gate() {
  let open: () => void = () => undefined
  const isOpen = new Promise<void>((resolve) => {
    open = resolve
  })
  return { isOpen, open: () => open() }
}

async function personOn({ prisma }: Awaited<ReturnType<typeof openPlain>>) {
  const store = prismaAdapter(prisma)
  const { make } = contractContext(store)
  const user = make.newUser()
  const input = { user, profile: {}, account: null, reservation: make.reservation() }
  expect(await store.users.register(input, {})).toMatchObject({ status: 'registered' })
  return { store, user, at: user.createdAt }
}

// The driver adapter of SQLite has one connection: what is asked on it outside a transaction is asked within whichever
// is open.

test('isolation on sqlite: a read does not see what a transaction of the app has not committed', async () => {
  const opened = await openPlain()
  const { store, user, at } = await personOn(opened)
  const [written, read] = [gate(), gate()]
  const undone = opened.prisma.$transaction(async (tx) => {
    await tx.user.updateMany({ where: { id: user.id }, data: { blockedAt: at } })
    written.open()
    await read.isOpen
    // Long enough for the read to be made, were it not to wait.
    for (let n = 0; n < 20; n += 1) await tx.authEvent.count()
    throw new Error('The app undoes it.')
  })
  await written.isOpen
  const found = store.users.findById(user.id)
  read.open()
  await expect(undone).rejects.toThrow('The app undoes it.')
  expect(await found).toMatchObject({ id: user.id, blockedAt: null })
})

test('isolation on sqlite: a change is not undone with a transaction of the app', async () => {
  const opened = await openPlain()
  const { store, user, at } = await personOn(opened)
  const [written, asked] = [gate(), gate()]
  const undone = opened.prisma.$transaction(async (tx) => {
    await tx.authEvent.deleteMany()
    written.open()
    await asked.isOpen
    throw new Error('The app undoes it.')
  })
  await written.isOpen
  const blocked = store.users.block({ userId: user.id, at, reason: null, keepPurposes: [] }, {})
  const verified = store.users.markEmailVerified({ userId: user.id, email: user.email, at }, {})
  asked.open()
  await expect(undone).rejects.toThrow('The app undoes it.')
  expect(await blocked).toBe('blocked')
  expect(await verified).toBe('verified')
  expect(await store.users.findById(user.id)).toMatchObject({ blockedAt: at, emailVerifiedAt: at })
})
