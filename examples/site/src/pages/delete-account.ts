import { html, type Html } from '../html.ts'
import type { UserPage } from '../page.ts'
import { form } from '../views/form.ts'

/** Deletes the account. */
export const deleteAccount: UserPage = {
  access: 'user',
  title: 'Delete your account',
  show: ({ caller }, state): Html =>
    html`<section class="narrow">
      <h1>Delete your account</h1>
      <p>
        The account of ${caller.user.displayEmail} is deleted with all its sessions. It cannot be
        brought back.
      </p>
      ${form(
        { action: '/account/delete', fields: [], button: 'Delete my account', isDanger: true },
        state,
      )}
      <p class="below"><a href="/account">Keep it</a></p>
    </section>`,
  async submit({ auth }) {
    await auth.deleteAccount()
    return '/?notice=deleted'
  },
}
