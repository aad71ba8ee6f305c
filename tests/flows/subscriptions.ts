import type { AuthEvent, EventCursor, MindmeshAuth, SubscribeOptions } from '@mindmesh/auth'
import { captureMailer } from '@mindmesh/auth/testing'
import { expect, vi } from 'vitest'
import type { FlowTest } from '../support/flow-test.ts'
import { testInstance, type TestInstance } from '../support/instance.ts'
import { wrappedStore } from '../support/wrapped-store.ts'

/** A cursor in memory, with what it was given. */
function memoryCursor(): EventCursor & { readonly saved: string[] } {
  const saved: string[] = []
  return {
    saved,
    load: async () => saved.at(-1) ?? null,
    save: async (position) => void saved.push(position),
  }
}

/** A subscription that reads when a test asks it to, and what it was given. */
function manual(mindmesh: MindmeshAuth, options: SubscribeOptions = {}) {
  const given: AuthEvent[] = []
  const subscription = mindmesh.events.subscribe((event) => void given.push(event), {
    pollSeconds: null,
    ...options,
  })
  return { ...subscription, given, ids: () => given.map(({ id }) => id) }
}

async function stored(t: TestInstance): Promise<readonly AuthEvent[]> {
  const all: AuthEvent[] = []
  for (let cursor: string | null = null; ;) {
    const page: Awaited<ReturnType<typeof t.mindmesh.events.list>> = await t.mindmesh.events.list({
      limit: 500,
      cursor,
    })
    all.push(...page.items)
    cursor = page.nextCursor
    if (cursor === null) return all.toReversed()
  }
}

/** Writes events of this moment past the flows, each with the number that tells it. */
async function append(t: TestInstance, count: number, at = t.clock.now()): Promise<void> {
  const events = Array.from({ length: count }, (_, n): AuthEvent => {
    const time = at.getTime().toString(16).padStart(12, '0')
    const counter = n.toString(16).padStart(4, '0')
    return {
      id: `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-00000000${counter}`,
      type: 'LOGOUT',
      userId: null,
      sessionId: null,
      ipAddress: null,
      userAgent: null,
      metadata: {},
      createdAt: at,
    }
  })
  // A statement has a bound on its parameters.
  for (let n = 0; n < count; n += 100) await t.store.events.append(events.slice(n, n + 100))
}

/** `events.subscribe`. */
export function subscriptions(test: FlowTest): void {
  test('events.subscribe: each event comes once, in order, and none from before', async ({ t }) => {
    await t.register('before')
    t.clock.advance({ seconds: 1 })
    const { given, catchUp, close } = manual(t.mindmesh)
    await t.register('anna')
    await t.signIn('anna')
    expect(await catchUp()).toBe(5)
    expect(await catchUp()).toBe(0)
    t.clock.advance({ seconds: 20 })
    await t.mindmesh.otp.send('anna@example.com', 'checkout')
    await catchUp()
    for (let n = 0; n < 4; n += 1) {
      t.clock.advance({ seconds: 20 })
      expect(await catchUp()).toBe(0)
    }
    expect(given).toEqual((await stored(t)).slice(1))
    await close()
  })

  test('events.subscribe: it reads by itself until it or the instance is closed', async ({
    store,
  }) => {
    const t = testInstance(store)
    const given: string[] = []
    const options = { pollSeconds: 0.01 }
    const first = t.mindmesh.events.subscribe((event) => void given.push(event.id), options)
    const second = t.mindmesh.events.subscribe((event) => void given.push(event.id), options)
    await t.register('anna')
    await vi.waitFor(() => expect(given).toHaveLength(2))
    await first.close()
    await t.register('ben')
    await vi.waitFor(() => expect(given).toHaveLength(3))
    await t.mindmesh.close()
    await t.register('cleo')
    expect(await second.catchUp()).toBe(0)
    expect(given).toHaveLength(3)
  })

  test('events.subscribe: a listener that hangs holds up no other one, and no mail when the instance ends', async ({
    store,
  }) => {
    let letGo: () => void = () => undefined
    const hanging = new Promise<void>((resolve) => {
      letGo = resolve
    })
    const closed: string[] = []
    const mailer = { ...captureMailer(), close: async () => void closed.push('mailer') }
    const t = testInstance(store, { mailer })
    let isStuck = false
    const hang = async (): Promise<void> => {
      isStuck = true
      return hanging
    }
    const stuck = t.mindmesh.events.subscribe(hang, { pollSeconds: null })
    const { catchUp } = manual(t.mindmesh)
    await t.register('anna')
    const pass = stuck.catchUp()
    expect(await catchUp()).toBe(1)
    await vi.waitUntil(() => isStuck)
    const closing = t.mindmesh.close().then(() => closed.push('instance'))
    await vi.waitFor(() => expect(closed).toEqual(['mailer']))
    letGo()
    await Promise.all([pass, closing])
    expect(closed).toEqual(['mailer', 'instance'])
  })

  test('events.subscribe: an event that is not committed does not come, and comes late when it is', async ({
    t,
  }) => {
    const { ids, catchUp, close } = manual(t.mindmesh, { overlapSeconds: 30 })
    const early = t.clock.now()
    t.clock.advance({ seconds: 10 })
    await append(t, 1)
    await catchUp()
    t.clock.advance({ seconds: 19 })
    await catchUp()
    // Begun before the other, committed after it was handed over.
    await append(t, 1, early)
    expect(await catchUp()).toBe(1)
    expect(ids()).toEqual((await stored(t)).map(({ id }) => id).toReversed())
    await close()
  })

  test('events.subscribe: what the listener refuses comes again, and nothing overtakes it', async ({
    t,
  }) => {
    const given: string[] = []
    let isDown = true
    const { catchUp, close } = t.mindmesh.events.subscribe(
      async ({ type }) => {
        if (type === 'OTP_SENT' && isDown) throw new Error('The sink is down.')
        given.push(type)
      },
      { pollSeconds: null, overlapSeconds: 1 },
    )
    await t.register('anna')
    await t.signIn('anna')
    await expect(catchUp()).rejects.toThrow('The sink is down.')
    t.clock.advance({ minutes: 10 })
    await expect(catchUp()).rejects.toThrow('The sink is down.')
    expect(given).toEqual(['REGISTRATION_SUCCESS'])
    isDown = false
    expect(await catchUp()).toBe(4)
    expect(given).toEqual(await t.eventTypes())
    await close()
  })

  test('events.subscribe: the next process goes on where the last one was, and loses nothing', async ({
    t,
  }) => {
    const cursor = memoryCursor()
    const first = manual(t.mindmesh, { cursor })
    // It ends before it has read anything at all.
    await first.catchUp()
    await first.close()
    await t.register('anna')
    const second = manual(t.mindmesh, { cursor })
    expect(await second.catchUp()).toBe(1)
    t.clock.advance({ minutes: 5 })
    await second.catchUp()
    await second.close()
    t.clock.advance({ minutes: 5 })
    await t.register('ben')
    const third = manual(t.mindmesh, { cursor })
    await third.catchUp()
    expect([...second.ids(), ...third.ids()]).toEqual((await stored(t)).map(({ id }) => id))
    await third.close()
  })

  test('events.subscribe: a process that dies gives its last seconds again, and loses nothing', async ({
    t,
  }) => {
    const cursor = memoryCursor()
    const first = manual(t.mindmesh, { cursor })
    await t.register('anna')
    expect(await first.catchUp()).toBe(1)
    const second = manual(t.mindmesh, { cursor })
    expect(await second.catchUp()).toBe(1)
    expect(second.ids()).toEqual(first.ids())
  })

  test('events.subscribe: one that has nothing to do writes no position', async ({ t }) => {
    const cursor = memoryCursor()
    const { catchUp, close } = manual(t.mindmesh, { cursor })
    for (let n = 0; n < 5; n += 1) {
      t.clock.advance({ minutes: 1 })
      await catchUp()
    }
    expect(cursor.saved).toEqual(['2026-01-01T00:00:00.000Z'])
    await append(t, 3)
    for (let n = 0; n < 5; n += 1) {
      await catchUp()
      t.clock.advance({ minutes: 1 })
    }
    expect(cursor.saved).toEqual(['2026-01-01T00:00:00.000Z', '2026-01-01T00:05:30.000Z'])
    await close()
  })

  test('events.subscribe: much that was missed comes in order, a little at a time', async ({
    store,
  }) => {
    let largest = 0
    const watched = wrappedStore(store, async ({ name, proceed }) => {
      const answer = await proceed()
      if (name === 'events.list' && Array.isArray(answer))
        largest = Math.max(largest, answer.length)
      return answer
    })
    const t = testInstance(watched)
    const since = t.clock.now()
    // More in one millisecond than are read at once, then a long silence, then some more.
    await append(t, 450)
    t.clock.advance({ hours: 48 })
    await append(t, 150)
    t.clock.advance({ seconds: 40 })
    await append(t, 150)
    const { ids, catchUp, close } = manual(t.mindmesh, { since, cursor: memoryCursor() })
    expect(await catchUp()).toBe(750)
    expect(largest).toBeLessThan(250)
    expect(ids()).toEqual((await stored(t)).map(({ id }) => id))
    await close()
    await t.mindmesh.close()
  })

  test('events.subscribe: of much that was missed, what was taken does not come again', async ({
    t,
  }) => {
    const since = t.clock.now()
    for (let n = 0; n < 4; n += 1) {
      await append(t, 150)
      t.clock.advance({ minutes: 1 })
    }
    const cursor = memoryCursor()
    let count = 0
    const { catchUp, close } = t.mindmesh.events.subscribe(
      () => {
        if (count === 550) throw new Error('The sink is down.')
        count += 1
      },
      { pollSeconds: null, since, cursor },
    )
    await expect(catchUp()).rejects.toThrow('The sink is down.')
    await close()
    const next = manual(t.mindmesh, { cursor })
    expect(await next.catchUp()).toBeLessThan(350)
    expect(next.ids()).toEqual((await stored(t)).slice(-next.given.length).map(({ id }) => id))
    await next.close()
  })

  test('events.subscribe: a late commit comes also where very much was handed over', async ({
    t,
  }) => {
    const early = t.clock.now()
    t.clock.advance({ seconds: 5 })
    const { catchUp, close } = manual(t.mindmesh, { since: early })
    await append(t, 250)
    expect(await catchUp()).toBe(250)
    await append(t, 1, early)
    expect(await catchUp()).toBe(1)
    await close()
  })

  test('events.subscribe: two calls at once hand nothing over twice', async ({ t }) => {
    const { ids, catchUp, close } = manual(t.mindmesh)
    await append(t, 20)
    const counts = await Promise.all([catchUp(), catchUp(), catchUp()])
    expect(counts).toEqual([20, 0, 0])
    expect(new Set(ids()).size).toBe(20)
    await close()
  })

  test('events.subscribe: closing waits for the event under way and begins no other', async ({
    t,
  }) => {
    const begun: string[] = []
    let finish = (): void => undefined
    const { catchUp, close } = t.mindmesh.events.subscribe(
      async ({ id }) => {
        begun.push(id)
        await new Promise<void>((resolve) => (finish = resolve))
      },
      { pollSeconds: null },
    )
    await append(t, 3)
    const pass = catchUp()
    await vi.waitFor(() => expect(begun).toHaveLength(1))
    let isClosed = false
    const closing = close().then(() => (isClosed = true))
    await t.register('anna')
    expect(isClosed).toBe(false)
    finish()
    await closing
    expect(await pass).toBe(1)
    expect(begun).toHaveLength(1)
  })

  test('events.subscribe: a cursor that holds something else is refused, in words that do not show it', async ({
    t,
  }) => {
    const cursor: EventCursor = { load: async () => 'nonsense', save: async () => undefined }
    const { catchUp, close } = manual(t.mindmesh, { cursor })
    await expect(catchUp()).rejects.toMatchObject({ code: 'invalid_input', field: 'cursor' })
    await close()
  })

  test('events.subscribe: what goes wrong in the background is logged without what the listener said', async ({
    store,
  }) => {
    const lines: string[] = []
    const warn = (...line: readonly unknown[]): void => void lines.push(JSON.stringify(line))
    const t = testInstance(store, {
      logger: { info: () => undefined, warn, error: () => undefined },
    })
    t.mindmesh.events.subscribe(
      () => {
        throw new Error('secret of the sink')
      },
      { pollSeconds: 0.01 },
    )
    await t.register('anna')
    await vi.waitFor(() => expect(lines.length).toBeGreaterThan(1))
    expect(lines.join()).toContain('Events could not be handed to a subscription')
    expect(lines.join()).not.toContain('secret of the sink')
    await t.mindmesh.close()
  })
}
