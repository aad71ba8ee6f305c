import { html, type Html } from '../html.ts'
import type { OpenPage } from '../page.ts'
import type { Visit } from '../visit.ts'

/** The start of the site. */
export const welcome: OpenPage = {
  access: 'anyone',
  title: 'Welcome',
  show: (visit): Html =>
    html`<section class="hero">
      <h1>A small site with accounts</h1>
      <p class="lead">
        Every page here stands on Mindmesh Auth: signing in, sessions, passwords, addresses.
      </p>
      <p class="row">${visit.caller === null ? forVisitors : forUsers}</p>
      <ol class="steps">
        <li>Make an account, and sign in with the code that is mailed to you.</li>
        <li>Sign in from another browser, and end that session from the first one.</li>
        <li>Change your address, then take it back from the mail to the old one.</li>
      </ol>
      ${visit.app.mailbox === null ? null : inboxHint(visit)}
    </section>`,
}

const forVisitors = html`<a class="button primary" href="/register">Make an account</a>
  <a class="button quiet" href="/sign-in">Sign in</a>`
const forUsers = html`<a class="button primary" href="/account">Your account</a>`

function inboxHint({ app }: Visit): Html {
  const admin =
    app.settings.adminEmail === null
      ? null
      : html` The administrator is whoever proves the address of <code>ADMIN_EMAIL</code>.`
  return html`<p class="hint">
    No mail leaves this machine: what the site sends is in the <a href="/inbox">inbox</a>.${admin}
  </p>`
}
