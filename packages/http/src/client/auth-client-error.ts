import type { ProblemCode } from '../problems/problem-codes.ts'

/** A refusal by the server. A request that got no answer rejects with what `fetch` threw. */
export class AuthClientError extends Error {
  override readonly name = 'AuthClientError'
  /** Stable: decide by it. `unknown` where the answer was no problem document, for example a proxy's. */
  readonly code: ProblemCode | 'unknown'
  readonly status: number
  readonly field: string | null
  readonly reason: string | null
  readonly retryAfterSeconds: number | null
  readonly attemptsLeft: number | null

  constructor(status: number, problem: unknown) {
    const text = (name: string): string | null => memberOf(problem, name, isText)
    super(text('detail') ?? 'The server did not answer as expected.')
    this.code = memberOf(problem, 'code', isCode) ?? 'unknown'
    this.status = status
    this.field = text('field')
    this.reason = text('reason')
    this.retryAfterSeconds = memberOf(problem, 'retryAfterSeconds', isNumber)
    this.attemptsLeft = memberOf(problem, 'attemptsLeft', isNumber)
  }
}

/** The error of an answer that is a refusal. Reads its body. */
export async function errorOf(response: {
  readonly status: number
  json(): Promise<unknown>
}): Promise<AuthClientError> {
  const problem: unknown = await response.json().catch(() => null)
  return new AuthClientError(response.status, problem)
}

function memberOf<Value>(
  problem: unknown,
  name: string,
  is: (value: unknown) => value is Value,
): Value | null {
  if (typeof problem !== 'object' || problem === null) return null
  const value: unknown = Reflect.get(problem, name)
  return is(value) ? value : null
}

const isText = (value: unknown): value is string => typeof value === 'string'
const isNumber = (value: unknown): value is number => typeof value === 'number'
// A newer server may know more codes than this client was built with.
const isCode = (value: unknown): value is ProblemCode => typeof value === 'string'
