import { smtpMailer, type SmtpMailerOptions } from '@mindmesh/auth-mailers/smtp'
import { memoryStore } from '@mindmesh/auth-adapter-kit'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { PASSWORD, testInstance, type TestInstance } from './support/instance.ts'
import {
  startSmtpServer,
  type SmtpTestServer,
  type SmtpTrouble,
} from './support/smtp-test-server.ts'

// What the mailer itself does is in packages/mailers/src: here is what becomes of the mail.

const ANNA = 'anna@example.com'
const NOTHING = { sent: 0, retried: 0, failed: 0, expired: 0 }

let server: SmtpTestServer
beforeEach(async () => {
  server = await startSmtpServer()
})
afterEach(async () => {
  await server.close()
})

describe('mail trouble', () => {
  const start = (options: SmtpMailerOptions = server.options): TestInstance => {
    const t = testInstance(memoryStore(), { mailer: smtpMailer({ env: {}, ...options }) })
    return t
  }

  test('a refused recipient: the flow answers as normal, the mail is given up and an event says so', async () => {
    server.trouble.refuseRecipient = 550
    const t = start()
    const { id } = await t.register('anna')
    expect(await t.mindmesh.auth.login(ANNA, PASSWORD)).toMatchObject({ otpRequired: true })
    const counts = await t.mindmesh.mail.deliverDue()
    expect(counts).toEqual({ sent: 0, retried: 0, failed: 1, expired: 0 })
    const { items } = await t.mindmesh.events.list({ type: 'MAIL_FAILED' })
    expect(items[0]).toMatchObject({
      userId: id,
      metadata: { template: 'login_code', reason: 'refused_recipient', attempts: 1 },
    })
    await t.mindmesh.close()
  })

  test('a wrong password: tried again with growing delays, given up after six, and an event says so', async () => {
    const t = start({ ...server.options, pass: 'wrong' })
    const { id } = await t.register('anna')
    await t.mindmesh.user.block(id)
    for (const seconds of [5, 20, 80, 320, 1280]) {
      expect(await t.mindmesh.mail.deliverDue()).toMatchObject({ retried: 1 })
      t.clock.advance({ seconds: seconds - 1 })
      expect(await t.mindmesh.mail.deliverDue()).toMatchObject({ retried: 0, failed: 0 })
      t.clock.advance({ seconds: 1 })
    }
    expect(await t.mindmesh.mail.deliverDue()).toMatchObject({ failed: 1 })
    t.clock.advance({ hours: 2 })
    expect(await t.mindmesh.mail.deliverDue()).toMatchObject({ failed: 0, retried: 0 })
    expect((await t.eventTypes()).at(-1)).toBe('MAIL_FAILED')
    await t.mindmesh.close()
  })

  const troubles: readonly [string, SmtpTrouble, SmtpMailerOptions, string][] = [
    ['refuses the recipient for now', { refuseRecipient: 450 }, {}, 'refused_recipient'],
    ['never greets', { hangOnConnect: true }, { timeoutSeconds: 0.5 }, 'timeout'],
    ['hangs after DATA', { hangAfterData: true }, { timeoutSeconds: 0.5 }, 'timeout'],
    ['drops the connection after DATA', { dropAfterData: true }, {}, 'connection'],
    ['does not know our password', {}, { pass: 'wrong' }, 'authentication'],
  ]

  test.each(troubles)(
    'a server that %s: sign-in has answered before, and the mail goes when it is well again',
    async (_, trouble, options) => {
      Object.assign(server.trouble, trouble)
      const store = memoryStore()
      const warnings: string[] = []
      const warn = (message: string): void => void warnings.push(message)
      const background = testInstance(store, {
        mailer: smtpMailer({ env: {}, ...server.options, ...options }),
        logger: { info: warn, warn, error: warn },
        config: { mailDelivery: 'background' },
      })
      await background.register('anna')
      const step = await background.mindmesh.auth.login(ANNA, PASSWORD)
      expect(step).toMatchObject({ otpRequired: true })
      expect(warnings).toEqual([])
      await vi.waitFor(() => expect(warnings).toEqual(['A mail could not be sent.']), 10_000)
      await background.mindmesh.close()
      for (const name of Object.keys(trouble)) Reflect.deleteProperty(server.trouble, name)
      const well = testInstance(store, {
        clock: background.clock,
        mailer: smtpMailer({ env: {}, ...server.options }),
      })
      background.clock.advance({ seconds: 5 })
      expect(await well.mindmesh.mail.deliverDue()).toEqual({ ...NOTHING, sent: 1 })
      const code = /\b\d{6}\b/.exec(server.received[0]?.text ?? '')?.[0] ?? ''
      expect(await well.mindmesh.auth.verifyOtp(ANNA, code, 'login')).toHaveProperty('user')
      expect(server.received).toHaveLength(1)
      await well.mindmesh.close()
    },
  )

  test.each(troubles)(
    'a server that %s: the mail is given up after the stated number of tries, and an event says so',
    async (_, trouble, options, reason) => {
      Object.assign(server.trouble, trouble)
      const t = testInstance(memoryStore(), {
        mailer: smtpMailer({ env: {}, ...server.options, ...options }),
        config: { mailMaxAttempts: 2 },
      })
      const { id } = await t.register('anna')
      await t.mindmesh.user.block(id)
      expect(await t.mindmesh.mail.deliverDue()).toEqual({ ...NOTHING, retried: 1 })
      t.clock.advance({ seconds: 5 })
      expect(await t.mindmesh.mail.deliverDue()).toEqual({ ...NOTHING, failed: 1 })
      const { items } = await t.mindmesh.events.list({ type: 'MAIL_FAILED' })
      expect(items).toMatchObject([{ userId: id, metadata: { reason, attempts: 2 } }])
      await t.mindmesh.close()
    },
  )

  test('a server without TLS: it is told nothing, and the mail is tried again', async () => {
    const plain = await startSmtpServer({ tls: false })
    try {
      const t = start(plain.options)
      await t.register('anna')
      await t.mindmesh.auth.login(ANNA, PASSWORD)
      expect(await t.mindmesh.mail.deliverDue()).toMatchObject({ retried: 1 })
      expect(plain.commands.join()).not.toMatch(/AUTH|MAIL/)
      await t.mindmesh.close()
    } finally {
      await plain.close()
    }
  })

  test('a mail whose code has expired is never sent', async () => {
    const t = start()
    await t.register('anna')
    await t.mindmesh.auth.login(ANNA, PASSWORD)
    t.clock.advance({ minutes: 5 })
    expect(await t.mindmesh.mail.deliverDue()).toEqual({
      sent: 0,
      retried: 0,
      failed: 0,
      expired: 1,
    })
    expect(server.received).toEqual([])
    await t.mindmesh.close()
  })
})
