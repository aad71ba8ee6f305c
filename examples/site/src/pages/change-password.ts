import { html, type Html } from '../html.ts'
import type { UserPage } from '../page.ts'
import { NEW_PASSWORD, PASSWORD } from '../views/fields.ts'
import { form } from '../views/form.ts'

/** A new password in the place of the present one. */
export const changePassword: UserPage = {
  access: 'user',
  title: 'Change your password',
  passwordField: 'current',
  show: (_visit, state): Html =>
    html`<section class="narrow">
      <h1>Change your password</h1>
      ${form(
        {
          action: '/account/password',
          fields: [
            { ...PASSWORD, name: 'current', label: 'Current password' },
            { ...NEW_PASSWORD, name: 'next' },
          ],
          button: 'Save password',
        },
        state,
      )}
      <p class="below"><a href="/account">Back to your account</a></p>
    </section>`,
  async submit({ auth }, { current = '', next = '' }) {
    await auth.changePassword({ current, next })
    return '/account?notice=password-changed'
  },
}
