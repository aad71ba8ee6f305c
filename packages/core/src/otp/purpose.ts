import type { Context } from '../context.ts'
import { hashSubjects } from '../crypto/keys.ts'
import { invalidInput } from '../errors.ts'
import { parseText } from '../input.ts'

/** Codes that only their own flow gives out: handing one out here would sign people in without their password. */
const RESERVED = ['login', 'password_reset', 'email_change', 'email_change_undo', 'oauth_state']

/** Before a purpose of the app's own, where it is stored. */
const OWN = 'app:'

/** A purpose that the app may use: `email_verify` or one of its own. Throws `invalid_input`. */
export function parsePurpose(value: unknown): string {
  const purpose = parseText(value, 'purpose', 40)
  if (!/^[a-z][a-z0-9_]*$/.test(purpose)) {
    throw invalidInput('purpose', 'not_a_purpose', 'purpose is a word such as email_verify.')
  }
  if (RESERVED.includes(purpose)) {
    throw invalidInput('purpose', 'reserved', `A ${purpose} code is not given out here.`)
  }
  return purpose
}

/** Where a code for an address stands. */
export interface CodePlace {
  readonly purpose: string
  readonly subject: string
}

/**
 * The places of a code for an address: the first is where a new one goes, the others are where one that was sent under
 * an earlier secret still stands. The app's own purposes are kept apart from ours, now and later.
 */
export function codePlaces(
  context: Context,
  purpose: string,
  email: string,
): readonly [CodePlace, ...CodePlace[]] {
  const kept = purpose === 'email_verify' ? purpose : `${OWN}${purpose}`
  const place = (subject: string): CodePlace => ({ purpose: kept, subject })
  const [newest, ...earlier] = hashSubjects(context.keys, 'email', email)
  return [place(newest), ...earlier.map(place)]
}

/** The purpose of a code as it was asked for. */
export function purposeOf({ purpose }: Pick<CodePlace, 'purpose'>): string {
  return purpose.startsWith(OWN) ? purpose.slice(OWN.length) : purpose
}
