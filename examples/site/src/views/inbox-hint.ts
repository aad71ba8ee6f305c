import { html, type Html } from '../html.ts'
import type { Visit } from '../visit.ts'

/** Where the mail is while none leaves this machine. */
export function inboxHint({ app }: Visit): Html | null {
  if (app.mailbox === null) return null
  return html`<p class="hint">
    This site runs on your machine: the mail is in the
    <a href="/inbox" target="_blank">inbox (in a new tab)</a>.
  </p>`
}
