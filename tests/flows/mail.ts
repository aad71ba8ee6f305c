import { MailerError, renderWording, type Mailer, type MailMessage } from '@mindmesh/auth'
import { captureMailer } from '@mindmesh/auth/testing'
import { expect, vi } from 'vitest'
import { failingEffects } from '../support/failing-effects.ts'
import type { FlowTest } from '../support/flow-test.ts'
import { ANNA, PASSWORD, testInstance, type TestInstance } from '../support/instance.ts'
import { atOnce, inTurn } from '../support/times.ts'
import { wrappedStore } from '../support/wrapped-store.ts'

const NOTHING = { sent: 0, retried: 0, failed: 0, expired: 0 }

/** A mailer that holds every message until it is let go. */
function heldMailer(): Mailer & {
  readonly begun: MailMessage[]
  readonly sent: MailMessage[]
  readonly release: () => void
  closed: boolean
} {
  let open: () => void = () => undefined
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  const held = {
    begun: [] as MailMessage[],
    sent: [] as MailMessage[],
    closed: false,
    release: () => open(),
    async send(message: MailMessage) {
      held.begun.push(message)
      await opened
      held.sent.push(message)
    },
    async close() {
      held.closed = true
    },
  }
  return held
}

/** An instance on the same store whose mailer fails so. */
function failing(t: TestInstance, error: Error, mailMaxAttempts?: number): TestInstance {
  const send = async (): Promise<void> => Promise.reject(error)
  const config = mailMaxAttempts === undefined ? {} : { mailMaxAttempts }
  return testInstance(t.store, { clock: t.clock, mailer: { send }, config })
}

/** Delivery. */
export function mailDelivery(test: FlowTest): void {
  test('mail: leaves after the answer', async ({ t }) => {
    const mailer = captureMailer()
    const { mindmesh } = testInstance(t.store, {
      clock: t.clock,
      mailer,
      config: { mailDelivery: 'background' },
    })
    await mindmesh.otp.send(ANNA, 'checkout')
    expect(mailer.sent).toEqual([])
    expect((await mailer.waitFor(ANNA)).subject).toContain('Your code')
    await mindmesh.close()
  })

  test('mail: close waits for mail in flight, then closes the mailer', async ({ t }) => {
    const mailer = heldMailer()
    const { mindmesh } = testInstance(t.store, {
      clock: t.clock,
      mailer,
      config: { mailDelivery: 'background' },
    })
    await mindmesh.otp.send(ANNA, 'checkout')
    await vi.waitFor(() => expect(mailer.begun).toHaveLength(1))
    let isClosed = false
    const closing = mindmesh.close().then(() => {
      isClosed = true
    })
    await t.mindmesh.events.list()
    expect({ isClosed, mailer: mailer.closed }).toEqual({ isClosed: false, mailer: false })
    mailer.release()
    await closing
    expect(mailer.sent).toHaveLength(1)
    expect(mailer.closed).toBe(true)
    expect(await t.mindmesh.mail.deliverDue()).toEqual(NOTHING)
  })

  test('mail: close still sends what was just caused, and nothing after that', async ({ t }) => {
    const mailer = captureMailer()
    const { mindmesh } = testInstance(t.store, {
      clock: t.clock,
      mailer,
      config: { mailDelivery: 'background' },
    })
    await mindmesh.otp.send(ANNA, 'checkout')
    await mindmesh.close()
    expect(mailer.sent).toHaveLength(1)
    await mindmesh.otp.send(ANNA, 'newsletter')
    await new Promise((resolve) => setImmediate(resolve))
    await mindmesh.close()
    expect(mailer.sent).toHaveLength(1)
    expect(await t.mindmesh.mail.deliverDue()).toMatchObject({ sent: 1 })
  })

  test('mail: where it is sent by hand, nothing leaves by itself', async ({ t }) => {
    await t.mindmesh.otp.send(ANNA, 'checkout')
    await new Promise((resolve) => setImmediate(resolve))
    await t.mindmesh.close()
    expect(t.mailer.sent).toEqual([])
    expect(await t.mindmesh.mail.deliverDue()).toEqual({ ...NOTHING, sent: 1 })
  })

  test('mail: deliverDue sends no more than it is told to, oldest first', async ({ t }) => {
    await inTurn(15, async (n) => {
      await t.mindmesh.otp.send(`p${n}@example.com`, 'checkout')
      t.clock.advance({ seconds: 1 })
    })
    expect(await t.mindmesh.mail.deliverDue({ limit: 1 })).toMatchObject({ sent: 1 })
    expect(t.mailer.sent.map((mail) => mail.to)).toEqual(['p0@example.com'])
    expect(await t.mindmesh.mail.deliverDue({ limit: 12 })).toMatchObject({ sent: 12 })
    expect(await t.mindmesh.mail.deliverDue()).toMatchObject({ sent: 2 })
    expect(new Set(t.mailer.sent.map((mail) => mail.to)).size).toBe(15)
  })

  test('mail: of several workers at once each mail is sent by one', async ({ t }) => {
    await inTurn(25, async (n) => t.mindmesh.otp.send(`p${n}@example.com`, 'checkout'))
    const mailer = captureMailer()
    const counts = await atOnce(3, async () =>
      testInstance(t.store, { clock: t.clock, mailer }).mindmesh.mail.deliverDue(),
    )
    expect(counts.reduce((sum, each) => sum + each.sent, 0)).toBe(25)
    expect(mailer.sent.map((mail) => mail.to).toSorted()).toEqual(
      Array.from({ length: 25 }, (_, n) => `p${n}@example.com`).toSorted(),
    )
  })

  test('mail: its content is wiped from the table once it was sent or given up', async ({
    t,
    dump,
  }) => {
    await t.mindmesh.otp.send(ANNA, 'checkout')
    expect(await contentsIn(dump)).toEqual([expect.stringMatching(/^[\w-]{100,}$/)])
    await t.mindmesh.mail.deliverDue()
    expect(await contentsIn(dump)).toEqual([''])
    await t.mindmesh.otp.send(ANNA, 'newsletter')
    const broken = failing(t, new MailerError('refused_recipient', { permanent: true }))
    await broken.mindmesh.mail.deliverDue()
    expect(await contentsIn(dump)).toEqual(['', ''])
  })

  test('mail: what a dead worker holds is taken over after 120 seconds', async ({ t }) => {
    await t.register('anna')
    await t.mindmesh.password.requestReset(ANNA)
    const mailer = heldMailer()
    const dead = testInstance(t.store, { clock: t.clock, mailer })
    const lost = dead.mindmesh.mail.deliverDue()
    await vi.waitFor(() => expect(mailer.begun).toHaveLength(1))
    t.clock.advance({ seconds: 119 })
    expect(await t.mindmesh.mail.deliverDue()).toEqual(NOTHING)
    t.clock.advance({ seconds: 1 })
    expect(await t.mindmesh.mail.deliverDue()).toEqual({ ...NOTHING, sent: 1 })
    // It was not dead after all: it changes nothing any more.
    mailer.release()
    await lost
    t.clock.advance({ hours: 1 })
    expect(await t.mindmesh.mail.deliverDue()).toEqual(NOTHING)
  })
}

/** The sealed contents in the table, by what the text of every table shows. */
async function contentsIn(dump: () => Promise<string>): Promise<readonly string[]> {
  const found = (await dump()).matchAll(/sealed_?payload\\*":\s*\\*"([^"\\]*)/gi)
  return [...found].map((match) => match[1] ?? '')
}

/** Mail that does not get through. */
export function mailTrouble(test: FlowTest): void {
  test('mail trouble: tried again after 5, 20, 80, 320 and 1280 seconds, then given up', async ({
    t,
  }) => {
    const { id } = await t.register('anna')
    await t.mindmesh.user.block(id)
    const broken = failing(t, new MailerError('connection'))
    for (const seconds of [5, 20, 80, 320, 1280]) {
      expect(await broken.mindmesh.mail.deliverDue()).toEqual({ ...NOTHING, retried: 1 })
      t.clock.advance({ seconds: seconds - 1 })
      expect(await broken.mindmesh.mail.deliverDue()).toEqual(NOTHING)
      t.clock.advance({ seconds: 1 })
    }
    expect(await broken.mindmesh.mail.deliverDue()).toEqual({ ...NOTHING, failed: 1 })
    t.clock.advance({ hours: 24 })
    expect(await t.mindmesh.mail.deliverDue()).toEqual(NOTHING)
    const { items } = await t.mindmesh.events.list({ type: 'MAIL_FAILED' })
    expect(items).toMatchObject([
      {
        userId: id,
        metadata: {
          mailId: expect.any(String),
          template: 'account_blocked',
          reason: 'connection',
          attempts: 6,
        },
      },
    ])
  })

  test('mail trouble: what waits and what was given up can be looked at, and tried again at once', async ({
    t,
  }) => {
    const { id } = await t.register('anna')
    await t.mindmesh.user.block(id)
    const refusing = failing(t, new MailerError('refused_recipient', { permanent: true }))
    await refusing.mindmesh.mail.deliverDue()
    await t.mindmesh.otp.send(ANNA, 'checkout')
    await failing(t, new MailerError('connection')).mindmesh.mail.deliverDue()
    const status = await t.mindmesh.mail.status()
    expect(status).toMatchObject({ waiting: 1, failed: 1 })
    expect(status.mails).toMatchObject([
      { template: 'otp_code', attempts: 1, lastError: 'connection', failedAt: null },
      { template: 'account_blocked', lastError: 'refused_recipient', availableAt: null },
    ])
    expect(JSON.stringify(status)).not.toContain(ANNA)
    expect(await t.mindmesh.mail.deliverDue()).toEqual(NOTHING)
    expect(await t.mindmesh.mail.retry()).toEqual({ ...NOTHING, sent: 1 })
    expect(t.mailer.sent).toHaveLength(1)
    expect(await t.mindmesh.mail.status()).toMatchObject({ waiting: 0, failed: 1 })
  })

  test('mail trouble: the mailer is asked whether its settings work, where it can tell', async ({
    t,
  }) => {
    expect(await t.mindmesh.mail.verify()).toBe(false)
    const send = async (): Promise<void> => undefined
    const asked = (verify: () => Promise<void>) =>
      testInstance(t.store, { mailer: { send, verify } }).mindmesh.mail.verify()
    expect(await asked(async () => undefined)).toBe(true)
    const refused = new MailerError('authentication')
    await expect(asked(async () => Promise.reject(refused))).rejects.toBe(refused)
  })

  test('mail trouble: a mail that fails for good is given up at once', async ({ t }) => {
    await t.mindmesh.otp.send(ANNA, 'checkout')
    const broken = failing(t, new MailerError('refused_recipient', { permanent: true }))
    expect(await broken.mindmesh.mail.deliverDue()).toEqual({ ...NOTHING, failed: 1 })
    const { items } = await t.mindmesh.events.list({ type: 'MAIL_FAILED' })
    expect(items).toMatchObject([
      { userId: null, metadata: { reason: 'refused_recipient', attempts: 1 } },
    ])
  })

  test('mail trouble: the number of tries is an option; what a mailer says stays out of the record', async ({
    t,
  }) => {
    await t.mindmesh.otp.send(ANNA, 'checkout')
    const broken = failing(t, new Error(`could not reach ${ANNA}`), 2)
    expect(await broken.mindmesh.mail.deliverDue()).toMatchObject({ retried: 1 })
    t.clock.advance({ seconds: 5 })
    expect(await broken.mindmesh.mail.deliverDue()).toMatchObject({ failed: 1 })
    const { items } = await t.mindmesh.events.list({ type: 'MAIL_FAILED' })
    expect(items).toMatchObject([{ metadata: { reason: 'unknown', attempts: 2 } }])
    expect(JSON.stringify(items)).not.toContain(ANNA)
  })

  test('mail trouble: a mail that has become pointless is never sent', async ({ t }) => {
    await t.register('anna')
    await t.mindmesh.auth.login(ANNA, PASSWORD)
    t.clock.advance({ minutes: 5 })
    expect(await t.mindmesh.mail.deliverDue()).toEqual({ ...NOTHING, expired: 1 })
    expect(t.mailer.sent).toEqual([])
    const { items } = await t.mindmesh.events.list({ type: 'MAIL_FAILED' })
    expect(items).toMatchObject([{ metadata: { reason: 'expired', template: 'login_code' } }])
  })

  test('mail trouble: a decoy goes without a trace, in time or too late', async ({ t }) => {
    await t.mindmesh.password.requestReset('nobody@example.com')
    expect(await t.mindmesh.mail.deliverDue()).toEqual(NOTHING)
    await t.mindmesh.password.requestReset('nobody@example.com')
    t.clock.advance({ minutes: 30 })
    expect(await t.mindmesh.mail.deliverDue()).toEqual(NOTHING)
    expect(await t.eventTypes()).toEqual(['PASSWORD_RESET_REQUESTED', 'PASSWORD_RESET_REQUESTED'])
  })

  test('mail trouble: what no key opens is given up, and an event says so', async ({ t }) => {
    await t.mindmesh.otp.send(ANNA, 'checkout')
    const stranger = testInstance(t.store, {
      clock: t.clock,
      config: { refreshSecret: 'another secret that has enough bytes in it' },
    })
    expect(await stranger.mindmesh.mail.deliverDue()).toEqual({ ...NOTHING, failed: 1 })
    const { items } = await t.mindmesh.events.list({ type: 'MAIL_FAILED' })
    expect(items).toMatchObject([{ userId: null, metadata: { reason: 'unreadable' } }])
  })

  test('mail trouble: where MAIL_FAILED cannot be written, the mail is not given up', async ({
    t,
  }) => {
    await t.mindmesh.password.requestReset(ANNA)
    await t.register('anna')
    await t.mindmesh.password.requestReset(ANNA)
    const store = failingEffects(t.store, (row) => row.type === 'MAIL_FAILED')
    const send = async (): Promise<void> =>
      Promise.reject(new MailerError('rejected', { permanent: true }))
    const broken = testInstance(store, { clock: t.clock, mailer: { send } })
    await expect(broken.mindmesh.mail.deliverDue()).rejects.toThrow()
    t.clock.advance({ seconds: 120 })
    expect(await t.mindmesh.mail.deliverDue()).toMatchObject({ sent: 1 })
  })

  test('mail trouble: where the outcome of one mail cannot be written, the others of its batch are still waited for', async ({
    t,
  }) => {
    await inTurn(3, async (n) => t.mindmesh.otp.send(`p${n}@example.com`, 'checkout'))
    let completions = 0
    const flaky = wrappedStore(t.store, async ({ name, proceed }) => {
      if (name !== 'outbox.complete') return proceed()
      completions += 1
      if (completions === 1) throw new Error('The database is away.')
      await new Promise((resolve) => setImmediate(resolve))
      return proceed()
    })
    const worker = testInstance(flaky, { clock: t.clock })
    await expect(worker.mindmesh.mail.deliverDue()).rejects.toThrow('away')
    t.clock.advance({ seconds: 120 })
    expect(await t.mindmesh.mail.deliverDue()).toEqual({ ...NOTHING, sent: 1 })
  })
}

/** The words of a mail. */
export function mailWords(test: FlowTest): void {
  const subjectFor = async (t: TestInstance, locale?: string): Promise<string> => {
    await t.mindmesh.withContext({ locale }).otp.send(ANNA, 'checkout')
    return (await t.newestMail(ANNA)).subject
  }

  test('mail words: are in the language of the request', async ({ t }) => {
    expect(await subjectFor(t, 'de')).toBe('Ihr Code für Mindmesh')
    expect(await subjectFor(t, 'de-AT')).toBe('Ihr Code für Mindmesh')
    expect(await subjectFor(t, 'fr')).toBe('Your code for Mindmesh')
    expect((await t.newestMail(ANNA)).html).toContain('lang="fr"')
  })

  test('mail words: are else in the language of the app, under the app’s name', async ({ t }) => {
    const german = testInstance(t.store, {
      clock: t.clock,
      config: { locale: 'de', appName: 'Beispiel' },
    })
    expect(await subjectFor(german)).toBe('Ihr Code für Beispiel')
    expect(await subjectFor(german, 'en')).toBe('Your code for Beispiel')
  })

  test('mail words: the app can change them, add a language, or replace a whole mail', async ({
    t,
  }) => {
    const own = testInstance(t.store, {
      clock: t.clock,
      translations: {
        en: { otp_code: ({ code }, app) => ({ subject: `${app}!`, lead: code, notes: [] }) },
        'de-AT': { otp_code: ({ code }) => ({ subject: 'Servus', lead: code, notes: [] }) },
        fr: {
          otp_code: ({ code, purpose, expiresInMinutes }) => ({
            subject: `Votre code (${purpose}, ${expiresInMinutes} min)`,
            lead: 'Voici :',
            highlight: code,
            notes: ['Merci <bien>'],
          }),
        },
      },
      templates: {
        password_reset: ({ token }, setting) =>
          renderWording({ subject: `Hello ${setting.locale}`, lead: token, notes: [] }, setting),
      },
    })
    expect(await subjectFor(own, 'en')).toBe('Mindmesh!')
    expect(await subjectFor(own, 'de-AT')).toBe('Servus')
    t.clock.advance({ minutes: 10 })
    expect(await subjectFor(own, 'de')).toBe('Ihr Code für Mindmesh')
    expect(await subjectFor(own, 'fr-CA')).toBe('Votre code (checkout, 5 min)')
    expect((await own.newestMail(ANNA)).html).toContain('Merci &lt;bien&gt;')
    await t.register('anna')
    await own.mindmesh.withContext({ locale: 'fr' }).password.requestReset(ANNA)
    const { subject } = await own.newestMail(ANNA)
    expect(subject).toBe('Hello fr')
    await own.mindmesh.password.reset(await own.newestToken(ANNA), 'another long password')
  })

  test('mail words: a template that throws counts as a failed try', async ({ t }) => {
    await t.mindmesh.otp.send(ANNA, 'checkout')
    const broken = testInstance(t.store, {
      clock: t.clock,
      templates: {
        otp_code: () => {
          throw new TypeError('no such name')
        },
      },
    })
    expect(await broken.mindmesh.mail.deliverDue()).toEqual({ ...NOTHING, retried: 1 })
    t.clock.advance({ seconds: 5 })
    expect(await t.mindmesh.mail.deliverDue()).toEqual({ ...NOTHING, sent: 1 })
  })

  test('mail words: a link to the app’s page holds the token, else the mail holds it alone', async ({
    t,
  }) => {
    const urls = {
      passwordReset: 'https://app.example.com/reset?from=mail',
      emailChange: 'https://app.example.com/confirm',
      emailChangeUndo: 'https://app.example.com/undo#top',
    }
    const linked = testInstance(t.store, { clock: t.clock, config: { urls } })
    const { id } = await t.register('anna')
    const tokenAt = async (to: string, page: string): Promise<string> => {
      const { text } = await linked.newestMail(to)
      const link = new URL(/https:\S+/.exec(text)?.[0] ?? '')
      expect(link.href.replace(/[?&]token=[\w-]{43}/, '')).toBe(page)
      return link.searchParams.get('token') ?? ''
    }
    await linked.mindmesh.password.requestReset(ANNA)
    await linked.mindmesh.password.reset(await tokenAt(ANNA, urls.passwordReset), PASSWORD)
    await linked.mindmesh.user.requestEmailChange(id, 'new@example.com')
    const confirm = await tokenAt('new@example.com', urls.emailChange)
    await linked.mindmesh.user.confirmEmailChange(confirm)
    await linked.mindmesh.user.undoEmailChange(await tokenAt(ANNA, urls.emailChangeUndo))
    t.clock.advance({ minutes: 1 })
    await t.mindmesh.password.requestReset(ANNA)
    expect((await t.newestMail(ANNA)).text).not.toContain('http')
    await t.mindmesh.password.reset(await t.newestToken(ANNA), PASSWORD)
  })
}
