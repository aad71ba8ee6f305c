import { html, type Html } from '../html.ts'
import type { UserPage } from '../page.ts'
import { form } from '../views/form.ts'

/** Mails a link to a new address; nothing changes before it is used. */
export const changeAddress: UserPage = {
  access: 'user',
  title: 'Change your address',
  show: ({ caller }, state): Html =>
    html`<section class="narrow">
      <h1>Change your address</h1>
      <p>It is ${caller.user.displayEmail} now. We mail a link to the new one.</p>
      ${form(
        {
          action: '/account/address',
          fields: [
            { name: 'newEmail', label: 'New address', type: 'email', autocomplete: 'email' },
          ],
          button: 'Send the link',
        },
        state,
      )}
      <p class="below"><a href="/account">Back to your account</a></p>
    </section>`,
  async submit({ auth }, { newEmail = '' }) {
    await auth.requestEmailChange({ newEmail })
    return '/mail-sent'
  },
}
