import type { BrowserContext, Page } from 'playwright-core'
import type { Example } from './open-example.ts'

export const PASSWORD = 'correct horse battery'

/** Fills a page's form and sends it. */
export async function fill(
  page: Page,
  values: Readonly<Record<string, string>>,
  button: string,
): Promise<void> {
  for (const [label, value] of Object.entries(values)) {
    await page.getByLabel(label, { exact: true }).fill(value)
  }
  await page.getByRole('main').getByRole('button', { name: button, exact: true }).click()
}

/** `anna.weber@example.com` is Anna Weber. */
function nameOf(email: string): string {
  const words = email.slice(0, email.indexOf('@')).split('.')
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join(' ')
}

/** Makes an account by the page for it. */
export async function register(page: Page, example: Example, email: string): Promise<void> {
  await page.goto(`${example.origin}/register`)
  const values = { 'Your name': nameOf(email), 'E-mail address': email, Password: PASSWORD }
  await fill(page, values, 'Make account')
  await page.getByText('Thank you.').waitFor()
}

/** The password step; gives the code that is mailed. */
export async function askForCode(
  page: Page,
  example: Example,
  email: string,
  password = PASSWORD,
): Promise<string> {
  const before = await example.mails(email, /sign-in code/)
  await page.goto(`${example.origin}/sign-in`)
  await fill(page, { 'E-mail address': email, Password: password }, 'Sign in')
  await page.waitForURL('**/sign-in/code')
  return newCode(example, email, before.length)
}

/** Signs in with password and code; the page shows the account then. */
export async function signIn(
  page: Page,
  example: Example,
  email: string,
  password = PASSWORD,
): Promise<void> {
  const code = await askForCode(page, example, email, password)
  await fill(page, { Code: code }, 'Continue')
  await page.waitForURL('**/account')
}

/** The link in a mail. */
export function linkIn(mail: { readonly text: string }): string {
  return /https?:\S+/.exec(mail.text)?.[0] ?? ''
}

/** Somebody new, signed in, at the page of their account. Walks through no page: other tests do. */
export async function newcomer(
  context: BrowserContext,
  example: Example,
  email: string,
): Promise<Page> {
  await example.app.mindmesh.auth.register(email, PASSWORD, { displayName: nameOf(email) })
  return returning(context, example, email)
}

/** Somebody who has an account, signed in in one more browser. */
export async function returning(
  context: BrowserContext,
  example: Example,
  email: string,
): Promise<Page> {
  const page = await context.newPage()
  const userAgent = await page.evaluate<string>('navigator.userAgent')
  const post = async (path: string, body: object): Promise<void> => {
    const answer = await context.request.post(`${example.origin}/auth${path}`, {
      data: body,
      headers: { origin: example.origin, 'user-agent': userAgent },
    })
    if (!answer.ok()) throw new Error(await answer.text())
  }
  const before = await example.mails(email, /sign-in code/)
  await post('/login', { email, password: PASSWORD })
  await post('/verify-otp', { code: await newCode(example, email, before.length) })
  await page.goto(`${example.origin}/account`)
  return page
}

async function newCode(example: Example, email: string, after: number): Promise<string> {
  const mail = await example.newMail(email, /sign-in code/, after)
  return /\b\d{6}\b/.exec(mail.text)?.[0] ?? ''
}
