import { html, type Html } from '../html.ts'
import type { OpenPage } from '../page.ts'
import { CODE } from '../views/fields.ts'
import { form } from '../views/form.ts'
import { inboxHint } from '../views/inbox-hint.ts'

/** The code step. A cookie knows which sign-in in this browser it belongs to. */
export const signInCode: OpenPage = {
  access: 'anyone',
  title: 'Enter your code',
  show: (visit, state): Html =>
    html`<section class="narrow">
      <h1>Enter your code</h1>
      <p>We have mailed you a code of six digits.</p>
      ${form({ action: '/sign-in/code', fields: [CODE], button: 'Continue' }, state)}
      ${inboxHint(visit)}
      <p class="below">No mail? <a href="/sign-in">Sign in again</a> for a new code.</p>
    </section>`,
  async submit({ auth }, { code = '' }) {
    await auth.verifyOtp({ code })
    return '/account'
  },
}
