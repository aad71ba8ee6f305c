import { html, type Html } from '../html.ts'
import type { OpenPage } from '../page.ts'
import { NEW_PASSWORD, TOKEN } from '../views/fields.ts'
import { form } from '../views/form.ts'

/**
 * Sets a new password.
 *
 * Opening the link uses nothing up, since mail scanners open links, too: the form posts the token.
 */
export const resetPassword: OpenPage = {
  access: 'anyone',
  title: 'Choose a new password',
  show: (_visit, state): Html =>
    html`<section class="narrow">
      <h1>Choose a new password</h1>
      ${form(
        { action: '/reset-password', fields: [TOKEN, NEW_PASSWORD], button: 'Save password' },
        state,
      )}
      <p class="below">The link is too old? <a href="/forgot-password">Ask for a new one</a></p>
    </section>`,
  async submit({ auth }, { token = '', newPassword = '' }) {
    await auth.resetPassword({ token, newPassword })
    return '/sign-in?notice=password-reset'
  },
}
