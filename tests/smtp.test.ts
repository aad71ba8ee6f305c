import { smtpMailer, type SmtpMailerOptions } from '@mindmesh/auth-mailers/smtp'
import { memoryStore } from '@mindmesh/auth-adapter-kit'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { PASSWORD, testInstance, type TestInstance } from './support/instance.ts'
import { startSmtpServer, type SmtpTestServer } from './support/smtp-test-server.ts'

// What the mailer itself does is in packages/mailers/src: here is what becomes of the mail.

const ANNA = 'anna@example.com'

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

  test('a server that drops after DATA: the mail goes when it is well again', async () => {
    server.trouble.dropAfterData = true
    const t = start()
    await t.register('anna')
    await t.mindmesh.auth.login(ANNA, PASSWORD)
    expect(await t.mindmesh.mail.deliverDue()).toMatchObject({ retried: 1 })
    server.trouble.dropAfterData = false
    t.clock.advance({ seconds: 5 })
    expect(await t.mindmesh.mail.deliverDue()).toMatchObject({ sent: 1 })
    expect(server.received).toHaveLength(1)
    await t.mindmesh.close()
  })

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
