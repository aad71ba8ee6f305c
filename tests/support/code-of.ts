import { AuthError } from '@mindmesh/auth'

/** The code of the `AuthError` that a call rejects with; fails the test where it does not. */
export async function codeOf(call: Promise<unknown>): Promise<string> {
  return (await authErrorOf(call)).code
}

/** The `AuthError` that a call rejects with. */
export async function authErrorOf(call: Promise<unknown>): Promise<AuthError> {
  try {
    await call
  } catch (error) {
    if (error instanceof AuthError) return error
    throw error
  }
  throw new Error('The call was expected to be refused.')
}
