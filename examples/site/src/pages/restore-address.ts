import { html, type Html } from '../html.ts'
import type { OpenPage } from '../page.ts'
import { TOKEN } from '../views/fields.ts'
import { form } from '../views/form.ts'

/**
 * Takes a change of address back.
 *
 * Opening the link uses nothing up, since mail scanners open links, too: the form posts the token.
 */
export const restoreAddress: OpenPage = {
  access: 'anyone',
  title: 'Restore your address',
  show: (_visit, state): Html =>
    html`<section class="narrow">
      <h1>Restore your address</h1>
      <p>The change of address is taken back, and every session ends.</p>
      ${form({ action: '/restore-address', fields: [TOKEN], button: 'Restore' }, state)}
    </section>`,
  async submit({ auth }, { token = '' }) {
    await auth.undoEmailChange({ token })
    return '/sign-in?notice=address-restored'
  },
}
