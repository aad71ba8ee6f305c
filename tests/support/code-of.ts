import { AuthError } from '@mindmesh/auth'

/** The `AuthError` that a call rejects with; fails the test where it does not. */
export async function authErrorOf(call: Promise<unknown>): Promise<AuthError> {
  try {
    await call
  } catch (error) {
    if (error instanceof AuthError) return error
    throw error
  }
  throw new Error('The call was expected to be refused.')
}

/** Its code. */
export async function codeOf(call: Promise<unknown>): Promise<string> {
  return (await authErrorOf(call)).code
}

/** The code of the `AuthError` that a call rejects with, or `ok`. Anything else fails the test. */
export async function outcomeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call
    return 'ok'
  } catch (error) {
    if (error instanceof AuthError) return error.code
    throw error
  }
}

/** How often each answer was given. */
export function tally(answers: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const answer of answers) counts[answer] = (counts[answer] ?? 0) + 1
  return counts
}
