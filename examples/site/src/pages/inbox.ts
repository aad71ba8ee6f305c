import { readMailbox, type StoredMail } from '@mindmesh/auth-mailers/file'
import { html, type Html } from '../html.ts'
import type { OpenPage } from '../page.ts'
import { Refusal } from '../refusal.ts'
import { time } from '../views/time.ts'
import type { Visit } from '../visit.ts'

/** The development mailbox: one mail as it would arrive, and the list of all. */
export const inbox: OpenPage = {
  access: 'anyone',
  title: 'Inbox',
  async show(visit): Promise<Html> {
    const mails = await mailsOf(visit)
    const id = visit.url.searchParams.get('mail')
    const open = mails.find((mail) => mail.id === id) ?? mails[0]
    if (open === undefined) {
      return html`<section class="narrow">
        <h1>Inbox</h1>
        <p>No mail yet. What the site sends appears here.</p>
        <p><a class="button quiet" href="/inbox">Look again</a></p>
      </section>`
    }
    return html`<h1>Inbox</h1>
      <div class="inbox">
        ${reader(open)}
        <nav class="card" aria-label="Mails">
          <ul class="list mails">
            ${mails.map((mail) => listed(mail, mail === open))}
          </ul>
        </nav>
      </div>`
  },
}

/** The HTML of one mail, alone: a frame shows it, without scripts and without the site's cookies. */
export async function mailFrame(visit: Visit): Promise<Response> {
  const mails = await mailsOf(visit)
  const mail = mails.find(({ id }) => id === visit.url.searchParams.get('mail'))
  if (mail === undefined) throw new Refusal(404, 'There is no such mail.')
  // Its links open in the whole window, not in the frame.
  return new Response(`<base target="_top">${mail.html}`, {
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy':
        "sandbox allow-top-navigation-by-user-activation; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'",
    },
  })
}

async function mailsOf({ app }: Visit): Promise<readonly StoredMail[]> {
  if (app.mailbox === null) throw new Refusal(404, 'Mail is really sent here: look into yours.')
  return readMailbox(app.mailbox)
}

function reader(mail: StoredMail): Html {
  return html`<article class="card">
    <h2>${mail.subject}</h2>
    <p class="soft">
      <span class="fact">To ${mail.to}</span><span class="fact">${time(mail.date)}</span>
    </p>
    <iframe
      src="/inbox/mail?mail=${mail.id}"
      title="${mail.subject}"
      sandbox="allow-top-navigation-by-user-activation"
    ></iframe>
    <details>
      <summary>As plain text</summary>
      <pre>${mail.text}</pre>
    </details>
  </article>`
}

function listed(mail: StoredMail, isOpen: boolean): Html {
  const current = isOpen ? html` aria-current="true"` : null
  return html`<li>
    <a href="/inbox?mail=${mail.id}" ${current}
      ><strong>${mail.subject}</strong><span class="soft">${mail.to}</span
      ><span class="soft">${time(mail.date)}</span></a
    >
  </li>`
}
