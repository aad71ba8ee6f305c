import type { OAuthProvider } from '@mindmesh/auth/ports'
import { MicrosoftEntraId } from 'arctic'
import { identityOf, isTrue, textOf, type Claims } from './shared/claims.ts'
import { assertGiven, type ClientOptions } from './shared/client-options.ts'
import { readIdToken } from './shared/id-token.ts'
import { redeem } from './shared/redeem.ts'
import { withParams } from './shared/with-params.ts'

/** The tenant of personal accounts. */
const CONSUMERS = '9188040d-6c67-4c5b-b112-36a304b66dad'

/** How the app is known at Microsoft, and whom it lets in. */
export interface MicrosoftOptions extends ClientOptions {
  /** A tenant's id, or `common`, `organizations`, `consumers`. @default 'common' */
  readonly tenant?: string
  /** Ids of tenants whose administrators you trust to give nobody another's address, for example your own. @default [] */
  readonly trustedTenants?: readonly string[]
}

/**
 * Microsoft Entra ID. An administrator of any tenant can write any address into `email` (nOAuth), so it counts as
 * verified only with the optional claim `xms_edov` or from a trusted tenant.
 */
export function microsoft(options: MicrosoftOptions): OAuthProvider {
  const { clientId, clientSecret, tenant = 'common', trustedTenants = [] } = options
  assertGiven('microsoft', { clientId, clientSecret, tenant })
  const clientAt = (redirectUri: string): MicrosoftEntraId =>
    new MicrosoftEntraId(tenant, clientId, clientSecret, redirectUri)
  return {
    id: 'microsoft',
    name: 'Microsoft',
    issuer: null,
    responseMode: 'query',
    authorizationUrl({ state, codeVerifier, nonce, redirectUri }) {
      const scopes = ['openid', 'email', 'profile']
      const url = clientAt(redirectUri).createAuthorizationURL(state, codeVerifier, scopes)
      return withParams(url, { nonce })
    },
    async exchange({ code, codeVerifier, nonce, redirectUri, now }) {
      const client = clientAt(redirectUri)
      const tokens = await redeem(client.validateAuthorizationCode(code, codeVerifier))
      const claims = readIdToken(tokens, {
        issuers: ({ tid }) => issuersOf(tenant, tid),
        audience: clientId,
        nonce,
        now,
      })
      const isTrusted = trustedTenants.includes(textOf(claims, 'tid') ?? '')
      return { ...identityOf(claims), emailVerified: isTrusted || isDomainVerified(claims) }
    },
  }
}

/** Each tenant is an issuer of its own. None where a token of this tenant is not for this app. */
function issuersOf(tenant: string, tid: unknown): readonly string[] {
  const issuers = [`https://login.microsoftonline.com/${String(tid)}/v2.0`]
  if (tenant === 'consumers') return tid === CONSUMERS ? issuers : []
  if (tenant === 'organizations') return tid === CONSUMERS ? [] : issuers
  // A tenant may also be named by its domain: there the endpoint alone decides.
  const isId = /^[0-9a-f-]{36}$/i.test(tenant)
  return !isId || tid === tenant.toLowerCase() ? issuers : []
}

/** Tokens of version 1.0 write the boolean as a number or a text. */
function isDomainVerified({ xms_edov: claim }: Claims): boolean {
  return isTrue(claim) || claim === 1 || claim === '1'
}
