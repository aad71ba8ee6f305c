import { describe, expect, test } from 'vitest'
import { createTemplates, renderWording } from './render.ts'
import type { MailContent, MailData, MailTemplate } from './templates.ts'
import { wordingsDe } from './wordings-de.ts'
import { wordingsEn } from './wordings-en.ts'

/** Text from outside that would do harm if it were taken for markup. */
const EVIL = `"><script>alert('x')</script>&amp;`
const EVIL_URL = 'https://app.example.com/?a=1&b="><script>alert(1)</script>'
const LINK = { token: EVIL, url: null, expiresInMinutes: 30 }

/** Data for each mail, hostile wherever it is a text. */
const DATA: { readonly [Name in MailTemplate]: MailData[Name] } = {
  login_code: { code: EVIL, expiresInMinutes: 5 },
  otp_code: { code: EVIL, purpose: EVIL, expiresInMinutes: 5 },
  password_reset: LINK,
  password_reset_completed: { unlinked: EVIL },
  password_changed: {},
  new_sign_in: { device: EVIL, ipAddress: EVIL, at: EVIL },
  email_change: LINK,
  email_changed: { newEmail: EVIL, token: EVIL, url: null, undoHours: 72 },
  email_change_undone: {},
  account_blocked: {},
  registration_attempt: {},
  oauth_linked: { provider: EVIL, passwordRemoved: true },
  oauth_unlinked: { provider: EVIL },
}
const NAMES = Object.keys(DATA) as MailTemplate[]
const templates = createTemplates()

function render(name: MailTemplate, locale: string, change: object = {}): MailContent {
  const fill = templates[name] as (data: object, setting: object) => MailContent
  return fill({ ...DATA[name], ...change }, { appName: EVIL, locale })
}

/** What a browser would show, roughly: without markup, entities read back. */
function shown(html: string): string {
  return html
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
}

describe.each(['en', 'de'])('mails in %s', (locale) => {
  test.each(NAMES)('%s: is whole, and everything in it is escaped', (name) => {
    for (const change of [{}, { url: EVIL_URL }, { unlinked: null }]) {
      const { subject, text, html } = render(name, locale, change)
      for (const part of [subject, text, html]) {
        expect(part).not.toMatch(/undefined|null|\[object|NaN/)
        expect(part).toContain('script')
      }
      expect(html).not.toContain('<script')
      expect(html).not.toMatch(/&(?!(?:amp|lt|gt|quot|#39);)/)
      // Every attribute ends where it should.
      expect(html.replaceAll(/<[a-z0-9!/]+(?: [a-z-]+="[^"<>]*")*(?: html)?>/gi, '')).not.toMatch(
        /[<>]/,
      )
      expect(html).toContain(`<html lang="${locale}">`)
      expect(subject).not.toContain('\n')
    }
  })

  test.each(NAMES)('%s: text and HTML say the same', (name) => {
    const { subject, text, html } = render(name, locale, { url: EVIL_URL })
    const visible = shown(html.replace(/<title>.*?<\/title>/, ''))
    for (const line of text.split('\n').map((each) => each.trim().replace(/:$/, ''))) {
      expect(visible).toContain(line)
    }
    expect(html).toContain('<title>')
    expect(shown(/<title>(.*?)<\/title>/.exec(html)?.[1] ?? '')).toBe(subject)
  })
})

test('mails: there are words for each in both languages, and they differ', () => {
  expect(Object.keys(wordingsEn).toSorted()).toEqual(NAMES.toSorted())
  expect(Object.keys(wordingsDe).toSorted()).toEqual(NAMES.toSorted())
  expect(Object.keys(templates).toSorted()).toEqual(NAMES.toSorted())
  for (const name of NAMES) {
    expect(render(name, 'de').subject).not.toBe(render(name, 'en').subject)
    expect(render(name, 'de').text).not.toBe(render(name, 'en').text)
  }
})

test('mails: a link stands where there is a page, else the token itself', () => {
  const linked = render('password_reset', 'en', { url: 'https://app.example.com/?token=abc' })
  expect(linked.text).toContain('Choose a new password:\nhttps://app.example.com/?token=abc')
  expect(linked.html).toContain('<a href="https://app.example.com/?token=abc"')
  const bare = render('password_reset', 'en', { token: 'abc' })
  expect(bare.text).toContain('    abc')
  expect(bare.html).not.toContain('<a ')
})

test('mails: a sign-in from an unknown address leaves the address out', () => {
  for (const [locale, line] of [
    ['en', 'Address:'],
    ['de', 'Adresse:'],
  ] as const) {
    expect(render('new_sign_in', locale).text).toContain(line)
    expect(render('new_sign_in', locale, { ipAddress: null }).text).not.toContain(line)
  }
})

test('mails: a linked identity says whether the password is gone', () => {
  for (const locale of ['en', 'de']) {
    const gone = render('oauth_linked', locale).text
    const kept = render('oauth_linked', locale, { passwordRemoved: false }).text
    expect(gone).not.toBe(kept)
  }
})

test('mails: the words of a region win over those of its language, and these over ours', () => {
  const says = (subject: string) => () => ({ subject, lead: '', notes: [] })
  const own = createTemplates(
    { password_changed: () => ({ subject: 'whole', text: '', html: '' }) },
    {
      de: { account_blocked: says('Sprache'), login_code: says('Sprache') },
      'de-CH': { account_blocked: says('Region') },
    },
  )
  const setting = (locale: string) => ({ appName: 'App', locale })
  const code = { code: '123456', expiresInMinutes: 5 }
  expect(own.account_blocked({}, setting('de-CH')).subject).toBe('Region')
  expect(own.account_blocked({}, setting('de')).subject).toBe('Sprache')
  expect(own.login_code(code, setting('DE-ch')).subject).toBe('Sprache')
  expect(own.email_change_undone({}, setting('de-CH')).subject).toContain('wiederhergestellt')
  expect(own.account_blocked({}, setting('fr')).subject).toBe('Your App account was blocked')
  expect(own.password_changed({}, setting('de')).subject).toBe('whole')
})

test('wording: its parts stand in their order, the app’s name last', () => {
  const { text } = renderWording(
    {
      subject: 'Subject',
      lead: 'Lead',
      highlight: 'Highlight',
      link: { label: 'Label', url: 'https://example.com/' },
      notes: ['One', 'Two'],
    },
    { appName: 'App', locale: 'en' },
  )
  expect(text).toBe('Lead\n\n    Highlight\n\nLabel:\nhttps://example.com/\n\nOne\nTwo\n\nApp\n')
})
