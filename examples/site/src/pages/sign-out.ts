import { html, type Html } from '../html.ts'
import type { OpenPage } from '../page.ts'
import { form } from '../views/form.ts'

/** Ends the session. Whoever is signed out already stays so. */
export const signOut: OpenPage = {
  access: 'anyone',
  title: 'Sign out',
  show: (_visit, state): Html =>
    html`<section class="narrow">
      <h1>Sign out</h1>
      ${form({ action: '/sign-out', fields: [], button: 'Sign out' }, state)}
    </section>`,
  async submit({ auth }) {
    await auth.logout()
    return '/sign-in?notice=signed-out'
  },
}
