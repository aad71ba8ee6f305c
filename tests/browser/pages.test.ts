import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { AxeResults } from 'axe-core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fakeProvider } from '../support/fake-provider.ts'
import { hasBrowser, launchBrowser } from './support/launch-browser.ts'
import { ADMIN, openExample, type Example } from './support/open-example.ts'
import { askForCode, fill, newcomer, PASSWORD, register, returning } from './support/person.ts'

const SIZES = { phone: { width: 390, height: 844 }, desk: { width: 1280, height: 800 } }

/** `pnpm screenshots` asks for pictures of what is looked at here; the folder is relative to the root. */
const pictures = process.env['MINDMESH_SCREENSHOTS']

type Look = readonly [keyof typeof SIZES, 'light' | 'dark']
/** Colours do not depend on the size, nor the layout on the colours: two looks see both of both. Pictures are of all. */
const LOOKS: readonly Look[] = [
  ['phone', 'light'],
  ['desk', 'dark'],
  ...(pictures === undefined
    ? []
    : ([
        ['phone', 'dark'],
        ['desk', 'light'],
      ] satisfies Look[])),
]
const folder = fileURLToPath(new URL(`../../${pictures ?? ''}`, import.meta.url))

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** What axe-core finds in the page as it stands, if it matters much. */
async function faultsOf(page: Page): Promise<readonly string[]> {
  if (!(await page.evaluate(`'axe' in window`))) await page.evaluate(axe)
  const { violations } = await page.evaluate<AxeResults>(
    `axe.run(document, { resultTypes: ['violations'], preload: false })`,
  )
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
}

describe.skipIf(!hasBrowser)('pages', () => {
  let browser: Browser
  let example: Example

  beforeAll(async () => {
    browser = await launchBrowser()
    example = await openExample('node', { providers: [fakeProvider('hub')] })
    if (pictures !== undefined) mkdirSync(folder, { recursive: true })
  })
  afterAll(async () => example.close())

  /** The page by day and by night, on a phone and on a desk: what axe calls serious there, and what is cut off. */
  async function look(page: Page, name: string): Promise<readonly string[]> {
    const found: string[] = []
    for (const [size, colorScheme] of LOOKS) {
      await page.setViewportSize(SIZES[size])
      await page.emulateMedia({ colorScheme })
      const title = `${name}-${size}-${colorScheme}`
      for (const fault of await faultsOf(page)) found.push(`${title}: ${fault}`)
      const width = await page.evaluate<number>('document.documentElement.scrollWidth')
      if (width > SIZES[size].width) found.push(`${title} scrolls sideways`)
      if (pictures !== undefined) await page.screenshot({ path: `${folder}/${title}.png` })
    }
    return found
  }

  test('pages: those for visitors have no serious fault, also with something wrong in them', async () => {
    const context = await browser.newContext()
    const page = await context.newPage()
    const paths = {
      welcome: '/',
      'sign-in': '/sign-in',
      register: '/register',
      'forgot-password': '/forgot-password',
      'mail-sent': '/mail-sent',
      'reset-password': '/reset-password?token=x',
      'confirm-address': '/confirm-address?token=x',
      'restore-address': '/restore-address?token=x',
      'sign-out': '/sign-out',
      'provider-refused': '/sign-in/provider?oauth=oauth_denied',
      'provider-unknown': '/sign-in/provider?oauth=link_required',
      'inbox-empty': '/inbox',
      'not-found': '/nowhere',
    }
    for (const [name, path] of Object.entries(paths)) {
      await page.goto(example.origin + path)
      expect(await look(page, name)).toEqual([])
    }
    await page.goto(`${example.origin}/register`)
    const values = { 'Your name': 'Anna', 'E-mail address': 'anna@example.com', Password: 'short' }
    await fill(page, values, 'Make account')
    await page.getByRole('alert').waitFor()
    expect(await look(page, 'register-refused')).toEqual([])
    await page.goto(`${example.origin}/reset-password?token=x`)
    await fill(page, { 'New password': PASSWORD }, 'Save password')
    await page.getByRole('alert').waitFor()
    expect(await look(page, 'reset-password-refused')).toEqual([])
    await context.close()
  })

  test('pages: those of an account and of the inbox have no serious fault', async () => {
    const email = 'anna.weber@example.com'
    const laptop = await browser.newContext()
    const page = await newcomer(laptop, example, email)
    const userAgent =
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1'
    const phone = await browser.newContext({ userAgent })
    await returning(phone, example, email)
    for (const [name, path] of Object.entries({
      account: '/account',
      'change-password': '/account/password',
      'change-address': '/account/address',
      'verify-address': '/account/verify',
      'delete-account': '/account/delete',
      'confirm-password': '/account/confirm?next=/account/delete',
    })) {
      await page.goto(example.origin + path)
      expect(await look(page, name)).toEqual([])
    }
    await page.goto(`${example.origin}/account/password`)
    await fill(page, { 'Current password': 'wrong', 'New password': 'x' }, 'Save password')
    await page.getByRole('alert').waitFor()
    expect(await look(page, 'change-password-refused')).toEqual([])
    const visitor = await (await browser.newContext()).newPage()
    await askForCode(visitor, example, email)
    expect(await look(visitor, 'sign-in-code')).toEqual([])
    await fill(visitor, { Code: '12345' }, 'Continue')
    await visitor.getByRole('alert').waitFor()
    expect(await look(visitor, 'sign-in-code-refused')).toEqual([])
    await page.goto(`${example.origin}/inbox`)
    await page.frameLocator('iframe').getByText('sign in', { exact: false }).first().waitFor()
    expect(await look(page, 'inbox')).toEqual([])
  })

  test('pages: that of the administrator has no serious fault', async () => {
    const context = await browser.newContext()
    for (const email of ['ben.okafor@example.com', 'eva.lind@example.com']) {
      await register(await context.newPage(), example, email)
    }
    const page = await newcomer(context, example, ADMIN)
    await page.goto(`${example.origin}/people`)
    await page.getByRole('button', { name: 'Block ben.okafor@example.com' }).click()
    await page.getByText('The account is blocked').waitFor()
    expect(await look(page, 'people')).toEqual([])
  })

  test('pages: everything is reached by the keyboard, in the order in which it is read', async () => {
    const page = await (await browser.newContext()).newPage()
    await page.goto(`${example.origin}/sign-in`)
    const reached: string[] = []
    for (let n = 0; n < 10; n += 1) {
      await page.keyboard.press('Tab')
      reached.push(
        await page.evaluate<string>(
          `document.activeElement.labels?.[0]?.textContent || document.activeElement.textContent.trim()`,
        ),
      )
    }
    expect(reached).toEqual([
      'Skip to content',
      'Mindmesh example',
      'Sign in',
      'Register',
      'Inbox',
      'E-mail address',
      'Password',
      'Sign in',
      'Forgotten your password?',
      'Continue with hub Inc.',
    ])
  })

  test('pages: what is wrong is tied to its field, and the field is where one is', async () => {
    const page = await (await browser.newContext()).newPage()
    await page.goto(`${example.origin}/register`)
    const values = { 'Your name': 'Anna', 'E-mail address': 'anna@example.com', Password: 'short' }
    await fill(page, values, 'Make account')
    const field = page.getByLabel('Password')
    await page.getByRole('alert').waitFor()
    expect(await field.getAttribute('aria-invalid')).toBe('true')
    const [error] = ((await field.getAttribute('aria-describedby')) ?? '').split(' ')
    expect(await page.locator(`#${error}`).textContent()).toMatch(/at least 8/i)
    expect(await field.evaluate((input) => input.ownerDocument.activeElement === input)).toBe(true)
    expect(await page.getByLabel('Your name').inputValue()).toBe('Anna')
    expect(await field.inputValue()).toBe('')
  })

  test('pages: a code is offered by the phone', async () => {
    const page = await (await browser.newContext()).newPage()
    await register(page, example, 'dora@example.com')
    await askForCode(page, example, 'dora@example.com')
    const code = page.getByLabel('Code')
    expect(await code.getAttribute('autocomplete')).toBe('one-time-code')
    expect(await code.getAttribute('inputmode')).toBe('numeric')
  })
})
