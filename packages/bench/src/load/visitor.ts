/** One person who uses an app: signs in again now and then, refreshes, and is checked with everything else. */
export interface Visitor {
  readonly email: string
  accessToken: string
  refreshToken: string
}

/** What came of one request. */
export interface Answer {
  readonly kind: 'check' | 'refresh' | 'login'
  readonly milliseconds: number
  /** Why it failed, else `null`. */
  readonly failure: string | null
}

/** How visitors reach the servers and their mail. */
export interface Reach {
  /** The server whose turn it is. */
  origin(): string
  nextCode(email: string): Promise<string>
  readonly password: string
}

/** 95 of 100 are session checks, 4 refreshes, 1 signs in with both steps. */
export async function visit(visitor: Visitor, reach: Reach, chance: number): Promise<Answer> {
  const began = performance.now()
  const kind = chance < 0.95 ? 'check' : chance < 0.99 ? 'refresh' : 'login'
  const failure = await call[kind](visitor, reach).then(
    () => null,
    (error: unknown) => String(error),
  )
  return { kind, failure, milliseconds: performance.now() - began }
}

interface Tokens {
  readonly accessToken: string
  readonly refreshToken: string
}

const call = {
  async check({ accessToken }: Visitor, reach: Reach): Promise<void> {
    const headers = { authorization: `Bearer ${accessToken}` }
    await ask(`${reach.origin()}/auth/me`, { headers })
  },
  async refresh(visitor: Visitor, reach: Reach): Promise<void> {
    const { refreshToken } = visitor
    const answer = await post<{ tokens: Tokens }>(reach, 'refresh', { refreshToken })
    Object.assign(visitor, answer.tokens)
  },
  async login(visitor: Visitor, reach: Reach): Promise<void> {
    Object.assign(visitor, await signIn(visitor.email, reach))
  },
}

/** Signs in with both steps. */
export async function signIn(email: string, reach: Reach): Promise<Tokens> {
  const sent = reach.nextCode(email)
  const login = { email, password: reach.password }
  const { challengeId } = await post<{ challengeId: string }>(reach, 'login', login)
  const answer = { email, code: await sent, challengeId }
  return (await post<{ tokens: Tokens }>(reach, 'verify-otp', answer)).tokens
}

async function post<Result>(reach: Reach, route: string, body: object): Promise<Result> {
  return ask<Result>(`${reach.origin()}/auth/${route}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ mode: 'token', ...body }),
  })
}

async function ask<Result>(url: string, init: RequestInit): Promise<Result> {
  const response = await fetch(url, init)
  const text = await response.text()
  if (!response.ok) throw new Error(`${response.status} ${text}`)
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the answer of the route
  return JSON.parse(text) as Result
}
