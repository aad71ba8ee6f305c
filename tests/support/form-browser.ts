/** What a page answered. */
export interface PageAnswer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly location: string | null
}

type Site = (request: Request) => Promise<Response>

/** A browser without scripts, as far as cookies, forms and the `Origin` header go. It follows no redirect. */
export class FormBrowser {
  readonly #jar = new Map<string, string>()
  readonly #site: Site
  readonly #origin: string

  constructor(site: Site, origin: string) {
    this.#site = site
    this.#origin = origin
  }

  async get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<PageAnswer> {
    return this.#send(path, { headers })
  }

  async post(
    path: string,
    form: Readonly<Record<string, string>>,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<PageAnswer> {
    const body = new URLSearchParams(form)
    return this.#send(path, { method: 'POST', body, headers: { origin: this.#origin, ...headers } })
  }

  async #send(path: string, init: RequestInit): Promise<PageAnswer> {
    const request = new Request(this.#origin + path, init)
    request.headers.set('cookie', [...this.#jar].map((pair) => pair.join('=')).join('; '))
    const response = await this.#site(request)
    for (const line of response.headers.getSetCookie()) this.#keep(line)
    const { status, headers } = response
    return { status, headers, text: await response.text(), location: headers.get('location') }
  }

  #keep(line: string): void {
    const [pair = ''] = line.split(';')
    const at = pair.indexOf('=')
    if (/Max-Age=0/.test(line)) this.#jar.delete(pair.slice(0, at))
    else this.#jar.set(pair.slice(0, at), pair.slice(at + 1))
  }
}
