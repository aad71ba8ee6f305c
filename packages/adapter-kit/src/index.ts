export { changes, contractCases } from './all-cases.ts'
export { contractContext } from './contract-case.ts'
export type {
  ContractCase,
  ContractContext,
  ContractContextOptions,
  ContractGroup,
} from './contract-case.ts'
export { ContractViolation } from './contract-violation.ts'
export type { Fixtures, ProfileSource } from './fixtures.ts'
export { memoryStore } from './memory/memory-store.ts'
export type { MemoryStore } from './memory/memory-store.ts'
export type { MemoryModel } from './memory/model.ts'
export { RACERS, runRace } from './races/race.ts'
export type { Race } from './races/race.ts'
export { races } from './races/all-races.ts'
export { forkRacers, serveRaces } from './races/racers.ts'
export type { Racers, RacersOptions } from './races/racers.ts'
export type { Attempt, Change } from './change.ts'
export { checkFault, countStatements } from './faults.ts'
export type { Fault, FaultInjector } from './faults.ts'
