import type { Context } from '../context.ts'
import { seal, unseal } from '../crypto/seal.ts'
import type { CodeRecord } from '../ports/entities.ts'

/** The purpose of the row that a state stands in. */
export const STATE_PURPOSE = 'oauth_state'

/** What was begun at a provider and waits for its answer. */
export interface OAuthAttempt {
  readonly provider: string
  readonly codeVerifier: string
  readonly nonce: string
  readonly redirectTo: string | null
  /** Somebody who is signed in and adds an identity; `null`: somebody who signs in. */
  readonly link: LinkIntent | null
}

/** For whom an identity is added. */
export interface LinkIntent {
  readonly userId: string
  /** The session in which that was asked for; it must still be live when the answer comes. */
  readonly sessionId: string | null
  /** Of the password under which it was asked for; another one takes the wish back. */
  readonly passwordVersion: number
}

/** An attempt as its row keeps it: verifier and nonce show to nobody who reads the table. */
export function sealAttempt(
  context: Context,
  subject: string,
  attempt: OAuthAttempt,
): CodeRecord['payload'] {
  const key = context.keys.derived[0].payloads
  return { sealed: seal(key, context.random, bindingOf(subject), JSON.stringify(attempt)) }
}

/** The attempt of a row, or `null` where no key opens it. */
export function openAttempt(context: Context, row: CodeRecord): OAuthAttempt | null {
  const keys = context.keys.derived.map((derived) => derived.payloads)
  const text = unseal(keys, bindingOf(row.subject), String(row.payload['sealed']))
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what opens was sealed by `sealAttempt`
  return text === null ? null : (JSON.parse(text) as OAuthAttempt)
}

function bindingOf(subject: string): string {
  return `${STATE_PURPOSE}|${subject}`
}
