import { html, type Html } from '../html.ts'
import type { OpenPage } from '../page.ts'
import { inboxHint } from '../views/inbox-hint.ts'

/** After a link was asked for. Whether there was somebody to send it to is not told. */
export const mailSent: OpenPage = {
  access: 'anyone',
  title: 'Look into your mail',
  show: (visit): Html =>
    html`<section class="narrow">
      <h1>Look into your mail</h1>
      <p>If there is something for you to do, a link is on its way.</p>
      ${inboxHint(visit)}
    </section>`,
}
