import { html, type Html } from '../html.ts'
import type { UserPage } from '../page.ts'
import { CODE } from '../views/fields.ts'
import { actionButton, form } from '../views/form.ts'
import { inboxHint } from '../views/inbox-hint.ts'

/** Proves the address by a mailed code, for whoever came in without one. */
export const verifyAddress: UserPage = {
  access: 'user',
  title: 'Verify your address',
  show: (visit, state): Html =>
    html`<section class="narrow">
      <h1>Verify your address</h1>
      <p>We mail a code to ${visit.caller.user.displayEmail}.</p>
      ${actionButton({ action: '/account/verify/send', text: 'Send me a code' })}
      ${form({ action: '/account/verify', fields: [CODE], button: 'Verify' }, state)}
      ${inboxHint(visit)}
    </section>`,
  async submit({ auth }, { code = '' }) {
    await auth.confirmVerification({ code })
    return '/account?notice=verified'
  },
}
