import { html, type Html } from '../html.ts'
import type { Visit } from '../visit.ts'

/** A way to sign in with each provider that is configured. The routes lead there and back. */
export function providerLinks({ app }: Visit): Html | null {
  const providers = app.mindmesh.oauth.providers()
  if (providers.length === 0) return null
  return html`<div class="or"><span>or</span></div>
    ${providers.map(
      ({ id, name }) =>
        html`<p>
          <a class="button quiet wide" href="/auth/oauth/${id}?redirectTo=/account"
            >Continue with ${name}</a
          >
        </p>`,
    )}`
}
