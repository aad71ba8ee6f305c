import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { hasBrowser, launchBrowser } from './support/launch-browser.ts'
import { ADMIN, openExample, type Example, type ExampleName } from './support/open-example.ts'
import {
  askForCode,
  fill,
  linkIn,
  newcomer,
  PASSWORD,
  register,
  returning,
  signIn,
} from './support/person.ts'

const EXAMPLES: readonly ExampleName[] = ['node', 'hono']

/** So that the first request is under way when the second click comes: quicker ones the browser takes as one. */
const SLOWLY = { delay: 60 }

describe.skipIf(!hasBrowser).each(EXAMPLES)('journey: %s', (name) => {
  let browser: Browser
  let example: Example
  let context: BrowserContext
  let people = 0

  beforeAll(async () => {
    browser = await launchBrowser()
    example = await openExample(name)
  })
  afterAll(async () => example.close())
  beforeEach(async () => {
    context = await browser.newContext()
  })
  afterEach(async () => context.close())

  const newAddress = (): string => `anna${(people += 1)}@example.com`
  const goto = async (page: Page, path: string): Promise<void> =>
    void (await page.goto(example.origin + path))
  const pathOf = (page: Page): string => new URL(page.url()).pathname

  /** How many events of a type there are of the person at an address. */
  async function eventsOf(email: string, type: 'SESSION_REFRESHED' | 'LOGIN_SUCCESS' | 'OTP_SENT') {
    const user = await example.app.mindmesh.user.getByEmail(email)
    const { items } = await example.app.mindmesh.events.list({ userId: user?.id ?? '', type })
    return items.length
  }

  test('a new person reads the code in the inbox and sees who and where they are', async () => {
    const email = newAddress()
    const page = await context.newPage()
    await register(page, example, email)
    await askForCode(page, example, email)
    const opened = context.waitForEvent('page')
    await page.getByRole('link', { name: 'inbox (in a new tab)' }).click()
    const inbox = await opened
    const shown = await inbox.frameLocator('iframe').locator('body').innerText()
    await fill(page, { Code: /\b\d{6}\b/.exec(shown)?.[0] ?? '' }, 'Continue')
    await page.waitForURL('**/account')
    const main = page.getByRole('main')
    await main.getByText(email).waitFor()
    expect(await main.innerText()).toMatch(/Chrome on Linux\s+this one\s+127\.0\.0\.1/)
    const greeting = await context.request.get(`${example.origin}/api/greeting`)
    expect(await greeting.json()).toEqual({
      greeting: `Hello, ${/anna\d+/.exec(email)?.[0].replace('a', 'A')}`,
    })
    // Scripts read no token.
    expect(await page.evaluate('document.cookie')).toBe('')
  })

  test('a second browser is seen, and ended from the first', async () => {
    const email = newAddress()
    const page = await newcomer(context, example, email)
    const other = await browser.newContext({
      userAgent: 'Mozilla/5.0 (Windows NT 10.0) Firefox/140.0',
    })
    const second = await returning(other, example, email)
    await page.reload()
    await page.getByRole('button', { name: 'End the session of Firefox on Windows' }).click()
    await page.getByText('The session has ended.').waitFor()
    await second.reload()
    expect(pathOf(second)).toBe('/sign-in')
    expect(await second.getByRole('alert').textContent()).toMatch(/session has ended/)
    await signIn(second, example, email)
    await goto(page, '/account')
    await page.getByRole('button', { name: 'End all others' }).click()
    await page.getByText('All other sessions have ended.').waitFor()
    await second.reload()
    expect(pathOf(second)).toBe('/sign-in')
    await other.close()
  })

  test('a forgotten password: looking at the link uses nothing up, the form does', async () => {
    const email = newAddress()
    const page = await newcomer(context, example, email)
    const visitor = await (await browser.newContext()).newPage()
    await goto(visitor, '/forgot-password')
    await fill(visitor, { 'E-mail address': email }, 'Send me a link')
    const link = linkIn(await example.newMail(email, /new password/))
    await visitor.goto(link)
    await visitor.goto(link)
    await fill(visitor, { 'New password': 'another long password' }, 'Save password')
    await visitor.getByText('Your new password is set.').waitFor()
    await page.reload()
    expect(pathOf(page)).toBe('/sign-in')
    await signIn(page, example, email, 'another long password')
    await visitor.goto(link)
    await fill(visitor, { 'New password': 'a third long password' }, 'Save password')
    expect(await visitor.getByRole('alert').textContent()).toMatch(/not valid or has been used/)
    await visitor.context().close()
  })

  test('whom the administrator blocks is out at the next click, until unblocked', async () => {
    const email = newAddress()
    const page = await newcomer(context, example, email)
    await goto(page, '/people')
    // For everybody else there is no such page.
    expect(await page.getByRole('heading').first().textContent()).toBe('This did not work')
    const admin = await newcomer(await browser.newContext(), example, ADMIN)
    await admin.getByRole('link', { name: 'People' }).click()
    await admin.getByRole('button', { name: `Block ${email}`, exact: true }).click()
    await admin.getByText('The account is blocked').waitFor()
    await goto(page, '/account')
    expect(pathOf(page)).toBe('/sign-in')
    expect(await page.getByRole('alert').textContent()).toBe('This account is blocked.')
    await fill(page, { 'E-mail address': email, Password: PASSWORD }, 'Sign in')
    expect(await page.getByRole('alert').textContent()).toBe('This account is blocked.')
    await admin.getByRole('button', { name: `Unblock ${email}`, exact: true }).click()
    await admin.getByText('may sign in again').waitFor()
    await signIn(page, example, email)
    await admin.context().close()
  })

  test('a double click on any button does what one click does', async () => {
    const email = newAddress()
    const page = await context.newPage()
    const twice = async (button: string): Promise<void> =>
      page.getByRole('main').getByRole('button', { name: button, exact: true }).dblclick(SLOWLY)
    await goto(page, '/register')
    await page.getByLabel('Your name').fill('Anna')
    await page.getByLabel('E-mail address').fill(email)
    await page.getByLabel('Password').fill(PASSWORD)
    await twice('Make account')
    await page.waitForURL('**/sign-in?*')
    await page.getByLabel('E-mail address').fill(email)
    await page.getByLabel('Password').fill(PASSWORD)
    await twice('Sign in')
    await page.waitForURL('**/sign-in/code')
    const { text } = await example.newMail(email, /sign-in code/)
    await page.getByLabel('Code').fill(/\b\d{6}\b/.exec(text)?.[0] ?? '')
    await twice('Continue')
    await page.waitForURL('**/account')
    expect(await eventsOf(email, 'OTP_SENT')).toBe(1)
    expect(await eventsOf(email, 'LOGIN_SUCCESS')).toBe(1)
    // Nobody was told that somebody registers the address once more.
    expect(await example.mails(email, /./)).toHaveLength(1)

    const others = [await browser.newContext(), await browser.newContext()]
    for (const other of others) await returning(other, example, email)
    await page.reload()
    await page.getByRole('button', { name: 'End the session of' }).first().dblclick(SLOWLY)
    await page.getByText('The session has ended.').waitFor()
    await twice('End all others')
    await page.getByText('All other sessions have ended.').waitFor()
    await goto(page, '/account/password')
    await page.getByLabel('Current password').fill(PASSWORD)
    await page.getByLabel('New password').fill('another long password')
    await twice('Save password')
    await page.getByText('Your password is changed.').waitFor()
    const download = page.waitForEvent('download')
    await twice('Download')
    expect((await download).suggestedFilename()).toBe('account.json')
    await page.getByRole('button', { name: 'Sign out' }).dblclick(SLOWLY)
    await page.getByText('You are signed out.').waitFor()
    await goto(page, '/forgot-password')
    await page.getByLabel('E-mail address').fill(email)
    await twice('Send me a link')
    const link = linkIn(await example.newMail(email, /Choose a new password/))
    await page.goto(link)
    await page.getByLabel('New password').fill('a third long password')
    await twice('Save password')
    await page.getByText('Your new password is set.').waitFor()
    await signIn(page, example, email, 'a third long password')
    await goto(page, '/account/delete')
    await twice('Delete my account')
    await page.getByText('Your account is deleted.').waitFor()
    expect(await example.app.mindmesh.user.getByEmail(email)).toBeNull()
    for (const other of others) await other.close()
  })

  test('after signing out, the back button shows nothing of the account', async () => {
    const email = newAddress()
    const page = await context.newPage()
    await register(page, example, email)
    await signIn(page, example, email)
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByText('You are signed out.').waitFor()
    // Not goBack, which waits for a load: the browser has kept the page.
    await page.evaluate('history.back()')
    await page.waitForURL((url) => url.pathname === '/sign-in' && url.search === '')
    expect(await page.content()).not.toContain(email)
  })

  test('two tabs whose token has run out are both renewed, by one rotation', async () => {
    const email = newAddress()
    const page = await newcomer(context, example, email)
    const second = await context.newPage()
    example.clock.advance({ minutes: 16 })
    await Promise.all([goto(page, '/account'), goto(second, '/account')])
    expect([pathOf(page), pathOf(second)]).toEqual(['/account', '/account'])
    expect(await eventsOf(email, 'SESSION_REFRESHED')).toBe(1)
    example.clock.advance({ minutes: 16 })
    await Promise.all([goto(second, '/account'), goto(page, '/account')])
    expect([pathOf(page), pathOf(second)]).toEqual(['/account', '/account'])
    expect(await eventsOf(email, 'SESSION_REFRESHED')).toBe(2)
  })

  // What depends on the pages alone, which both servers have, is walked on one of them.
  if (name !== 'node') return

  test('an address is changed by the mail to the new one and restored by the mail to the old one', async () => {
    const [old, next] = [newAddress(), newAddress()]
    const page = await newcomer(context, example, old)
    await page.getByRole('link', { name: 'Change address' }).click()
    await fill(page, { 'New address': next }, 'Send the link')
    await page.goto(linkIn(await example.newMail(next, /Confirm your new address/)))
    await fill(page, {}, 'Confirm')
    await page.getByText('Your new address is confirmed.').waitFor()
    await signIn(page, example, next)
    await page.goto(linkIn(await example.newMail(old, /was changed/)))
    await fill(page, {}, 'Restore')
    await page.getByText('Your address is restored.').waitFor()
    await signIn(page, example, old)
    expect(await page.getByRole('main').innerText()).toContain(old)
  })

  test('a password is changed, and the other sessions end', async () => {
    const email = newAddress()
    const page = await newcomer(context, example, email)
    const other = await returning(await browser.newContext(), example, email)
    await page.getByRole('link', { name: 'Change password' }).click()
    await fill(page, { 'Current password': 'wrong', 'New password': PASSWORD }, 'Save password')
    await page.getByRole('alert').waitFor()
    const right = { 'Current password': PASSWORD, 'New password': 'another long password' }
    await fill(page, right, 'Save password')
    await page.getByText('Your password is changed.').waitFor()
    await other.reload()
    expect(pathOf(other)).toBe('/sign-in')
    await other.context().close()
  })

  test('what matters asks for the password once more, and then goes on', async () => {
    const email = newAddress()
    const page = await newcomer(context, example, email)
    example.clock.advance({ minutes: 16 })
    await goto(page, '/account/delete')
    await fill(page, {}, 'Delete my account')
    await page.waitForURL((url) => url.pathname === '/account/confirm')
    await fill(page, { Password: 'wrong' }, 'Confirm')
    await page.getByRole('main').getByRole('alert').waitFor()
    expect(await page.getByLabel('Password').getAttribute('aria-describedby')).toBe(
      'password-error',
    )
    await fill(page, { Password: PASSWORD }, 'Confirm')
    await page.waitForURL((url) => url.pathname === '/account/delete')
    await fill(page, {}, 'Delete my account')
    await page.getByText('Your account is deleted.').waitFor()
  })

  test('everything works without scripts, and at 127.0.0.1', async () => {
    const email = newAddress()
    const plain = await browser.newContext({ javaScriptEnabled: false })
    const page = await plain.newPage()
    const origin = example.origin.replace('localhost', '127.0.0.1')
    await register(page, { ...example, origin }, email)
    await signIn(page, { ...example, origin }, email)
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByText('You are signed out.').waitFor()
    await page.goto(`${origin}/account`)
    expect(pathOf(page)).toBe('/sign-in')
    await plain.close()
  })
})
