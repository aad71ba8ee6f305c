import { html, type Html } from '../html.ts'

const FORMAT = new Intl.DateTimeFormat('en-GB', {
  dateStyle: 'medium',
  timeStyle: 'short',
  timeZone: 'UTC',
})

/** A moment to the minute. */
export function time(at: Date): Html {
  return html`<time datetime="${at.toISOString()}">${FORMAT.format(at)} UTC</time>`
}
