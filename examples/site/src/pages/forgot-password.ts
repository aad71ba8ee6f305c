import { html, type Html } from '../html.ts'
import type { OpenPage } from '../page.ts'
import { EMAIL } from '../views/fields.ts'
import { form } from '../views/form.ts'

/** Mails a link to choose a new password. The answer is the same for an address without an account. */
export const forgotPassword: OpenPage = {
  access: 'anyone',
  title: 'Forgotten password',
  show: (_visit, state): Html =>
    html`<section class="narrow">
      <h1>Forgotten password</h1>
      <p>We mail you a link to choose a new one.</p>
      ${form({ action: '/forgot-password', fields: [EMAIL], button: 'Send me a link' }, state)}
      <p class="below"><a href="/sign-in">Back to sign in</a></p>
    </section>`,
  async submit({ auth }, { email = '' }) {
    await auth.forgotPassword({ email })
    return '/mail-sent'
  },
}
