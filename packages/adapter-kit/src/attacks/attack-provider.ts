import type { OAuthAnswer } from '@mindmesh/auth'
import { OAuthProviderError, type OAuthIdentity, type OAuthProvider } from '@mindmesh/auth/ports'

/** What a provider says of a person; the rest is filled in. */
export type ProviderPerson = Partial<OAuthIdentity> & Pick<OAuthIdentity, 'subject'>

/** A provider that keeps nothing, so that several processes can share it: its codes hold what they were given for. */
export interface AttackProvider extends OAuthProvider {
  /** Somebody consents in the browser that was sent to this URL: the answer that comes back with it. */
  consent(start: { readonly url: string }, person: ProviderPerson): ProviderAnswer
}

/** An answer with a code. */
export type ProviderAnswer = OAuthAnswer & { readonly code: string }

/** Somebody whose address the provider has verified. */
export function personAt(email: string, subject = `subject of ${email}`): ProviderPerson {
  return { subject, email, emailVerified: true }
}

/** Makes one. Like a real one it gives an identity only to the request that its code was given for. */
export function attackProvider(id: string): AttackProvider {
  const issuer = `https://${id}.test`
  return {
    id,
    name: `${id} Inc.`,
    issuer,
    responseMode: 'query',
    authorizationUrl: (request) =>
      new URL(`${issuer}/authorize?${new URLSearchParams({ ...request }).toString()}`),
    consent({ url }, person) {
      const asked = Object.fromEntries(new URL(url).searchParams)
      const code = Buffer.from(JSON.stringify({ asked, person })).toString('base64url')
      const state = String(asked['state'])
      return { code, state, browserState: state, iss: issuer }
    },
    async exchange({ code, codeVerifier, nonce, redirectUri }) {
      const { asked, person } = readCode(code)
      const isSame =
        asked.codeVerifier === codeVerifier &&
        asked.nonce === nonce &&
        asked.redirectUri === redirectUri
      if (!isSame) throw new OAuthProviderError('refused')
      return { ...NOBODY, ...person }
    },
  }
}

interface CodeContent {
  readonly asked: Readonly<Record<'codeVerifier' | 'nonce' | 'redirectUri', string>>
  readonly person: ProviderPerson
}

function readCode(code: string): CodeContent {
  try {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- made by `consent`, or refused below
    return JSON.parse(Buffer.from(code, 'base64url').toString()) as CodeContent
  } catch {
    throw new OAuthProviderError('refused')
  }
}

const NOBODY = {
  email: null,
  emailVerified: false,
  name: null,
  givenName: null,
  familyName: null,
  pictureUrl: null,
  claims: {},
}
