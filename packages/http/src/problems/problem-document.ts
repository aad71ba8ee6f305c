import { AuthError, StoreError } from '@mindmesh/auth'
import * as v from 'valibot'
import { PROBLEM_KINDS, type ProblemCode, type ProblemStatus } from './problem-codes.ts'
import { RequestProblem } from './request-problem.ts'

/** The shape of every refusal, for the OpenAPI document. */
export const problemSchema = v.object({
  type: v.pipe(v.string(), v.description('A URN that ends in the code.')),
  title: v.string(),
  status: v.number(),
  detail: v.pipe(v.string(), v.description('A sentence that may be shown to a person.')),
  code: v.pipe(v.string(), v.description('Stable: decide by it.')),
  field: v.optional(v.pipe(v.string(), v.description('invalid_input: the path of the field.'))),
  reason: v.optional(v.pipe(v.string(), v.description('invalid_input: what is wrong with it.'))),
  retryAfterSeconds: v.optional(v.number()),
  attemptsLeft: v.optional(v.pipe(v.number(), v.description('otp_invalid: tries that are left.'))),
})

/** A refusal as it goes over the wire, `application/problem+json` (RFC 9457). */
export interface ProblemDocument {
  readonly type: string
  readonly title: string
  readonly status: ProblemStatus
  /** A sentence that may be shown to a person. */
  readonly detail: string
  /** Stable: decide by it. */
  readonly code: string
  readonly field?: string | undefined
  readonly reason?: string | undefined
  readonly retryAfterSeconds?: number | undefined
  readonly attemptsLeft?: number | undefined
}

/** The document of whatever was thrown. What is not meant for the outside becomes `internal_error` and says nothing. */
export function problemOf(error: unknown): ProblemDocument {
  if (error instanceof RequestProblem) return documentOf(error.code, error.message)
  if (error instanceof StoreError) return problemOf(new RequestProblem('store_unavailable'))
  if (error instanceof AuthError) {
    return { ...documentOf(error.code, error.message), ...detailsOf(error) }
  }
  return problemOf(new RequestProblem('internal_error'))
}

/** The headers that belong to a problem (RFC 9110 §11.6.1 and §10.2.3 ask for the last two). */
export function problemHeaders({
  status,
  retryAfterSeconds,
}: ProblemDocument): Readonly<Record<string, string>> {
  return {
    'content-type': 'application/problem+json',
    ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
    ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }),
  }
}

function documentOf(code: ProblemCode, detail: string): ProblemDocument {
  const { status, title } = PROBLEM_KINDS[code]
  return { type: `urn:mindmesh-auth:problem:${code}`, title, status, detail, code }
}

function detailsOf(error: AuthError): Partial<ProblemDocument> {
  const { field, reason, retryAfterSeconds, attemptsLeft } = error
  return Object.fromEntries(
    Object.entries({ field, reason, retryAfterSeconds, attemptsLeft }).filter(
      ([, value]) => value !== null,
    ),
  )
}
