import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { settableClock, type SettableClock } from '@mindmesh/auth/testing'
import { readMailbox, type StoredMail } from '@mindmesh/auth-mailers/file'
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest'
import { openApp, type App } from '../examples/site/src/open-app.ts'
import { readSettings, type Settings } from '../examples/site/src/settings.ts'
import { createSite } from '../examples/site/src/site.ts'
import { createOnServer } from './engines/server.ts'
import { serverKinds } from './engines/server-kinds.ts'
import { fakeProvider, personAt, type FakeProvider } from './support/fake-provider.ts'
import { FormBrowser, type PageAnswer } from './support/form-browser.ts'
import { orNone } from './support/or-none.ts'

const ORIGIN = 'http://localhost:3000'
const PASSWORD = 'correct horse battery'
const AMPLE = { limit: 1000, windowSeconds: 60 }

const { id: runId, servers, ofEachDialect } = inject('engineRun')
/** Every place where the site can store; each is an engine of the tests too. */
const PLACES = (
  [
    { engine: 'sqlite', adapter: 'sqlite', server: null },
    { engine: 'postgres', adapter: 'postgres', server: 'postgres' },
    { engine: 'mysql', adapter: 'mysql', server: 'mysql' },
    { engine: 'prisma-sqlite', adapter: 'prisma', server: null },
    { engine: 'prisma-postgres', adapter: 'prisma', server: 'postgres' },
    { engine: 'prisma-mysql', adapter: 'prisma', server: 'mysql' },
  ] as const
).filter(({ engine }) => ofEachDialect.includes(engine))
const reached = orNone(PLACES)

describe.each(reached)('examples: the site on $engine', ({ adapter, server: serverName }) => {
  let folder: string
  let app: App
  let settings: Settings
  let clock: SettableClock
  let provider: FakeProvider
  let drop = async (): Promise<void> => undefined
  let people = 0

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'mindmesh-examples-'))
    clock = settableClock(new Date())
    provider = fakeProvider('hub')
    const env = {
      ADAPTER: adapter,
      DATABASE_URL: await databaseUrl(),
      ADMIN_EMAIL: 'Admin@example.com',
    }
    settings = readSettings(env, folder)
    app = await openApp(settings, {
      clock,
      providers: [provider],
      config: { limits: { registerPerIp: AMPLE, loginPerIp: AMPLE, otpSend: AMPLE } },
    })
  })
  afterAll(async () => {
    await app.close()
    await drop()
    rmSync(folder, { recursive: true })
  })

  /** A new and empty database, as an operator would make it. */
  async function databaseUrl(): Promise<string> {
    if (serverName === null) return ''
    const server = servers[serverName]
    if ('missing' in server) throw new Error(server.missing)
    const connect = async () => ({
      openStore: () => {
        throw new Error('The site opens the store.')
      },
      close: async () => undefined,
    })
    const database = await createOnServer(serverKinds[serverName], {
      url: server.url,
      runId,
      connect,
    })
    drop = async () => database.drop()
    return database.place ?? ''
  }

  const newAddress = (): string => `anna${(people += 1)}@example.com`
  const newBrowser = (origin = ORIGIN): FormBrowser => {
    const site = createSite(app)
    return new FormBrowser(async (request) => {
      const isRoute = new URL(request.url).pathname.startsWith('/auth/')
      return isRoute ? app.auth.fetch(request) : site(request)
    }, origin)
  }

  async function newMail(to: string, subject: RegExp, after = 0): Promise<StoredMail> {
    return vi.waitFor(
      async () => {
        const mails = (await readMailbox(join(folder, 'mailbox'))).filter(
          (mail) => mail.to === to && subject.test(mail.subject),
        )
        const [newest] = mails
        if (newest === undefined || mails.length <= after) throw new Error('The mail is not there.')
        return newest
      },
      { timeout: 10_000, interval: 10 },
    )
  }
  const tokenIn = ({ text }: StoredMail): string =>
    new URL(/https?:\S+/.exec(text)?.[0] ?? '').searchParams.get('token') ?? ''
  const codeIn = ({ text }: StoredMail): string => /\b\d{6}\b/.exec(text)?.[0] ?? ''

  async function signIn(browser: FormBrowser, email: string, password = PASSWORD, after = 0) {
    const step = await browser.post('/sign-in', { email, password })
    expect(step).toMatchObject({ status: 303, location: '/sign-in/code' })
    const code = codeIn(await newMail(email, /sign-in code/, after))
    const signedIn = await browser.post('/sign-in/code', { code })
    expect(signedIn).toMatchObject({ status: 303, location: '/account' })
    return signedIn
  }

  async function newcomer(email: string): Promise<FormBrowser> {
    const browser = newBrowser()
    const form = { email, password: PASSWORD, displayName: 'Anna' }
    expect(await browser.post('/register', form)).toMatchObject({
      location: '/sign-in?notice=registered',
    })
    await signIn(browser, email)
    return browser
  }

  test('the journey: forms, mails, what a person is called', async () => {
    const email = newAddress()
    const browser = newBrowser()
    const displayName = '<img src=x onerror=alert(1)>'
    await browser.post('/register', { email, password: PASSWORD, displayName })
    const { headers } = await signIn(browser, email)
    expect(headers.getSetCookie().join('\n')).toMatch(
      /mindmesh-access=ey[^;]+; Max-Age=\d+; Path=\/; HttpOnly; SameSite=Lax/,
    )
    const account = await browser.get('/account')
    expect(account.text).toContain('&lt;img src=x')
    expect(account.text).not.toContain('<img src=x')
    const changed = await browser.post('/account/password', {
      current: PASSWORD,
      next: 'another long password',
    })
    expect(changed.location).toBe('/account?notice=password-changed')
    await browser.post('/sign-out', {})
    expect(await browser.get('/account')).toMatchObject({ status: 303, location: '/sign-in' })
  })

  test('a second start finds the tables and the people', async () => {
    const email = newAddress()
    await newcomer(email)
    const again = await openApp(settings, { clock })
    const found = await again.mindmesh.user.getByEmail(email)
    await again.close()
    expect(found).toMatchObject({ email, displayName: 'Anna' })
  })

  test('a taken address is answered like a new one, and its owner is told', async () => {
    const email = newAddress()
    await newcomer(email)
    const form = { email, password: 'somebody else’s words', displayName: 'Eve' }
    const answer = await newBrowser().post('/register', form)
    expect(answer).toMatchObject({ status: 303, location: '/sign-in?notice=registered' })
    await newMail(email, /already have an account|registered/i)
  })

  test('a mailed link is used up by the form alone', async () => {
    const email = newAddress()
    await newcomer(email)
    const browser = newBrowser()
    await browser.post('/forgot-password', { email })
    const token = tokenIn(await newMail(email, /new password/))
    for (let n = 0; n < 2; n += 1) {
      const { status, text } = await browser.get(`/reset-password?token=${token}`)
      expect(status).toBe(200)
      expect(text).toContain(`value="${token}"`)
    }
    const form = { token, newPassword: 'a third long password' }
    expect(await browser.post('/reset-password', form)).toMatchObject({ status: 303 })
    expect((await browser.post('/reset-password', form)).status).toBe(400)
  })

  test('a page of another site can neither post nor frame', async () => {
    const email = newAddress()
    const browser = await newcomer(email)
    for (const origin of ['https://evil.example', 'null', `${ORIGIN}.evil.example`]) {
      const answer = await browser.post('/account/delete', {}, { origin })
      expect(answer.status).toBe(403)
    }
    expect(await app.mindmesh.user.getByEmail(email)).not.toBeNull()
    const { headers } = await browser.get('/account')
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    expect(headers.get('cache-control')).toBe('no-store')
    // With `no-referrer` browsers post `Origin: null`.
    expect(headers.get('referrer-policy')).toBe('same-origin')
  })

  test('only forms of at most 16 KiB are taken, and only where there is one', async () => {
    const browser = newBrowser()
    const json = { 'content-type': 'application/json' }
    expect((await browser.post('/sign-in', {}, json)).status).toBe(415)
    expect((await browser.post('/sign-in', { email: 'x'.repeat(20_000) })).status).toBe(413)
    expect((await browser.get('/nowhere')).status).toBe(404)
    expect((await browser.post('/', {})).status).toBe(405)
  })

  test('what is wrong is said at its field', async () => {
    const form = { email: newAddress(), password: PASSWORD, displayName: ' ' }
    const answer = await newBrowser().post('/register', form)
    expect(answer.status).toBe(400)
    expect(answer.text).toMatch(
      /id="displayName"[^>]*aria-invalid="true" autofocus aria-describedby="displayName-error"/,
    )
  })

  test('an access token that has run out is renewed on the way, also behind a link of another site', async () => {
    const browser = await newcomer(newAddress())
    clock.advance({ minutes: 16 })
    const answer = await browser.get('/account', { 'sec-fetch-site': 'cross-site' })
    expect(answer.status).toBe(200)
    expect(answer.headers.getSetCookie().join()).toContain('mindmesh-refresh=')
    expect((await browser.get('/account')).headers.getSetCookie()).toEqual([])
  })

  test('only whoever has proven the administrator’s address sees and blocks people', async () => {
    const email = newAddress()
    const browser = await newcomer(email)
    const { id } = (await app.mindmesh.user.getByEmail(email)) ?? { id: '' }
    const admin = await newcomer('admin@example.com')
    expect((await browser.get('/people')).status).toBe(404)
    expect((await browser.post('/people/block', { userId: id })).status).toBe(404)
    expect((await admin.get('/people')).text).toContain(email)
    // A sign-in of long ago is not enough to shut somebody out.
    clock.advance({ minutes: 16 })
    const late = await admin.post('/people/block', { userId: id })
    expect(late.location).toBe('/account/confirm?next=/people')
    const confirmed = await admin.post('/account/confirm', { next: '/people', password: PASSWORD })
    expect(confirmed.location).toBe('/people?notice=confirmed')
    expect((await admin.post('/people/block', { userId: id })).status).toBe(303)
    const out = await browser.get('/account')
    expect(out.location).toBe('/sign-in?ended=account_blocked')
    await admin.post('/people/unblock', { userId: id })
    await signIn(browser, email, PASSWORD, 1)
  })

  test('after the password was confirmed one goes on at a page of the account, nowhere else', async () => {
    const browser = await newcomer(newAddress())
    for (const next of [
      '//evil.example',
      'https://evil.example',
      '/account/../x',
      '/account/a?b',
    ]) {
      const { location } = await browser.post('/account/confirm', { next, password: PASSWORD })
      expect(location).toBe('/account?notice=confirmed')
    }
  })

  test('the export holds the person and no secret', async () => {
    const email = newAddress()
    const browser = await newcomer(email)
    const { headers, text } = await browser.post('/account/export', {})
    expect(headers.get('content-disposition')).toContain('attachment')
    expect(JSON.parse(text)).toMatchObject({ user: { email, displayName: 'Anna' } })
    expect(text).not.toMatch(/password_?hash|argon2|refreshSalt/i)
  })

  test('a mail is shown alone, without scripts and without the site’s cookies', async () => {
    const email = newAddress()
    const browser = await newcomer(email)
    const { id } = await newMail(email, /sign-in code/)
    const { text, headers } = await browser.get(`/inbox/mail?mail=${id}`)
    expect(text).toMatch(/\d{6}/)
    expect(headers.get('content-security-policy')).toMatch(/^sandbox [^;]+; default-src 'none'/)
    expect(headers.get('content-security-policy')).not.toMatch(/allow-(?:scripts|same-origin)/)
    expect((await browser.get('/inbox/mail?mail=../secrets')).status).toBe(404)
  })

  test('a provider signs in, and is added to and removed from an account', async () => {
    const browser = newBrowser()
    const start = async (answer: PageAnswer): Promise<string> => {
      const url = new URL(answer.location ?? '')
      const state = url.searchParams.get('state') ?? ''
      return state
    }
    const comeBack = async (state: string, subject: string, email: string): Promise<PageAnswer> => {
      const { code } = provider.consent(
        { url: new URL(ORIGIN).href, state, expiresAt: new Date() },
        { ...personAt(email, subject), name: 'Hub Person' },
      )
      const query = new URLSearchParams({ code, state, iss: 'https://hub.test' })
      return browser.get(`/auth/oauth/hub/callback?${query}`)
    }
    const email = newAddress()
    const begun = await browser.get('/auth/oauth/hub?redirectTo=/account')
    expect((await comeBack(await start(begun), 'subject', email)).location).toBe('/account')
    expect((await browser.get('/account')).text).toContain('Hub Person')
    const unlink = { provider: 'hub', subject: 'subject' }
    expect((await browser.post('/account/providers/unlink', unlink)).text).toMatch(
      /Nothing else is left to sign in with/,
    )
    await browser.post('/sign-out', {})

    const anna = newAddress()
    const form = { email: anna, password: PASSWORD, displayName: 'Anna' }
    await browser.post('/register', form)
    await signIn(browser, anna)
    const linking = await browser.post('/account/providers/link', { provider: 'hub' })
    expect((await comeBack(await start(linking), 'other', 'else@example.org')).location).toBe(
      '/account',
    )
    expect((await browser.get('/account')).text).toContain('else@example.org')
    const removed = await browser.post('/account/providers/unlink', {
      provider: 'hub',
      subject: 'other',
    })
    expect(removed.location).toBe('/account?notice=unlinked')
  })
})
