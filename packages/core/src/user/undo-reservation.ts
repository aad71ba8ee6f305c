import type { Context } from '../context.ts'
import { hashSubject } from '../crypto/keys.ts'
import type { Reservation } from '../ports/store.ts'

/** The purpose of the link that takes an address change back. */
export const UNDO_PURPOSE = 'email_change_undo'

/** The subject under which the undo link of an address stands. */
export function undoSubject(context: Context, email: string): string {
  return hashSubject(context.keys, 'email', email)
}

/**
 * While an address can still be restored to its owner, nobody else may take it: otherwise whoever stole an account
 * would register the old address at once and the undo link would lead nowhere.
 */
export function undoReservation(context: Context, email: string): Reservation {
  return {
    purpose: UNDO_PURPOSE,
    subject: undoSubject(context, email),
    now: context.clock.now(),
  }
}
