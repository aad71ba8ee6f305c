import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { parseConfig } from '../config.ts'
import { createIdSource } from '../crypto/ids.ts'
import { deriveKeys } from '../crypto/keys.ts'
import { MailerError } from '../errors.ts'
import type { ClaimedMail } from '../ports/entities.ts'
import type { Mailer } from '../ports/services.ts'
import type { OutboxStore } from '../ports/store.ts'
import { seededRandom } from '../testing/seeded-random.ts'
import { settableClock } from '../testing/settable-clock.ts'
import { composeMail } from './compose.ts'
import { createDelivery, retryDelaySeconds, type DeliveryContext } from './delivery.ts'
import { createTemplates } from './render.ts'

const SECRETS = {
  jwtSecret: 'the jwt secret of these tests, and more',
  refreshSecret: 'the refresh secret of these tests, one',
}

/** An outbox of one mail that is due whenever it is asked for, until it is done with. */
function setUp(mailer: Mailer, template = 'account_blocked') {
  const clock = settableClock()
  const random = seededRandom('delivery')
  const logged: string[] = []
  const note = (message: string): void => void logged.push(message)
  const mails: ClaimedMail[] = []
  const outbox = {
    claim: vi.fn<OutboxStore['claim']>(async () => mails.splice(0)),
    complete: vi.fn<OutboxStore['complete']>(async () => 'completed'),
    fail: vi.fn<OutboxStore['fail']>(async () => 'failed'),
  }
  const context = {
    config: parseConfig(SECRETS, {}),
    store: { outbox: outbox as unknown as OutboxStore },
    clock,
    random,
    ids: createIdSource(clock, random),
    keys: deriveKeys({
      jwtSecrets: [SECRETS.jwtSecret],
      refreshSecrets: [SECRETS.refreshSecret],
    }),
    logger: { info: note, warn: note, error: note },
    templates: createTemplates(),
    request: { ipAddress: null, userAgent: null, locale: 'en' },
  } as unknown as DeliveryContext
  const draft = { to: 'anna@example.com', userId: null, data: {}, expiresAt: null }
  const compose = (): ClaimedMail => {
    const mail = composeMail(
      { ...context, delivery: createDelivery(context, mailer) },
      { ...draft, template: 'account_blocked' },
    )
    return { ...mail, attempts: 1 }
  }
  // Under another name the same mail does not open; one of no name is sealed as such.
  mails.push(template === 'account_blocked' ? compose() : { ...compose(), template })
  return { delivery: createDelivery(context, mailer), outbox, logged, mails, compose, context }
}

const FAILING: Mailer = { send: async () => Promise.reject(new MailerError('connection')) }

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

test('retry delay: grows fourfold from five seconds to an hour', () => {
  expect([1, 2, 3, 4, 5, 6, 7, 20].map(retryDelaySeconds)).toEqual([
    5, 20, 80, 320, 1280, 3600, 3600, 3600,
  ])
})

describe('delivery in the background', () => {
  test('looks again every five seconds after a failure, until the longest delay has passed', async () => {
    const { delivery, outbox } = setUp(FAILING)
    delivery.wake()
    await vi.advanceTimersByTimeAsync(0)
    expect(outbox.claim).toHaveBeenCalledTimes(1)
    expect(outbox.fail).toHaveBeenCalledTimes(1)
    await vi.advanceTimersByTimeAsync(5000)
    expect(outbox.claim).toHaveBeenCalledTimes(2)
    await vi.advanceTimersByTimeAsync(2 * 3_600_000)
    expect(outbox.claim).toHaveBeenCalledTimes(1 + 3600 / 5 + 1)
    expect(vi.getTimerCount()).toBe(0)
    await delivery.close()
  })

  test('starts no timer where nothing failed', async () => {
    const { delivery, outbox } = setUp({ send: async () => undefined })
    delivery.wake()
    delivery.wake()
    await vi.advanceTimersByTimeAsync(0)
    expect(outbox.claim).toHaveBeenCalledTimes(1)
    expect(outbox.complete).toHaveBeenCalledTimes(1)
    expect(vi.getTimerCount()).toBe(0)
    await delivery.close()
  })

  test('close stops the timers, and nothing is looked for after it', async () => {
    const { delivery, outbox } = setUp(FAILING)
    delivery.wake()
    await vi.advanceTimersByTimeAsync(0)
    expect(vi.getTimerCount()).toBe(1)
    await delivery.close()
    expect(vi.getTimerCount()).toBe(0)
    delivery.wake()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(outbox.claim).toHaveBeenCalledTimes(1)
  })

  test('close while a pass is under way starts no further timer', async () => {
    let fail: (error: Error) => void = () => undefined
    const { delivery, outbox } = setUp({
      send: async () =>
        new Promise((_, reject) => {
          fail = reject
        }),
    })
    delivery.wake()
    await vi.advanceTimersByTimeAsync(0)
    const closing = delivery.close()
    fail(new MailerError('connection'))
    await closing
    await vi.advanceTimersByTimeAsync(60_000)
    expect(outbox.claim).toHaveBeenCalledTimes(1)
    expect(outbox.fail).toHaveBeenCalledTimes(1)
  })

  test('a database that is away is told to the log, and asked again', async () => {
    const { delivery, outbox, logged } = setUp({ send: async () => undefined })
    outbox.claim.mockRejectedValueOnce(new Error('away'))
    delivery.wake()
    await vi.advanceTimersByTimeAsync(0)
    expect(logged).toEqual(['Mail could not be taken from the outbox; trying again later.'])
    expect(outbox.complete).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(5000)
    expect(outbox.complete).toHaveBeenCalledTimes(1)
    await delivery.close()
  })
})

test('delivery: a mailer that never answers has failed after sixty seconds', async () => {
  const { delivery, outbox } = setUp({ send: async () => new Promise(() => undefined) })
  const pass = delivery.deliverDue(10)
  await vi.advanceTimersByTimeAsync(59_999)
  expect(outbox.fail).not.toHaveBeenCalled()
  await vi.advanceTimersByTimeAsync(1)
  expect(await pass).toMatchObject({ retried: 1 })
  expect(outbox.fail).toHaveBeenCalledWith(expect.objectContaining({ error: 'timeout' }), {})
  expect(vi.getTimerCount()).toBe(0)
})

test('delivery: a mail of a name that there is no template for is given up', async () => {
  const { delivery, outbox, context, mails } = setUp({ send: async () => undefined })
  mails.splice(0)
  const nameless = composeMail(
    { ...context, delivery },
    {
      to: 'anna@example.com',
      userId: null,
      template: Object('gone').valueOf(),
      data: {},
      expiresAt: null,
    },
  )
  mails.push({ ...nameless, attempts: 1 })
  expect(await delivery.deliverDue(10)).toMatchObject({ failed: 1 })
  expect(outbox.fail).toHaveBeenCalledWith(
    expect.objectContaining({ error: 'rejected', retryAt: null }),
    { events: [expect.objectContaining({ type: 'MAIL_FAILED' })] },
  )
})

test('delivery: a mail opens only under the name that it was sealed with', async () => {
  const { delivery, outbox } = setUp({ send: async () => undefined }, 'login_code')
  expect(await delivery.deliverDue(10)).toMatchObject({ failed: 1 })
  expect(outbox.fail).toHaveBeenCalledWith(
    expect.objectContaining({ error: 'unreadable' }),
    expect.anything(),
  )
})
