import { html, type Html } from '../html.ts'
import { isAdmin } from '../is-admin.ts'
import type { Visit } from '../visit.ts'
import { actionButton } from './form.ts'
import { noticeOf } from './notices.ts'

/** A whole page of the site. */
export function layout(visit: Visit, title: string, body: Html): Html {
  return frame({
    title,
    navigation: html`${visit.caller === null ? visitorLinks : userLinks(visit)}
    ${visit.app.mailbox === null ? null : link(visit, '/inbox', 'Inbox')}
    ${visit.caller === null ? null : actionButton({ action: '/sign-out', text: 'Sign out' })}`,
    body: html`${noticeOf(visit.url)}${body}`,
  })
}

/** A page that says one thing and knows of nobody. */
export function messagePage(title: string, text: string): Html {
  const body = html`<section class="narrow">
    <h1>${title}</h1>
    <p>${text}</p>
    <p><a href="/">To the start</a></p>
  </section>`
  return frame({ title, navigation: html``, body })
}

const visitorLinks = html`<a href="/sign-in">Sign in</a> <a href="/register">Register</a>`

function userLinks(visit: Visit): Html {
  return html`${link(visit, '/account', 'Account')}
  ${isAdmin(visit) ? link(visit, '/people', 'People') : null}`
}

function link({ url }: Visit, path: string, text: string): Html {
  const current = url.pathname === path ? html` aria-current="page"` : null
  return html`<a href="${path}" ${current}>${text}</a>`
}

function frame(content: {
  readonly title: string
  readonly navigation: Html
  readonly body: Html
}): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${content.title} · Mindmesh example</title>
        <link rel="icon" href="/icon.svg" />
        <link rel="stylesheet" href="/style.css" />
        <script src="/site.js" defer></script>
      </head>
      <body>
        <a class="skip" href="#main">Skip to content</a>
        <header>
          <a class="brand" href="/"
            ><img src="/icon.svg" alt="" width="28" height="28" /><span>Mindmesh example</span></a
          >
          <nav aria-label="Main">${content.navigation}</nav>
        </header>
        <main id="main">${content.body}</main>
      </body>
    </html>`
}
