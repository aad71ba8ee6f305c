import { createHash } from 'node:crypto'
import type { Context } from '../context.ts'
import type { Reservation } from '../ports/store.ts'

/** The purpose of the link that takes an address change back. */
export const UNDO_PURPOSE = 'email_change_undo'

/**
 * The subject under which the undo link of an address stands: a hash, since an address can be too long for it. It is
 * under no key, so that a new secret lifts no reservation; the row holds the address anyway.
 */
export function undoSubject(email: string): string {
  return createHash('sha256').update(email).digest('base64url')
}

/**
 * While an address can still be restored to its owner, nobody else may take it: otherwise whoever stole an account
 * would register the old address at once and the undo link would lead nowhere.
 */
export function undoReservation(context: Context, email: string): Reservation {
  return {
    purpose: UNDO_PURPOSE,
    subject: undoSubject(email),
    now: context.clock.now(),
  }
}
