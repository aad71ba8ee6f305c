import { ContractViolation } from '../contract-violation.ts'

/** The code of the `AuthError` that a call rejects with, or `ok`. Anything else is passed on: an attack broke something. */
export async function outcomeOf(
  call: Promise<unknown> | (() => Promise<unknown>),
): Promise<string> {
  try {
    await (typeof call === 'function' ? call() : call)
    return 'ok'
  } catch (error) {
    if (!isAuthError(error)) throw error
    return error.code
  }
}

/** What a call gives, or `null` where it is refused. */
export async function valueOrNull<Value>(call: Promise<Value>): Promise<Value | null> {
  try {
    return await call
  } catch (error) {
    if (!isAuthError(error)) throw error
    return null
  }
}

/** By its name: an app may have the library twice. */
function isAuthError(error: unknown): error is Error & { readonly code: string } {
  return (
    error instanceof Error &&
    error.name === 'AuthError' &&
    'code' in error &&
    typeof error.code === 'string'
  )
}

/** Everything that whoever calls is told of a refusal, as text. */
export async function refusalOf(call: Promise<unknown>): Promise<string> {
  try {
    await call
  } catch (error) {
    if (!isAuthError(error)) throw error
    return JSON.stringify([error.message, error])
  }
  return 'ok'
}

/** Throws a `ContractViolation` unless the call is refused with one of these codes. */
export async function expectRefused(
  call: Promise<unknown> | (() => Promise<unknown>),
  codes: readonly string[],
  what: string,
): Promise<void> {
  const actual = await outcomeOf(call)
  if (!codes.includes(actual)) throw new ContractViolation(what, { expected: codes, actual })
}

/** How often each answer was given. */
export function tally(answers: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const answer of answers) counts[answer] = (counts[answer] ?? 0) + 1
  return counts
}
