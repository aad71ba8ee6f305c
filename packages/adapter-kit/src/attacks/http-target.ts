/** Routes that are attacked. */
export interface HttpTarget {
  /** What answers, for a request from the address of a socket. */
  readonly fetch: (request: Request, peer: string) => Promise<Response>
  /** Where the routes stand, without a slash at the end, for example `https://app.example.com/auth`. */
  readonly base: string
}

/** An answer, read. */
export interface HttpAnswer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The `code` of a problem document, or `ok`. */
  readonly code: string
}

/** What is sent. */
export interface HttpSent {
  readonly method?: string
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  /** @default '192.0.2.1' */
  readonly peer?: string
}

/** Sends one request as no browser does: without cookies and origin. */
export async function sendTo(
  { fetch, base }: HttpTarget,
  path: string,
  { body, headers = {}, peer = '192.0.2.1', ...sent }: HttpSent = {},
): Promise<HttpAnswer> {
  const text = typeof body === 'string' || body === undefined ? body : JSON.stringify(body)
  const method = sent.method ?? (text === undefined ? 'GET' : 'POST')
  const type = text === undefined ? {} : { 'content-type': 'application/json' }
  const init = {
    method,
    headers: { ...type, ...headers },
    ...(text === undefined ? {} : { body: text }),
  }
  const response = await fetch(new Request(base + path, init), peer)
  const answered = await response.text()
  return {
    status: response.status,
    headers: response.headers,
    text: answered,
    code: codeOf(response.status, answered),
  }
}

function codeOf(status: number, text: string): string {
  if (status < 400) return 'ok'
  const code: unknown = Object(JSON.parse(text)).code
  return typeof code === 'string' ? code : `status ${status}`
}
