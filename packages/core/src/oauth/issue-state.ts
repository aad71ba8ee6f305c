import type { Context } from '../context.ts'
import { randomToken } from '../crypto/random.ts'
import { createLink } from '../otp/create-link.ts'
import type { OAuthProvider } from '../ports/oauth.ts'
import { countOrThrow } from '../rate-limit/count.ts'
import { ipHits } from '../rate-limit/limit-keys.ts'
import { redirectUriOf } from './find-provider.ts'
import { sealAttempt, STATE_PURPOSE, type LinkIntent, type OAuthAttempt } from './oauth-attempt.ts'

/** How long somebody may take at the provider. */
const LIFETIME_MINUTES = 10

/** Where to send the browser, and what to keep in it. */
export interface OAuthStart {
  readonly url: string
  /** Keep it in this browser alone (a `__Host-` cookie) and give it to `callback` as `browserState`. */
  readonly state: string
  /** After this the answer comes too late. */
  readonly expiresAt: Date
}

/**
 * Begins at a provider: a state of 256 random bits that is good for one answer, with the PKCE verifier and the nonce
 * sealed in its row. Throws `rate_limited`.
 */
export async function issueState(
  context: Context,
  provider: OAuthProvider,
  target: { readonly redirectTo: string | null; readonly link: LinkIntent | null },
): Promise<OAuthStart> {
  await countStart(context)
  const subject = context.ids.next()
  const attempt: OAuthAttempt = {
    provider: provider.id,
    codeVerifier: randomToken(context.random),
    nonce: randomToken(context.random),
    ...target,
  }
  const { token: state, record } = createLink(context, {
    purpose: STATE_PURPOSE,
    subject,
    // With a person's id the row goes when their password, address or account does.
    userId: target.link?.userId ?? null,
    payload: sealAttempt(context, subject, attempt),
    lifetimeMinutes: LIFETIME_MINUTES,
  })
  const { codeVerifier, nonce } = attempt
  const redirectUri = redirectUriOf(context, provider)
  const url = provider.authorizationUrl({ state, codeVerifier, nonce, redirectUri })
  await context.store.codes.issue(record, {})
  return { url: url.href, state, expiresAt: record.expiresAt }
}

async function countStart(context: Context): Promise<void> {
  const hits = ipHits(context, 'oauthStart')
  if (hits.length > 0) await countOrThrow(context, hits)
}
