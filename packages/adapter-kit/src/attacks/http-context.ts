import type { AttackContext } from './attack-context.ts'
import { PASSWORD } from './attack-context.ts'
import { attackBrowser, type AttackBrowser } from './attack-browser.ts'
import { sendTo, type HttpAnswer, type HttpSent, type HttpTarget } from './http-target.ts'

/** What a case over HTTP may use. */
export interface HttpAttackContext extends AttackContext {
  readonly target: HttpTarget
}

/** One request as no browser sends it. */
export async function send(
  { target }: HttpAttackContext,
  path: string,
  sent?: HttpSent,
): Promise<HttpAnswer> {
  return sendTo(target, path, sent)
}

/** The browser of somebody registered, signed in by both steps. */
export async function signedInBrowser(c: HttpAttackContext, email: string): Promise<AttackBrowser> {
  const browser = attackBrowser(c.target)
  await browser.send('/login', { body: { email, password: PASSWORD } })
  await browser.send('/verify-otp', { body: { code: await mailedCode(c, email) } })
  return browser
}

/** The code of the newest mail. */
export async function mailedCode(c: HttpAttackContext, email: string): Promise<string> {
  return /\b\d{6}\b/.exec((await c.newestMail(email)).text)?.[0] ?? ''
}
