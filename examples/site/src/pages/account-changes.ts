import { html, type Html } from '../html.ts'
import type { UserPage } from '../page.ts'
import { CODE, NEW_PASSWORD, PASSWORD } from '../views/fields.ts'
import { actionButton, form } from '../views/form.ts'
import { inboxHint } from '../views/inbox-hint.ts'
import { account } from './account.ts'

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

/** Proves the address by a mailed code, for whoever came in without one. */
export const verifyAddress: UserPage = {
  access: 'user',
  title: 'Verify your address',
  show: (visit, state): Html =>
    html`<section class="narrow">
      <h1>Verify your address</h1>
      <p>We mail a code to ${visit.caller.user.displayEmail}.</p>
      ${actionButton({ action: '/account/verify/send', text: 'Send me a code' })}
      ${form({ action: '/account/verify', fields: [CODE], button: 'Verify' }, state)}
      ${inboxHint(visit)}
    </section>`,
  async submit({ auth }, { code = '' }) {
    await auth.confirmVerification({ code })
    return '/account?notice=verified'
  },
}

/** Mails the code. */
export const sendVerification: UserPage = {
  ...verifyAddress,
  home: '/account/verify',
  async submit({ auth }) {
    await auth.sendVerification()
    return '/account/verify'
  },
}

/** Everything that is kept about the person, as a file. */
export const exportAccount: UserPage = {
  ...account,
  home: '/account',
  async submit({ auth }) {
    const exported = await auth.exportAccount()
    return new Response(JSON.stringify(exported, null, 2), {
      headers: {
        'content-type': 'application/json',
        'content-disposition': 'attachment; filename="account.json"',
      },
    })
  },
}

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
