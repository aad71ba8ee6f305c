import { AuthError } from '@mindmesh/auth'
import { html, type Html } from '../html.ts'
import { alert } from './form.ts'

/** What a page says after a form was taken, by the word in its query. Nothing else of the query is ever shown. */
const NOTICES: ReadonlyMap<string, string> = new Map([
  [
    'registered',
    'Thank you. If this address had no account, yours is there: sign in to it. If it had one, its owner has a mail from us.',
  ],
  ['password-reset', 'Your new password is set. Sign in with it.'],
  ['address-confirmed', 'Your new address is confirmed. Sign in with it.'],
  [
    'address-restored',
    'Your address is restored. Sign in, and choose a new password if somebody else changed it.',
  ],
  ['signed-out', 'You are signed out.'],
  ['deleted', 'Your account is deleted.'],
  ['password-changed', 'Your password is changed. Your other sessions have ended.'],
  ['session-ended', 'The session has ended.'],
  ['others-ended', 'All other sessions have ended.'],
  ['confirmed', 'Thank you. You can go on now.'],
  ['verified', 'Your address is verified.'],
  ['unlinked', 'It is removed.'],
  ['blocked', 'The account is blocked, and its sessions have ended.'],
  ['unblocked', 'The account may sign in again.'],
])

/** Why a session is over, where its owner may wonder. */
const ENDINGS = ['account_blocked', 'session_revoked', 'session_expired'] as const

/** The notice of a page's query, or `null`. */
export function noticeOf(url: URL): Html | null {
  const text = NOTICES.get(url.searchParams.get('notice') ?? '')
  const ending = ENDINGS.find((code) => code === url.searchParams.get('ended'))
  if (ending !== undefined) return alert(new AuthError(ending).message)
  return text === undefined ? null : html`<p class="notice" role="status">${text}</p>`
}
