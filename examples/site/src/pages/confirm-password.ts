import { html, type Html } from '../html.ts'
import type { UserPage } from '../page.ts'
import { PASSWORD } from '../views/fields.ts'
import { form } from '../views/form.ts'

/**
 * Asks for the password once more, where what was asked for needs a fresh sign-in. Whoever has no password signs in
 * again instead.
 */
export const confirmPassword: UserPage = {
  access: 'user',
  title: 'Confirm that it is you',
  passwordField: 'password',
  show: (_visit, state): Html =>
    html`<section class="narrow">
      <h1>Confirm that it is you</h1>
      <p>You signed in a while ago. Please enter your password before you go on.</p>
      ${form(
        {
          action: '/account/confirm',
          fields: [{ name: 'next', label: '', type: 'hidden' }, PASSWORD],
          button: 'Confirm',
        },
        state,
      )}
      <p class="below">You have none? <a href="/sign-in">Sign in again</a></p>
    </section>`,
  async submit({ auth }, { password = '', next = '' }) {
    await auth.reauthenticate({ password })
    // A page of the account, and nothing else that a link might have put there.
    const isOwn = /^\/(?:people|account(?:\/[a-z]+)?)$/.test(next)
    return `${isOwn ? next : '/account'}?notice=confirmed`
  },
}
