import type { User } from '@mindmesh/auth'
import { html, type Html } from '../html.ts'
import type { UserPage } from '../page.ts'
import { actionButton, alert } from '../views/form.ts'
import { time } from '../views/time.ts'

/** Everybody with an account, for the administrator. */
export const people: UserPage = {
  access: 'admin',
  title: 'People',
  async show({ app, url, caller }, { refused }): Promise<Html> {
    const cursor = url.searchParams.get('after')
    const { items, nextCursor } = await app.mindmesh.user.list({ limit: 50, cursor })
    return html`<div class="wide">
      <h1>People</h1>
      ${refused === null ? null : alert(refused.message)}
      <section class="card">
        <ul class="list">
          ${items.map((user) => row(user, user.id === caller.user.id))}
        </ul>
      </section>
      ${nextCursor === null ? null : html`<p><a href="/people?after=${nextCursor}">More</a></p>`}
    </div>`
  },
}

function row(user: User & { readonly displayName: string }, isSelf: boolean): Html {
  const isBlocked = user.blockedAt !== null
  const badge = isBlocked ? html` <span class="badge bad">blocked</span>` : null
  return html`<li>
    <div>
      <p><strong>${user.displayName || user.displayEmail}</strong>${badge}</p>
      <p class="soft">
        <span class="fact">${user.displayEmail}</span>
        <span class="fact">Since ${time(user.createdAt)}</span>
      </p>
    </div>
    ${
      isSelf
        ? html`<span class="badge good">you</span>`
        : actionButton({
            action: isBlocked ? '/people/unblock' : '/people/block',
            values: { userId: user.id },
            text: isBlocked ? 'Unblock' : 'Block',
            label: `${isBlocked ? 'Unblock' : 'Block'} ${user.displayEmail}`,
          })
    }
  </li>`
}
