import type { LinkedIdentity, Session } from '@mindmesh/auth'
import { html, type Html } from '../html.ts'
import type { UserPage } from '../page.ts'
import { actionButton, alert } from '../views/form.ts'
import { time } from '../views/time.ts'
import type { UserVisit } from '../visit.ts'

/** Who one is, where one is signed in, and what one can do about it. */
export const account: UserPage = {
  access: 'user',
  title: 'Your account',
  async show(visit, { refused }): Promise<Html> {
    const { app, caller } = visit
    const sessions = await app.mindmesh.session.list(caller.user.id)
    return html`<div class="wide">
      ${refused === null ? null : alert(refused.message)} ${greeting(visit)}
      ${sessionList(sessions, caller.sessionId)} ${settings} ${await identities(visit)} ${yourData}
    </div>`
  },
}

function greeting({ caller }: UserVisit): Html {
  const { displayName, displayEmail, emailVerifiedAt } = caller.user
  const state =
    emailVerifiedAt === null
      ? html`<a class="badge" href="/account/verify">not verified yet</a>`
      : html`<span class="badge good">verified</span>`
  return html`<section class="plain">
    <h1>${displayName || 'Your account'}</h1>
    <p class="lead">${displayEmail} ${state}</p>
  </section>`
}

function sessionList(sessions: readonly Session[], currentId: string): Html {
  const currentFirst = sessions.toSorted(
    (a, b) => Number(b.id === currentId) - Number(a.id === currentId),
  )
  return html`<section class="card">
    <div class="head">
      <h2>Where you are signed in</h2>
      ${
        sessions.length < 2
          ? null
          : actionButton({ action: '/account/sessions/end-others', text: 'End all others' })
      }
    </div>
    <ul class="list">
      ${currentFirst.map((session) => sessionRow(session, session.id === currentId))}
    </ul>
  </section>`
}

function sessionRow(session: Session, isCurrent: boolean): Html {
  return html`<li>
    <div>
      <p>
        <strong>${session.device}</strong>
        ${isCurrent ? html`<span class="badge good">this one</span>` : null}
      </p>
      <p class="soft">
        <span class="fact">${session.ipAddress ?? 'Address unknown'}</span>
        <span class="fact">Last used ${time(session.lastUsedAt)}</span>
        <span class="fact">Signed in ${time(session.createdAt)}</span>
      </p>
    </div>
    ${
      isCurrent
        ? null
        : actionButton({
            action: '/account/sessions/end',
            values: { sessionId: session.id },
            text: 'End',
            label: `End the session of ${session.device}`,
          })
    }
  </li>`
}

const settings = html`<section class="card">
  <h2>Signing in</h2>
  <ul class="list">
    <li>
      <div>
        <p><strong>Password</strong></p>
        <p class="soft">A change ends your other sessions.</p>
      </div>
      <a class="button quiet" href="/account/password" aria-label="Change password">Change</a>
    </li>
    <li>
      <div>
        <p><strong>E-mail address</strong></p>
        <p class="soft">The old address is told, and can take the change back.</p>
      </div>
      <a class="button quiet" href="/account/address" aria-label="Change address">Change</a>
    </li>
  </ul>
</section>`

async function identities({ app, caller }: UserVisit): Promise<Html | null> {
  const providers = app.mindmesh.oauth.providers()
  if (providers.length === 0) return null
  const linked = await app.mindmesh.oauth.list(caller.user.id)
  return html`<section class="card">
    <h2>Sign-in providers</h2>
    <ul class="list">
      ${linked.map(identityRow)}
      ${providers
        .filter(({ id }) => linked.every((identity) => identity.provider !== id))
        .map(
          ({ id, name }) =>
            html`<li>
              <p><strong>${name}</strong></p>
              ${actionButton({ action: '/account/providers/link', values: { provider: id }, text: 'Add', label: `Add ${name}` })}
            </li>`,
        )}
    </ul>
  </section>`
}

function identityRow({ provider, subject, email }: LinkedIdentity): Html {
  return html`<li>
    <div>
      <p><strong>${provider}</strong> <span class="badge good">added</span></p>
      <p class="soft">${email ?? 'without an address'}</p>
    </div>
    ${actionButton({
      action: '/account/providers/unlink',
      values: { provider, subject },
      text: 'Remove',
      label: `Remove ${provider}`,
    })}
  </li>`
}

const yourData = html`<section class="card">
  <h2>Your data</h2>
  <ul class="list">
    <li>
      <div>
        <p><strong>Export</strong></p>
        <p class="soft">Everything that is kept about you, as JSON.</p>
      </div>
      ${actionButton({ action: '/account/export', text: 'Download' })}
    </li>
    <li>
      <div>
        <p><strong>Delete the account</strong></p>
        <p class="soft">It cannot be brought back.</p>
      </div>
      <a class="button quiet" href="/account/delete" aria-label="Delete the account">Delete …</a>
    </li>
  </ul>
</section>`
