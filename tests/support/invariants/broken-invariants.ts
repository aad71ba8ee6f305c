import type { StoredRows } from '../../engines/stored-rows.ts'
import type { Invariant } from './invariant.ts'
import { invariantsOfMails } from './of-mails.ts'
import { invariantsOfPeople } from './of-people.ts'
import { invariantsOfSessions } from './of-sessions.ts'

const invariants: Readonly<Record<string, Invariant>> = {
  ...invariantsOfPeople,
  ...invariantsOfSessions,
  ...invariantsOfMails,
}

/**
 * What of the rows cannot be, whatever calls were made of a configuration with the defaults and whichever of them
 * were cut short: half a change, a limit passed, a code used twice. No lines: all is well. Nothing may have been
 * deleted by `maintenance.prune`.
 */
export function brokenInvariants(rows: StoredRows): readonly string[] {
  return Object.entries(invariants).flatMap(([name, look]) =>
    look(rows).map((found) => `${name}: ${found}`),
  )
}
