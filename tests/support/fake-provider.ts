import { randomUUID } from 'node:crypto'
import type { OAuthAnswer, OAuthStart } from '@mindmesh/auth'
import {
  OAuthProviderError,
  type AuthorizationRequest,
  type OAuthIdentity,
  type OAuthProvider,
} from '@mindmesh/auth/ports'

/** What a test says of a person; the rest is filled in. */
export type Person = Partial<OAuthIdentity> & Pick<OAuthIdentity, 'subject'>

/** A provider behind the port that is as strict as a real one: codes are used once and by whoever asked for them. */
export interface FakeProvider extends OAuthProvider {
  /** May be replaced, to have it fail or to let things happen meanwhile. */
  exchange: OAuthProvider['exchange']
  /** What it was asked for, by state. */
  readonly requests: ReadonlyMap<string, AuthorizationRequest>
  /** Somebody consents in the browser that was sent there: the answer that comes back with it. */
  consent(start: OAuthStart, person: Person): OAuthAnswer & { readonly code: string }
}

/** Somebody whose address the provider has verified. */
export function personAt(email: string, subject = `subject of ${email}`): Person {
  return { subject, email, emailVerified: true }
}

export function fakeProvider(id: string): FakeProvider {
  const requests = new Map<string, AuthorizationRequest>()
  const codes = new Map<
    string,
    { readonly request: AuthorizationRequest; readonly person: Person }
  >()
  return {
    requests,
    id,
    name: `${id} Inc.`,
    issuer: `https://${id}.test`,
    responseMode: 'query',
    authorizationUrl(request) {
      requests.set(request.state, request)
      const { state, redirectUri } = request
      const query = new URLSearchParams({ state, redirect_uri: redirectUri })
      return new URL(`https://${id}.test/authorize?${query}`)
    },
    consent(start, person) {
      const request = requests.get(start.state)
      if (request === undefined) throw new Error('Nobody asked for this.')
      const code = randomUUID()
      codes.set(code, { request, person })
      const { state } = start
      return { code, state, browserState: state, iss: `https://${id}.test` }
    },
    async exchange({ code, codeVerifier, nonce, redirectUri }) {
      const found = codes.get(code)
      codes.delete(code)
      const isSame =
        found?.request.codeVerifier === codeVerifier &&
        found.request.nonce === nonce &&
        found.request.redirectUri === redirectUri
      if (!isSame) throw new OAuthProviderError('refused')
      return {
        email: null,
        emailVerified: false,
        name: null,
        givenName: null,
        familyName: null,
        pictureUrl: null,
        claims: {},
        ...found.person,
      }
    },
  }
}
