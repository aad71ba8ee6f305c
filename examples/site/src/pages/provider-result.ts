import { AuthError } from '@mindmesh/auth'
import { html, type Html } from '../html.ts'
import type { OpenPage } from '../page.ts'
import { alert } from '../views/form.ts'
import { signInCode } from './sign-in-code.ts'

/** What can go wrong on the way to a provider and back. */
const REFUSALS = [
  'oauth_denied',
  'oauth_state_invalid',
  'oauth_failed',
  'provider_unavailable',
  'account_blocked',
  'account_linked_elsewhere',
  'email_taken',
  'rate_limited',
] as const

/** Where a browser comes back to from a provider, if it is not simply signed in. */
export const providerResult: OpenPage = {
  access: 'anyone',
  title: 'Sign in',
  async show(visit, state): Promise<Html> {
    const outcome = visit.url.searchParams.get('oauth') ?? ''
    if (outcome === 'code_required') return signInCode.show(visit, state)
    const refusal = REFUSALS.find((code) => code === outcome) ?? 'oauth_failed'
    return html`<section class="narrow">
      <h1>Almost there</h1>
      ${outcome === 'link_required' ? linkFirst : alert(new AuthError(refusal).message)}
      <p class="row">
        <a class="button primary" href="/sign-in">Sign in</a>
        <a class="button quiet" href="/register">Make an account</a>
      </p>
    </section>`
  },
}

const linkFirst = html`<p>
  The provider does not vouch for your address. Please sign in here once, or make an account. Then
  add the provider in your account.
</p>`
