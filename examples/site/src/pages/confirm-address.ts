import { html, type Html } from '../html.ts'
import type { OpenPage } from '../page.ts'
import { TOKEN } from '../views/fields.ts'
import { form } from '../views/form.ts'

/**
 * Changes the address of an account to the one that the mail went to.
 *
 * Opening the link uses nothing up, since mail scanners open links, too: the form posts the token.
 */
export const confirmAddress: OpenPage = {
  access: 'anyone',
  title: 'Confirm your new address',
  show: (_visit, state): Html =>
    html`<section class="narrow">
      <h1>Confirm your new address</h1>
      <p>From then on you sign in with it. Every session ends.</p>
      ${form({ action: '/confirm-address', fields: [TOKEN], button: 'Confirm' }, state)}
    </section>`,
  async submit({ auth }, { token = '' }) {
    await auth.confirmEmailChange({ token })
    return '/sign-in?notice=address-confirmed'
  },
}
