import { accountRaces } from './account-races.ts'
import { addressRaces } from './address-races.ts'
import { codeRaces } from './code-races.ts'
import { importRaces } from './import-races.ts'
import { limitRaces } from './limit-races.ts'
import { outboxRaces } from './outbox-races.ts'
import type { Race } from './race.ts'
import { sessionRaces } from './session-races.ts'
import { userRaces } from './user-races.ts'

/** Every race: one for each guarded method, and those of two methods against one another. */
export const races: readonly Race[] = [
  ...codeRaces,
  ...limitRaces,
  ...userRaces,
  ...importRaces,
  ...addressRaces,
  ...accountRaces,
  ...sessionRaces,
  ...outboxRaces,
]
