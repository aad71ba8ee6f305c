import { html, type Html } from '../html.ts'
import type { OpenPage } from '../page.ts'
import { NEW_PASSWORD, TOKEN } from '../views/fields.ts'
import { form } from '../views/form.ts'

// The pages that links in mails lead to. Opening one uses nothing up, since mail scanners open links, too: the form
// posts the token.

/** Sets a new password. */
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

/** Changes the address of an account to the one that the mail went to. */
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

/** Takes a change of address back. */
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
