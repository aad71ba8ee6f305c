import { html, type Html } from '../html.ts'
import type { OpenPage } from '../page.ts'
import { EMAIL, NEW_PASSWORD } from '../views/fields.ts'
import { form } from '../views/form.ts'
import { providerLinks } from '../views/provider-links.ts'

/** Makes an account. What follows is the same for an address that has one: its owner is told by mail. */
export const register: OpenPage = {
  access: 'anyone',
  title: 'Make an account',
  show: (visit, state): Html =>
    html`<section class="narrow">
      <h1>Make an account</h1>
      ${form(
        {
          action: '/register',
          fields: [
            { name: 'displayName', label: 'Your name', autocomplete: 'name' },
            EMAIL,
            { ...NEW_PASSWORD, name: 'password', label: 'Password' },
          ],
          button: 'Make account',
        },
        state,
      )}
      ${providerLinks(visit)}
      <p class="below">You have an account? <a href="/sign-in">Sign in</a></p>
    </section>`,
  async submit({ auth }, { displayName = '', email = '', password = '' }) {
    await auth.register({ email, password, profile: { displayName } })
    return '/sign-in?notice=registered'
  },
}
