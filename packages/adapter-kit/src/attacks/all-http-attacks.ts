import type { AttackCase } from './attack-case.ts'
import type { HttpAttackContext } from './http-context.ts'
import { httpForgery } from './http-forgery.ts'
import { httpRequests } from './http-requests.ts'

/** What attackers try on the routes of `@mindmesh/auth-http`: every case needs empty tables of its own. */
export const httpAttackCases: readonly AttackCase<HttpAttackContext>[] = [
  ...httpForgery,
  ...httpRequests,
]
