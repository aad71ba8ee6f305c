import { sendTo, type HttpAnswer, type HttpSent, type HttpTarget } from './http-target.ts'

/** A victim's browser, as far as cookies go. */
export interface AttackBrowser {
  readonly cookies: ReadonlyMap<string, string>
  /** A request of a page; that of the app's own site unless `origin` says otherwise. Cookies come along by themselves. */
  send(path: string, sent?: HttpSent & { readonly origin?: string | null }): Promise<HttpAnswer>
}

/** A browser without cookies. */
export function attackBrowser(target: HttpTarget): AttackBrowser {
  const cookies = new Map<string, string>()
  const own = new URL(target.base).origin
  return {
    cookies,
    async send(path, { origin = own, headers = {}, ...sent } = {}) {
      const answer = await sendTo(target, path, {
        ...sent,
        headers: {
          ...(origin === null ? {} : { origin }),
          ...(cookies.size > 0 ? { cookie: headerOf(cookies) } : {}),
          ...headers,
        },
      })
      for (const line of answer.headers.getSetCookie()) keep(cookies, line)
      return answer
    },
  }
}

function headerOf(cookies: ReadonlyMap<string, string>): string {
  return [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
}

function keep(cookies: Map<string, string>, line: string): void {
  const [pair = ''] = line.split(';')
  const at = pair.indexOf('=')
  if (/max-age=0/i.test(line)) cookies.delete(pair.slice(0, at))
  else cookies.set(pair.slice(0, at), pair.slice(at + 1))
}
