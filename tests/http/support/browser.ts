/** Whatever answers requests: `handler.fetch`, or a server behind the global one. */
export type Fetch = (request: Request) => Promise<Response>

/** An answer, read. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  // oxlint-disable-next-line typescript/no-explicit-any -- a test says what it expects
  readonly json: any
}

/** What differs from a plain JSON post. */
export interface Sent {
  readonly method?: string
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** Sends one request as no browser does: without cookies and origin. */
export async function send(fetch: Fetch, url: string, sent: Sent = {}): Promise<Answer> {
  const { method = sent.body === undefined ? 'GET' : 'POST', body, headers = {} } = sent
  const init = body === undefined ? {} : { body: textOf(body) }
  const type = body === undefined ? {} : { 'content-type': 'application/json' }
  return read(await fetch(new Request(url, { method, ...init, headers: { ...type, ...headers } })))
}

function textOf(body: unknown): string {
  return typeof body === 'string' ? body : JSON.stringify(body)
}

async function read(response: Response): Promise<Answer> {
  const text = await response.text()
  const isJson = /json/.test(response.headers.get('content-type') ?? '')
  const json: unknown = isJson ? JSON.parse(text) : null
  return { status: response.status, headers: response.headers, text, json }
}

/** A page of a site, as far as cookies and the `Origin` header go. */
export class Browser {
  readonly jar = new Map<string, string>()
  readonly #fetch: Fetch
  readonly #base: string
  readonly #origin: string

  constructor(fetch: Fetch, base: string, origin: string = new URL(base).origin) {
    this.#fetch = fetch
    this.#base = base
    this.#origin = origin
  }

  async get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.#send(path, { headers })
  }

  async post(path: string, body: unknown, headers: Readonly<Record<string, string>> = {}) {
    return this.#send(path, { body, headers: { origin: this.#origin, ...headers } })
  }

  /** The `Cookie` header that it would send now. */
  get cookie(): string {
    return [...this.jar].map(([name, value]) => `${name}=${value}`).join('; ')
  }

  async #send(path: string, sent: Sent): Promise<Answer> {
    const headers = { ...(this.jar.size > 0 ? { cookie: this.cookie } : {}), ...sent.headers }
    const answer = await send(this.#fetch, this.#base + path, { ...sent, headers })
    for (const line of answer.headers.getSetCookie()) this.#keep(line)
    return answer
  }

  #keep(line: string): void {
    const [pair = ''] = line.split(';')
    const at = pair.indexOf('=')
    if (/Max-Age=0/.test(line)) this.jar.delete(pair.slice(0, at))
    else this.jar.set(pair.slice(0, at), pair.slice(at + 1))
  }
}
