export { attackCases } from './all-attacks.ts'
export { attackRaces } from './at-once.ts'
export type { AttackCase, AttackGroup, AttackRace } from './attack-case.ts'
export { attackContext } from './attack-context.ts'
export type {
  AttackContext,
  AttackContextOptions,
  Attacked,
  AttackLimits,
  AttackParts,
  OpenAttacked,
  StartedLogin,
} from './attack-context.ts'
export type { AttackProvider, ProviderAnswer, ProviderPerson } from './attack-provider.ts'
export type { AttackSurface, LoginStep } from './attack-surface.ts'
export { serveAttacks } from './serve-attacks.ts'
export { httpAttackCases } from './all-http-attacks.ts'
export type { HttpAttackContext } from './http-context.ts'
export type { HttpTarget } from './http-target.ts'
export { surfaceOverHttp } from './surface-over-http.ts'
