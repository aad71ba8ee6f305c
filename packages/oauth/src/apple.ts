import type { OAuthProvider } from '@mindmesh/auth/ports'
import { Apple } from 'arctic'
import { asClaims, identityOf, textOf } from './shared/claims.ts'
import { assertGiven } from './shared/client-options.ts'
import { readIdToken } from './shared/id-token.ts'
import { pkcs8Of } from './shared/pkcs8-of.ts'
import { redeem } from './shared/redeem.ts'
import { withParams } from './shared/with-params.ts'

const ISSUER = 'https://appleid.apple.com'

/** How the app is known at Apple. */
export interface AppleOptions {
  /** The Services ID. */
  readonly clientId: string
  readonly teamId: string
  readonly keyId: string
  /** The key's .p8 file, as text. */
  readonly privateKey: string
}

/** Sign in with Apple. Gives verified addresses only, often relayed ones. Answers by a cross-site POST. */
export function apple({ clientId, teamId, keyId, privateKey }: AppleOptions): OAuthProvider {
  assertGiven('apple', { clientId, teamId, keyId, privateKey })
  const key = pkcs8Of(privateKey, 'apple.privateKey')
  const clientAt = (redirectUri: string): Apple =>
    new Apple(clientId, teamId, keyId, key, redirectUri)
  return {
    id: 'apple',
    name: 'Apple',
    issuer: ISSUER,
    responseMode: 'form_post',
    authorizationUrl({ state, nonce, redirectUri }) {
      const url = clientAt(redirectUri).createAuthorizationURL(state, ['name', 'email'])
      return withParams(url, { nonce, response_mode: 'form_post' })
    },
    async exchange({ code, nonce, redirectUri, now, userField }) {
      const tokens = await redeem(clientAt(redirectUri).validateAuthorizationCode(code))
      const claims = readIdToken(tokens, { issuers: [ISSUER], audience: clientId, nonce, now })
      return { ...identityOf(claims), ...namesOf(userField) }
    },
  }
}

/** Apple tells names once, beside the first code and outside the id_token. */
function namesOf(userField: string | null) {
  try {
    const names = asClaims(asClaims(JSON.parse(userField ?? '{}'))['name'])
    const [givenName, familyName] = [textOf(names, 'firstName'), textOf(names, 'lastName')]
    const name = [givenName, familyName].filter((part) => part !== null).join(' ')
    return { givenName, familyName, name: name === '' ? null : name }
  } catch {
    return {}
  }
}
