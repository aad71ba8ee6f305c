import { html, type Html } from '../html.ts'
import type { OpenPage } from '../page.ts'
import { EMAIL, PASSWORD } from '../views/fields.ts'
import { form } from '../views/form.ts'
import { providerLinks } from '../views/provider-links.ts'

/** The password step. */
export const signIn: OpenPage = {
  access: 'anyone',
  title: 'Sign in',
  show: (visit, state): Html =>
    html`<section class="narrow">
      <h1>Sign in</h1>
      ${form({ action: '/sign-in', fields: [EMAIL, PASSWORD], button: 'Sign in' }, state)}
      <p class="below"><a href="/forgot-password">Forgotten your password?</a></p>
      ${providerLinks(visit)}
      <p class="below">No account yet? <a href="/register">Make one</a></p>
    </section>`,
  async submit({ auth }, { email = '', password = '' }) {
    const { otpRequired } = await auth.login({ email, password })
    return otpRequired ? '/sign-in/code' : '/account'
  },
}
