import { expectEqual } from '../expect.ts'
import { attackEach, attacksOf, type AttackCase } from './attack-case.ts'
import { PASSWORD, type AttackContext } from './attack-context.ts'
import { expectRefused, outcomeOf } from './outcome-of.ts'

const ANNA = 'anna@example.com'

const HEADERS = [
  'anna@example.com\r\nBcc: thief@example.com',
  'anna@example.com\nBcc:thief@example.com',
  'anna@example.com\u2028Bcc: thief@example.com',
  'anna@example.com,thief@example.com',
  'anna@example.com;thief@example.com',
  'anna@example.com thief@example.com',
  'thief@example.com,anna@example.com',
  'Anna <anna@example.com>',
  '<anna@example.com>',
  'anna@example.com>,<thief@example.com',
  '"anna@example.com,thief"@example.com',
  'anna@example.com%0d%0aBcc:thief@example.com',
  '-oQ/tmp@example.com -X/var/www/x.php',
  'anna@[127.0.0.1]',
  'anna@example.com\0',
]

const ADDRESSES = attackEach('mail', HEADERS, {
  name: (text) => `writes into the head of a mail by the address ${JSON.stringify(text)}`,
  async run(c: AttackContext, email) {
    const { id } = await c.register('berta')
    const calls = [
      async () => c.from().auth.register(email, PASSWORD),
      async () => c.from().password.requestReset(email),
      async () => c.app.otp.send(email, 'checkout'),
      async () => c.app.user.requestEmailChange(id, email),
    ]
    for (const call of calls) await expectRefused(call, ['invalid_input'], 'a call')
    await c.app.mail.deliverDue()
    expectEqual(c.mails, [], 'mails')
  },
})

const MARKUP = `<img src=x onerror=alert(1)><a href="https://evil.test">&"'</a>`

/** Signs in from a device that calls itself so; the owner is told of it. */
async function noticeOf(c: AttackContext, userAgent: string) {
  await c.register('anna')
  await c.signIn(ANNA)
  await c.signIn(ANNA)
  c.clock.advance({ minutes: 11 })
  const { challengeId, code } = await c.startLogin(ANNA)
  const stranger = c.from({ ipAddress: '192.0.2.1', userAgent })
  await stranger.auth.verifyOtp(ANNA, code, 'login', { challengeId })
  return c.newestMail(ANNA)
}

const CONTENTS = attacksOf('mail', {
  'writes HTML into a mail by a user agent': async (c) => {
    const { html, subject } = await noticeOf(c, MARKUP)
    expectEqual(html.includes('<img src=x'), false, 'whether the mail has the picture')
    expectEqual(html.includes('&lt;img src=x'), true, 'whether it shows it as text')
    expectEqual(subject.includes('<'), false, 'whether the subject has it')
  },
  'writes into the head of a mail by a user agent': async (c) => {
    const { subject, text, to } = await noticeOf(c, 'x\r\nBcc: thief@example.com\r\n\r\nHello')
    expectEqual(/[\r\n]/.test(subject + to), false, 'whether a line ends in the head')
    expectEqual(text.includes('\nBcc:'), false, 'whether a line of its own is in the text')
  },
  'writes HTML into a mail by an address that is allowed': async (c) => {
    const { id } = await c.register('anna')
    const email = `o'brien&{x}\`=/?^|~@example.com`
    await c.app.user.requestEmailChange(id, email)
    await c.app.user.confirmEmailChange(await c.newestToken(email))
    const { html } = await c.newestMail(ANNA)
    expectEqual(html.includes(`o'brien&{x}`), false, 'whether it stands there as it is')
    expectEqual(html.includes('&amp;{x}'), true, 'whether it is shown as text')
  },
  'chooses the words of a mail by the language of the request': async (c) => {
    await c.register('anna')
    for (const locale of ['__proto__', 'constructor', '../../etc', '<b>', 'x'.repeat(1000)]) {
      await outcomeOf(c.app.withContext({ locale }).password.requestReset(ANNA))
      const { html } = await c.newestMail(ANNA)
      c.clock.advance({ hours: 2 })
      expectEqual(
        html.includes('lang="en"'),
        true,
        `whether it is in English for ${locale.slice(0, 20)}`,
      )
    }
  },
  'has a mail with a code sent to an address with another spelling than the owner’s': async (c) => {
    await c.app.auth.register('Anna@Example.com', PASSWORD)
    await c.app.otp.send('ANNA@EXAMPLE.COM', 'email_verify')
    await c.from().password.requestReset('aNNa@example.com')
    await c.app.mail.deliverDue()
    const to = new Set(c.mails.map((mail) => mail.to))
    expectEqual([...to], ['Anna@Example.com'], 'where the mails went')
  },
})

/** Attacks by what is written into mails. */
export const mailInjection: readonly AttackCase[] = [...ADDRESSES, ...CONTENTS]
