import type { RequestContext } from '@mindmesh/auth'
import { expectEqual } from '../expect.ts'
import { attackEach, attacksOf, type AttackCase } from './attack-case.ts'
import { PASSWORD, type AttackContext } from './attack-context.ts'
import { expectRefused, outcomeOf, tally } from './outcome-of.ts'

const TRIES = 24

/** Guesses by an address whose spelling changes with each try; no more may be compared than for one spelling. */
async function guessAs(c: AttackContext, spellings: readonly string[]): Promise<void> {
  const answers: string[] = []
  for (let nth = 0; nth < TRIES; nth += 1) {
    const email = spellings[nth % spellings.length] ?? ''
    answers.push(await outcomeOf(c.from().auth.login(email, `guess number ${nth}`)))
  }
  const heard = tally(answers)['invalid_credentials'] ?? 0
  expectEqual(heard <= c.limits.loginFailures, true, `whether ${heard} guesses are few enough`)
}

const SPELLINGS = {
  case: ['anna@example.com', 'ANNA@example.com', 'aNNa@EXAMPLE.com', 'Anna@Example.Com'],
  'spaces around it': [
    'anna@example.com',
    ' anna@example.com',
    'anna@example.com\u00a0',
    '\u3000anna@example.com',
  ],
  'dots at its end and doubled': [
    'anna@example.com',
    'anna@example.com.',
    'anna@example..com',
    'anna.@example.com',
  ],
  'invisible characters': [
    'anna@example.com',
    'anna\u200b@example.com',
    '\ufeffanna@example.com',
    'anna@exam\u00adple.com',
    'anna@example\u2060.com',
  ],
  'letters and dots of full width': [
    'anna@example.com',
    'anna@ｅｘａｍｐｌｅ.com',
    'anna@example。com',
    'anna@example．com',
    'ａnna@example.com',
  ],
  'comments, quotes and routes': [
    'anna@example.com',
    '"anna"@example.com',
    'anna(x)@example.com',
    '<anna@example.com>',
    'Anna <anna@example.com>',
    'mailto:anna@example.com',
  ],
  'percent signs': ['anna@example.com', 'anna%40example.com', 'anna@%65xample.com'],
} as const

const UMLAUT_SPELLINGS = [
  'anna@bücher.example',
  'anna@bu\u0308cher.example',
  'anna@BÜCHER.example',
  'anna@xn--bcher-kva.example',
  'anna@XN--BCHER-KVA.EXAMPLE',
  'anna@ｂücher.example',
]

const ADDRESSES: readonly AttackCase[] = [
  ...attackEach('limits', Object.entries(SPELLINGS), {
    name: ([what]) => `dodges the count of an account by its address’s ${what}`,
    run: async (c, [, spellings]) => {
      await c.register('anna')
      await guessAs(c, spellings)
    },
  }),
  ...attacksOf('limits', {
    'dodges the count of an account by the forms of a domain in Unicode': async (c) => {
      await c.app.auth.register('anna@bücher.example', PASSWORD)
      await guessAs(c, UMLAUT_SPELLINGS)
    },
    'has more mails sent by changing the spelling of the address': async (c) => {
      await c.register('anna')
      const spellings = SPELLINGS.case
      for (let nth = 0; nth < 12; nth += 1) {
        await outcomeOf(c.from().password.requestReset(spellings[nth % 4] ?? ''))
        await outcomeOf(c.app.otp.send(spellings[nth % 4] ?? '', 'email_verify'))
      }
      await c.app.mail.deliverDue()
      const allowed = c.limits.resetRequest + c.limits.otpSend
      expectEqual(c.mails.length, allowed, 'mails')
    },
    'takes another’s account by an address that only looks the same': async (c) => {
      await c.register('anna')
      const lookAlikes = [
        'аnna@example.com',
        'anna@exаmple.com',
        'anna@examp1e.com',
        'a.nna@example.com',
        'anna+x@example.com',
        'ann%61@example.com',
      ]
      for (const email of lookAlikes) {
        await expectRefused(
          c.from().auth.login(email, PASSWORD),
          ['invalid_credentials', 'invalid_input'],
          email,
        )
      }
    },
  }),
]

/** Signs in with wrong passwords for ever new accounts; the address alone counts. */
async function heardFrom(c: AttackContext, requests: readonly RequestContext[]): Promise<number> {
  const answers: string[] = []
  for (let nth = 0; nth < TRIES; nth += 1) {
    const request = requests[nth % requests.length] ?? {}
    const call = async () =>
      c.from(request).auth.login(`nobody${nth}@example.com`, 'a guess or two')
    answers.push(await outcomeOf(call))
  }
  return tally(answers)['invalid_credentials'] ?? 0
}

const NETWORKS = attacksOf('limits', {
  'dodges the count of an address by the many addresses of one IPv6 network': async (c) => {
    const requests = Array.from({ length: TRIES }, (_, nth) => ({
      ipAddress: `2001:db8:1:2:${(nth * 977).toString(16)}::${nth.toString(16)}`,
    }))
    expectEqual(await heardFrom(c, requests), c.limits.loginPerIp, 'calls that were heard')
  },
  'dodges the count of an address by other spellings of it': async (c) => {
    const spellings = [
      '2001:db8::1',
      '2001:DB8::1',
      '2001:0db8:0:0:0:0:0:1',
      '2001:db8:0::1',
      '2001:db8::1%eth0',
      '2001:db8::0.0.0.1',
    ]
    const requests = spellings.map((ipAddress) => ({ ipAddress }))
    expectEqual(await heardFrom(c, requests), c.limits.loginPerIp, 'calls that were heard')
  },
  'dodges the count of an IPv4 address by writing it as IPv6': async (c) => {
    const spellings = [
      '192.0.2.1',
      '::ffff:192.0.2.1',
      '::FFFF:192.0.2.1',
      '::ffff:c000:201',
      '0:0:0:0:0:ffff:c000:0201',
    ]
    const requests = spellings.map((ipAddress) => ({ ipAddress }))
    expectEqual(await heardFrom(c, requests), c.limits.loginPerIp, 'calls that were heard')
  },
  'switches the count of an address off by a text that is none': async (c) => {
    for (const ipAddress of [
      'unknown',
      '1.2.3',
      '192.0.2.1, 10.0.0.1',
      '192.0.2.1:80',
      '192.0.2.1\n',
      '0x7f.1',
      'localhost',
    ]) {
      const call = async () =>
        c.app.withContext({ ipAddress }).auth.login('a@example.com', PASSWORD)
      await expectRefused(call, ['invalid_input'], ipAddress)
    }
  },
  'uses up work by requests that are refused': async (c) => {
    await c.register('anna')
    for (let nth = 0; nth < c.limits.resetRequest; nth += 1) {
      await c.app.password.requestReset('anna@example.com')
    }
    await c.app.mail.deliverDue()
    const [events, mails] = [(await c.app.events.list({ limit: 500 })).items.length, c.mails.length]
    for (let nth = 0; nth < 20; nth += 1) {
      await expectRefused(
        c.from().password.requestReset('anna@example.com'),
        ['rate_limited'],
        'a request',
      )
    }
    await c.app.mail.deliverDue()
    expectEqual((await c.app.events.list({ limit: 500 })).items.length, events, 'events')
    expectEqual(c.mails.length, mails, 'mails')
  },
  'floods the owner with notices by registering the address again and again': async (c) => {
    await c.register('anna')
    for (let nth = 0; nth < 8; nth += 1) {
      await outcomeOf(c.from().auth.register('Anna@example.com', PASSWORD))
    }
    await c.app.mail.deliverDue()
    expectEqual(c.mails.length, c.limits.takenAddressNotice, 'mails')
  },
})

/** Attacks that dodge the limits. */
export const dodgedLimits: readonly AttackCase[] = [...ADDRESSES, ...NETWORKS]
