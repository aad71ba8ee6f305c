import { mkdtempSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readMailbox, type StoredMail } from '@mindmesh/auth-mailers/file'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { openApp, type App } from './auth.ts'
import { createSite } from './server.ts'

let app: App
let origin: string
let folder: string
let stop: () => Promise<void>

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mindmesh-example-'))
  app = await openApp(folder, 'http://localhost')
  const site = createSite(app, 'http://localhost')
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve))
  const { port } = site.address() as AddressInfo
  origin = `http://127.0.0.1:${port}`
  stop = async () => {
    site.closeAllConnections()
    await new Promise((resolve) => site.close(resolve))
    await app.close()
    rmSync(folder, { recursive: true })
  }
})
afterAll(async () => stop())

/** A browser, as far as cookies and forms go. */
class Browser {
  readonly #jar = new Map<string, string>()
  lastCookies: readonly string[] = []

  async get(path: string): Promise<{ status: number; body: string }> {
    return this.#fetch(path, {})
  }

  async post(path: string, form: Record<string, string>, headers: Record<string, string> = {}) {
    const body = new URLSearchParams(form)
    return this.#fetch(path, { method: 'POST', body, headers: { origin, ...headers } })
  }

  async #fetch(path: string, init: RequestInit) {
    const cookie = [...this.#jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const headers = { ...(init.headers as Record<string, string>), cookie }
    const response = await fetch(origin + path, { ...init, headers, redirect: 'manual' })
    this.lastCookies = response.headers.getSetCookie()
    for (const line of this.lastCookies) {
      const [pair = ''] = line.split(';')
      const at = pair.indexOf('=')
      this.#jar.set(pair.slice(0, at), pair.slice(at + 1))
    }
    const location = response.headers.get('location')
    return { status: response.status, body: await response.text(), location }
  }
}

async function mailsTo(to: string, subject: RegExp): Promise<readonly StoredMail[]> {
  const mails = await readMailbox(join(folder, 'mailbox'))
  return mails.filter((mail) => mail.to === to && subject.test(mail.subject))
}

/** The newest of such mails, once there are more of them than `before`. */
async function newestMail(to: string, subject: RegExp, before = 0): Promise<StoredMail> {
  return waitFor(async () => {
    const [mail, ...older] = await mailsTo(to, subject)
    if (mail === undefined || older.length < before) throw new Error('The mail is not there yet.')
    return mail
  })
}

async function waitFor<Result>(look: () => Promise<Result>): Promise<Result> {
  return vi.waitFor(look, { timeout: 5000 })
}

async function signIn(browser: Browser, email: string, password: string): Promise<void> {
  const before = await mailsTo(email, /sign-in code/)
  expect(await browser.post('/login', { email, password })).toMatchObject({
    status: 303,
    location: '/verify',
  })
  const mail = await newestMail(email, /sign-in code/, before.length)
  const code = /\b\d{6}\b/.exec(mail.text)?.[0] ?? ''
  expect(await browser.post('/verify', { code })).toMatchObject({ status: 303, location: '/' })
}

test('site: its pages let a browser say where a form comes from', async () => {
  // With `no-referrer` a browser posts `Origin: null`, which is refused as another site's.
  const page = await fetch(`${origin}/login`)
  expect(page.headers.get('referrer-policy')).toBe('same-origin')
  const posted = await new Browser().post('/login', {}, { origin: 'null' })
  expect(posted.status).toBe(403)
})

test('site: the whole journey with forms and mails', async () => {
  const email = 'anna@example.com'
  const browser = new Browser()
  const displayName = '<img src=x onerror=alert(1)>'
  const registered = await browser.post('/register', {
    email,
    password: 'correct horse battery',
    displayName,
  })
  expect(registered).toMatchObject({ status: 303, location: '/login?registered' })
  await signIn(browser, email, 'correct horse battery')
  expect(browser.lastCookies.join()).toMatch(/access=ey[^;]+; Path=\/; HttpOnly; SameSite=Lax/)
  const profile = await browser.get('/')
  expect(profile.body).toContain('&lt;img src=x')
  expect(profile.body).not.toContain('<img')

  const second = new Browser()
  await signIn(second, email, 'correct horse battery')
  await browser.post('/sessions/end-others', {})
  expect((await second.get('/')).body).toContain('Welcome')

  const changed = { current: 'correct horse battery', next: 'another long password' }
  expect(await browser.post('/password/change', changed)).toMatchObject({ location: '/?changed' })
  await browser.post('/logout', {})
  expect((await browser.get('/')).body).toContain('Welcome')

  await browser.post('/password/forgot', { email })
  const mail = await newestMail(email, /new password/)
  const link = /https?:\S+/.exec(mail.text)?.[0] ?? ''
  const token = new URL(link).searchParams.get('token') ?? ''
  for (let n = 0; n < 2; n += 1)
    expect((await browser.get(`/password/reset?token=${token}`)).status).toBe(200)
  const reset = await browser.post('/password/reset', {
    token,
    newPassword: 'a third long password',
  })
  expect(reset).toMatchObject({ status: 303, location: '/login?reset' })
  await signIn(browser, email, 'a third long password')
  expect((await browser.get('/inbox')).body).toMatch(
    // No scripts, and nothing of the site: links open beside it.
    /sandbox="allow-popups allow-popups-to-escape-sandbox"/,
  )
})

test('site: what is wrong is said at its field', async () => {
  const answer = await new Browser().post('/register', {
    email: 'short@example.com',
    password: 'short',
    displayName: 'S',
  })
  expect(answer.status).toBe(400)
  expect(answer.body).toMatch(/aria-invalid="true"\s+aria-describedby="password-error/)
})

test('site: foreign origins, other types and too much are refused', async () => {
  const browser = new Browser()
  const form = { email: 'a@example.com', password: 'x' }
  expect((await browser.post('/login', form, { origin: 'https://evil.example' })).status).toBe(403)
  expect((await browser.post('/login', form, { 'content-type': 'application/json' })).status).toBe(
    415,
  )
  expect((await browser.post('/login', { email: 'x'.repeat(20_000) })).status).toBe(413)
  expect((await browser.get('/nowhere')).status).toBe(404)
})
