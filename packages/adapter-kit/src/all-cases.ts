import { accountCases } from './cases/account-cases.ts'
import { accountChanges } from './cases/account-changes.ts'
import { codeCases } from './cases/code-cases.ts'
import { codeChanges } from './cases/code-changes.ts'
import { deleteCases } from './cases/delete-cases.ts'
import { eventCases } from './cases/event-cases.ts'
import { importCases } from './cases/import-cases.ts'
import { importChanges } from './cases/import-changes.ts'
import { limitCases } from './cases/limit-cases.ts'
import { outboxCases } from './cases/outbox-cases.ts'
import { outboxChanges } from './cases/outbox-changes.ts'
import { outboxSurveyCases } from './cases/outbox-survey-cases.ts'
import { registerCases } from './cases/register-cases.ts'
import { registerChanges } from './cases/register-changes.ts'
import { sessionCases } from './cases/session-cases.ts'
import { sessionChanges } from './cases/session-changes.ts'
import { storeCases } from './cases/store-cases.ts'
import { userCases } from './cases/user-cases.ts'
import { userChanges } from './cases/user-changes.ts'
import { userReadCases } from './cases/user-read-cases.ts'
import { casesOfChange, type Change } from './change.ts'
import type { ContractCase } from './contract-case.ts'
import { races } from './races/all-races.ts'
import { casesOfRaces } from './races/race.ts'

/** Every method that takes effects, with the ways to win and to lose it. */
export const changes: readonly Change[] = [
  ...registerChanges,
  ...importChanges,
  ...userChanges,
  ...sessionChanges,
  ...codeChanges,
  ...accountChanges,
  ...outboxChanges,
]

/** What a store must do: every case needs an empty store of its own. */
export const contractCases: readonly ContractCase[] = [
  ...registerCases,
  ...importCases,
  ...userCases,
  ...userReadCases,
  ...deleteCases,
  ...sessionCases,
  ...codeCases,
  ...accountCases,
  ...limitCases,
  ...eventCases,
  ...outboxCases,
  ...outboxSurveyCases,
  ...storeCases,
  ...changes.flatMap(casesOfChange),
  ...casesOfRaces(races),
]
