import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { OAuthAnswer, OAuthStart } from '@mindmesh/auth'
import { oidc } from '@mindmesh/auth-oauth/oidc'
import type { OAuthProvider } from '@mindmesh/auth/ports'
import type { KoaContextWithOIDC, Provider } from 'oidc-provider'

/** Somebody who has an account at the provider. */
export interface OidcPerson {
  readonly sub: string
  readonly email?: string
  readonly email_verified?: boolean
}

/** What the provider does wrong at an endpoint of its own, while it is set. */
export type Misbehaviour = (response: ServerResponse) => void

/** A real OpenID Connect provider on loopback, with a browser that visits it. */
export interface OidcTestProvider {
  readonly provider: OAuthProvider
  readonly misbehave: { token: Misbehaviour | null; userinfo: Misbehaviour | null }
  /** Follows the URL as a browser does, until the provider sends it back to the app. `null` refuses. */
  visit(
    start: OAuthStart,
    person: OidcPerson | null,
  ): Promise<OAuthAnswer & { code: string | null }>
  close(): Promise<void>
}

// Characters that a client which does not encode its secret gets wrong (RFC 6749 §2.3.1).
const CLIENT = { clientId: 'mindmesh', clientSecret: 'a+b%20/ :=&~' } as const

/** Starts a provider that demands PKCE and knows one client with this callback. */
export async function startOidcProvider(redirectUri: string): Promise<OidcTestProvider> {
  const people = new Map<string, OidcPerson>()
  const misbehave: OidcTestProvider['misbehave'] = { token: null, userinfo: null }
  let visitor: OidcPerson | null = null
  // Its address has to be known before it is made.
  let serve = async (_request: IncomingMessage, response: ServerResponse): Promise<void> => {
    response.end()
  }
  const server = createServer((request, response) => void serve(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const issuer = `http://127.0.0.1:${port}`
  const real = await makeProvider(issuer, redirectUri, people)
  const answer = real.callback()
  serve = async (request, response) => {
    const wrong = new Map([
      ['/token', misbehave.token],
      ['/me', misbehave.userinfo],
    ]).get(request.url ?? '')
    if (wrong) wrong(response)
    else if (request.url?.startsWith('/interaction/'))
      await interact(real, visitor, request, response)
    else await answer(request, response)
  }
  return {
    provider: oidc({
      id: 'real',
      issuer,
      ...CLIENT,
      authorizationEndpoint: `${issuer}/auth`,
      tokenEndpoint: `${issuer}/token`,
      userinfoEndpoint: `${issuer}/me`,
    }),
    misbehave,
    async visit(start, person) {
      visitor = person
      if (person !== null) people.set(person.sub, person)
      const query = (await browse(start.url, redirectUri)).searchParams
      return {
        state: query.get('state') ?? '',
        browserState: start.state,
        code: query.get('code'),
        error: query.get('error'),
        iss: query.get('iss'),
      }
    },
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeAllConnections()
      await closed
    },
  }
}

/** Its notices of what must not be used in production would fill the test's output. */
async function makeProvider(
  issuer: string,
  redirectUri: string,
  people: ReadonlyMap<string, OidcPerson>,
): Promise<Provider> {
  const { info, warn } = console
  console.info = () => undefined
  console.warn = () => undefined
  try {
    const { Provider: OidcProvider } = await import('oidc-provider')
    return new OidcProvider(issuer, {
      clients: [
        {
          client_id: CLIENT.clientId,
          client_secret: CLIENT.clientSecret,
          redirect_uris: [redirectUri],
          grant_types: ['authorization_code'],
          response_types: ['code'],
        },
      ],
      pkce: { required: () => true },
      claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
      features: { devInteractions: { enabled: false } },
      cookies: { keys: ['a key of the tests'] },
      interactions: { url: (_context: KoaContextWithOIDC, { uid }) => `/interaction/${uid}` },
      findAccount: (_context: KoaContextWithOIDC, id: string) => ({
        accountId: id,
        claims: async () => ({ ...people.get(id), sub: id }),
      }),
      ttl: { Grant: 600, Interaction: 600, Session: 600, AccessToken: 600, IdToken: 600 },
    })
  } finally {
    Object.assign(console, { info, warn })
  }
}

async function interact(
  provider: Provider,
  visitor: OidcPerson | null,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (visitor === null) {
    const refusal = { error: 'access_denied', error_description: 'The person said no.' }
    return provider.interactionFinished(request, response, refusal)
  }
  const grant = new provider.Grant({ accountId: visitor.sub, clientId: CLIENT.clientId })
  grant.addOIDCScope('openid email profile')
  const grantId = await grant.save()
  const consent = { login: { accountId: visitor.sub }, consent: { grantId } }
  await provider.interactionFinished(request, response, consent)
}

/** A browser that keeps cookies and stops at the app's door. */
async function browse(start: string, redirectUri: string): Promise<URL> {
  const cookies = new Map<string, string>()
  for (let url = new URL(start), hops = 0; hops < 10; hops += 1) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await fetch(url, { redirect: 'manual', headers: { cookie } })
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      cookies.set(name, value)
    }
    const location = response.headers.get('location')
    if (location === null) throw new Error(`The provider stopped: ${await response.text()}`)
    url = new URL(location, url)
    if (url.href.startsWith(redirectUri)) return url
  }
  throw new Error('The provider never came back.')
}
