import { readMailbox } from '@mindmesh/auth-mailers/file'
import type { App } from '../auth.ts'
import { html, type Html } from '../html.ts'
import type { SignedInVisitor, Visit } from '../visit.ts'
import { form, type Field, type FormState } from './form.ts'

/** A page that is a form: what it shows, and what posting it does. */
export interface FormPage {
  readonly title: string
  readonly button: string
  readonly needsUser?: boolean
  readonly fields: readonly Field[]
  readonly intro?: Html
  readonly outro?: Html
  /** What is said above the form after this or that, by the word in the page's query. */
  readonly notices?: Readonly<Record<string, string>>
  /** Does it; gives where to go next. Throws an `AuthError` to be shown. */
  submit(
    visit: Visit,
    input: Record<string, string>,
    visitor: SignedInVisitor | null,
  ): Promise<string>
}

const EMAIL: Field = {
  name: 'email',
  label: 'E-mail address',
  type: 'email',
  autocomplete: 'username',
}
const PASSWORD: Field = {
  name: 'password',
  label: 'Password',
  type: 'password',
  autocomplete: 'current-password',
}
const TOKEN: Field = { name: 'token', label: '', type: 'hidden' }
const newPassword = (name: string): Field => ({
  name,
  label: 'New password',
  type: 'password',
  autocomplete: 'new-password',
  hint: 'At least 8 characters; 15 are better.',
})
/** Ten minutes: longer than a code is valid. */
const PENDING_SECONDS = 600

/** Every form of the site, by its path. */
export const formPages: Readonly<Record<string, FormPage>> = {
  '/register': {
    title: 'Register',
    button: 'Create account',
    fields: [
      { name: 'displayName', label: 'Your name', autocomplete: 'name' },
      EMAIL,
      { ...newPassword('password'), label: 'Password' },
    ],
    async submit(visit, { email = '', password = '', displayName = '' }) {
      await visit.api.auth.register(email, password, { displayName: displayName.slice(0, 100) })
      return '/login?registered'
    },
  },
  '/login': {
    title: 'Sign in',
    button: 'Send me a code',
    fields: [EMAIL, PASSWORD],
    notices: {
      registered: 'Your account is there. Sign in to it now.',
      reset: 'Your new password is set. Sign in with it.',
      confirmed: 'Your new address is confirmed. Sign in with it.',
      restored:
        'Your address is restored. Sign in, and choose a new password if somebody else changed it.',
    },
    outro: html`<p><a href="/password/forgot">Forgotten password?</a></p>`,
    async submit(visit, { email = '', password = '' }) {
      const step = await visit.api.auth.login(email, password)
      if (!step.otpRequired) {
        visit.keepTokens(step)
        return '/'
      }
      const pending = new URLSearchParams({ email, challengeId: step.challengeId })
      visit.setCookie('pending', encodeURIComponent(pending.toString()), PENDING_SECONDS)
      return '/verify'
    },
  },
  '/verify': {
    title: 'Enter your code',
    button: 'Sign in',
    intro: html`<p>We have mailed you a code of six digits.</p>`,
    fields: [{ name: 'code', label: 'Code', autocomplete: 'one-time-code', isCode: true }],
    async submit(visit, { code = '' }) {
      const pending = new URLSearchParams(decodeURIComponent(visit.cookie('pending') ?? ''))
      const challengeId = pending.get('challengeId') ?? ''
      const email = pending.get('email') ?? ''
      visit.keepTokens(await visit.api.auth.verifyOtp(email, code, 'login', { challengeId }))
      visit.setCookie('pending', '', 0)
      return '/'
    },
  },
  '/password/forgot': {
    title: 'Forgotten password',
    button: 'Send me a link',
    fields: [EMAIL],
    async submit(visit, { email = '' }) {
      await visit.api.password.requestReset(email)
      return '/sent'
    },
  },
  '/password/reset': {
    title: 'Choose a new password',
    button: 'Save password',
    fields: [TOKEN, newPassword('newPassword')],
    async submit(visit, { token = '', newPassword: next = '' }) {
      await visit.api.password.reset(token, next)
      visit.forgetTokens()
      return '/login?reset'
    },
  },
  '/password/change': {
    title: 'Change password',
    button: 'Save password',
    needsUser: true,
    fields: [{ ...PASSWORD, name: 'current', label: 'Current password' }, newPassword('next')],
    async submit(visit, { current = '', next = '' }, visitor) {
      const { user, sessionId } = present(visitor)
      await visit.api.password.change(user.id, current, next, { keepSessionId: sessionId })
      return '/?changed'
    },
  },
  '/email/change': {
    title: 'Change address',
    button: 'Send me a link',
    needsUser: true,
    fields: [{ ...EMAIL, name: 'newEmail', label: 'New address', autocomplete: 'email' }, PASSWORD],
    async submit(visit, { newEmail = '', password = '' }, visitor) {
      await visit.api.user.requestEmailChange(present(visitor).user.id, newEmail, { password })
      return '/sent'
    },
  },
  '/email/confirm': {
    title: 'Confirm your new address',
    button: 'Confirm',
    fields: [TOKEN],
    async submit(visit, { token = '' }) {
      await visit.api.user.confirmEmailChange(token)
      visit.forgetTokens()
      return '/login?confirmed'
    },
  },
  '/email/undo': {
    title: 'Take the change of address back',
    button: 'Restore my address',
    fields: [TOKEN],
    async submit(visit, { token = '' }) {
      await visit.api.user.undoEmailChange(token)
      visit.forgetTokens()
      return '/login?restored'
    },
  },
  '/logout': {
    title: 'Sign out',
    button: 'Sign out',
    needsUser: true,
    fields: [],
    async submit(visit, _, visitor) {
      await visit.api.auth.logout(present(visitor).sessionId)
      visit.forgetTokens()
      return '/login'
    },
  },
  '/sessions/end': {
    title: 'End a session',
    button: 'End it',
    needsUser: true,
    fields: [],
    async submit(visit, { id = '' }, visitor) {
      const mine = await visit.api.session.list(present(visitor).user.id)
      // Only one's own: the id comes from the page.
      if (mine.some((session) => session.id === id)) await visit.api.session.revoke(id)
      return '/'
    },
  },
  '/sessions/end-others': {
    title: 'End all other sessions',
    button: 'End them',
    needsUser: true,
    fields: [],
    async submit(visit, _, visitor) {
      const { user, sessionId } = present(visitor)
      await visit.api.session.revokeAll(user.id, { except: sessionId })
      return '/'
    },
  },
}

function present(visitor: SignedInVisitor | null): SignedInVisitor {
  if (visitor === null) throw new Error('This page is for people who are signed in.')
  return visitor
}

/** The body of a form's page. `notice` is a word of the page's own notices; anything else says nothing. */
export function formBody(
  path: string,
  page: FormPage,
  state: FormState & { readonly notice?: string },
): Html {
  const notice = new Map(Object.entries(page.notices ?? {})).get(state.notice ?? '')
  return html`<section class="card narrow">
    <h1>${page.title}</h1>
    ${notice === undefined ? null : html`<p class="notice" role="status">${notice}</p>`}${page.intro ?? null}${form(path, page.fields, page.button, state)}${page.outro ?? null}
  </section>`
}

/** The home of somebody who is signed in: who they are, and where. */
export async function profileBody(visit: Visit, visitor: SignedInVisitor): Promise<Html> {
  const sessions = await visit.api.session.list(visitor.user.id)
  const items = sessions.map(
    (session) =>
      html`<li>
        <span
          ><strong>${session.device}</strong
          >${session.id === visitor.sessionId ? ' (this one)' : ''}<br /><span class="soft"
            >${session.ipAddress ?? 'address unknown'} · since ${minute(session.createdAt)} · last
            used ${minute(session.lastUsedAt)}</span
          ></span
        >
        <form method="post" action="/sessions/end">
          <input type="hidden" name="id" value="${session.id}" /><button
            class="small plain"
            aria-label="End the session of ${session.device}"
          >
            End
          </button>
        </form>
      </li>`,
  )
  const { displayName, displayEmail, emailVerifiedAt } = visitor.user
  return html`<section class="card">
      <h1>Hello, ${displayName}</h1>
      ${visit.url.search === '?changed' ? html`<p class="notice" role="status">Your password is changed. Other sessions have ended.</p>` : null}
      <p>
        ${displayEmail}
        <span class="soft">${emailVerifiedAt === null ? 'not verified' : 'verified'}</span>
      </p>
      <p>
        <a href="/password/change">Change password</a> · <a href="/email/change">Change address</a>
      </p>
      <form method="post" action="/logout"><button class="plain">Sign out</button></form>
    </section>
    <section class="card">
      <h2>Where you are signed in</h2>
      <ul class="list">
        ${items}
      </ul>
      <form method="post" action="/sessions/end-others">
        <button class="plain">End all other sessions</button>
      </form>
    </section>`
}

/** The development mailbox: every mail as it would arrive. */
export async function inboxBody(folder: string): Promise<Html> {
  const mails = await readMailbox(folder)
  if (mails.length === 0)
    return html`<section class="card">
      <h1>Inbox</h1>
      <p>No mail yet.</p>
    </section>`
  return html`<h1>Inbox</h1>
    ${mails.map(
      (mail) =>
        html`<section class="card">
          <h2>${mail.subject}</h2>
          <p class="soft">To ${mail.to}, ${minute(mail.date)}</p>
          <iframe
            sandbox="allow-popups allow-popups-to-escape-sandbox"
            title="${mail.subject}"
            srcdoc="${`<base target="_blank">${mail.html}`}"
          ></iframe>
          <details>
            <summary>As plain text</summary>
            <pre>${mail.text}</pre>
          </details>
        </section>`,
    )}`
}

/** What is said where nothing more is to be done here. */
export function sentBody(app: App): Html {
  const where = app.mailbox === null ? html`your mail` : html`the <a href="/inbox">inbox</a>`
  return html`<section class="card narrow">
    <h1>Look into your mail</h1>
    <p>If there is something to do, a link is waiting in ${where}.</p>
  </section>`
}

/** Where nobody is signed in. */
export function welcomeBody(): Html {
  return html`<section class="card narrow">
    <h1>Welcome</h1>
    <p>Register an account, then sign in with your password and the code that is mailed to you.</p>
    <p><a href="/register">Register</a> · <a href="/login">Sign in</a></p>
  </section>`
}

/** A sentence on a page of its own. */
export function messageBody(title: string, text: string): Html {
  return html`<section class="card narrow">
    <h1>${title}</h1>
    <p>${text}</p>
  </section>`
}

function minute(at: Date): string {
  return `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`
}
