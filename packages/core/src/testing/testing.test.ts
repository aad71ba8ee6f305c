import { afterEach, expect, test, vi } from 'vitest'
import { captureMailer } from './capture-mailer.ts'
import { fastHasher } from './fast-hasher.ts'
import { seededRandom } from './seeded-random.ts'
import { settableClock } from './settable-clock.ts'

afterEach(() => vi.useRealTimers())

const mail = (to: string, subject = '') => ({ to, subject, text: '', html: '' })

test('captureMailer: keeps every message, and waits for one that is yet to come', async () => {
  const mailer = captureMailer()
  const waiting = mailer.waitFor('anna@example.com', 2)
  await mailer.send(mail('anna@example.com', 'first'))
  await mailer.send(mail('berta@example.com'))
  await mailer.send(mail('anna@example.com', 'second'))
  expect((await waiting).subject).toBe('second')
  expect(mailer.sent.map((each) => each.to)).toEqual([
    'anna@example.com',
    'berta@example.com',
    'anna@example.com',
  ])
  expect((await mailer.waitFor('berta@example.com')).to).toBe('berta@example.com')
})

test('captureMailer: gives up waiting after five seconds', async () => {
  vi.useFakeTimers()
  const waiting = captureMailer().waitFor('anna@example.com')
  const outcome = waiting.catch((error: unknown) => String(error))
  await vi.advanceTimersByTimeAsync(5000)
  expect(await outcome).toBe('Error: There are not 1 mails to anna@example.com.')
})

test('settableClock: stands still until it is moved', () => {
  const clock = settableClock(new Date(0))
  expect(clock.now()).toEqual(new Date(0))
  clock.advance({ hours: 1, minutes: 1, seconds: 1 })
  expect(clock.now()).toEqual(new Date(3_661_000))
  clock.advance({ seconds: -1 })
  expect(clock.now()).toEqual(new Date(3_660_000))
  clock.set(new Date(5))
  clock.now().setFullYear(1999)
  expect(clock.now()).toEqual(new Date(5))
  expect(settableClock().now()).toEqual(new Date('2026-01-01T00:00:00.000Z'))
})

test('seededRandom: gives the same bytes for the same seed, of any length', () => {
  const [one, same, other] = [seededRandom('a'), seededRandom('a'), seededRandom('b')]
  for (const length of [0, 1, 32, 33, 100]) {
    const bytes = one.bytes(length)
    expect(bytes).toHaveLength(length)
    expect(same.bytes(length)).toEqual(bytes)
  }
  expect(other.bytes(32)).not.toEqual(seededRandom('a').bytes(32))
})

test('fastHasher: tells passwords apart, and its decoy fits none', async () => {
  const hasher = fastHasher()
  const hash = await hasher.hash('secret')
  expect(hash).not.toContain('secret')
  expect(await hasher.verify(hash, 'secret')).toBe(true)
  expect(await hasher.verify(hash, 'other')).toBe(false)
  expect(await hasher.verify(hasher.decoyHash(), 'secret')).toBe(false)
  expect(hasher.needsRehash(hash)).toBe(false)
})
