import { createHmac } from 'node:crypto'
import type { OAuthProvider } from '@mindmesh/auth/ports'
import { Facebook } from 'arctic'
import { asClaims, requireText, textOf } from './shared/claims.ts'
import { assertGiven, type ClientOptions } from './shared/client-options.ts'
import { fetchJson } from './shared/fetch-json.ts'
import { accessTokenOf, redeem } from './shared/redeem.ts'
import { withParams } from './shared/with-params.ts'

const ME = new URL('https://graph.facebook.com/me?fields=id,name,first_name,last_name,email')

/** Facebook. Does not say whether an address is verified, so none counts as such. Has neither PKCE nor a nonce here. */
export function facebook({ clientId, clientSecret }: ClientOptions): OAuthProvider {
  assertGiven('facebook', { clientId, clientSecret })
  const clientAt = (redirectUri: string): Facebook =>
    new Facebook(clientId, clientSecret, redirectUri)
  return {
    id: 'facebook',
    name: 'Facebook',
    issuer: null,
    responseMode: 'query',
    authorizationUrl: ({ state, redirectUri }) =>
      clientAt(redirectUri).createAuthorizationURL(state, ['public_profile', 'email']),
    async exchange({ code, redirectUri, signal }) {
      const tokens = await redeem(clientAt(redirectUri).validateAuthorizationCode(code))
      const accessToken = accessTokenOf(tokens)
      // Shows that the token is used by whom it was given to; apps can demand it.
      const proof = createHmac('sha256', clientSecret).update(accessToken).digest('hex')
      const url = withParams(ME, { appsecret_proof: proof })
      const user = asClaims(await fetchJson(url, { accessToken, signal }))
      return {
        subject: requireText(user, 'id'),
        email: textOf(user, 'email'),
        emailVerified: false,
        name: textOf(user, 'name'),
        givenName: textOf(user, 'first_name'),
        familyName: textOf(user, 'last_name'),
        pictureUrl: null,
        claims: user,
      }
    },
  }
}
