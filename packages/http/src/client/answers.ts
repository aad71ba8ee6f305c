import type { ClientResponse } from 'hono/client'
import { errorOf } from './auth-client-error.ts'

/** The body of an answer; a refusal rejects with an `AuthClientError`. */
export async function give<Body, Status extends number>(
  answer: Promise<ClientResponse<Body, Status, 'json'>>,
): Promise<Body> {
  const response = await answer
  if (!response.ok) throw await errorOf(response)
  return response.json()
}

/** Resolves where the answer is no refusal; a refusal rejects with an `AuthClientError`. */
export async function done<Status extends number>(
  answer: Promise<ClientResponse<void, Status, 'body'>>,
): Promise<void> {
  const response = await answer
  if (!response.ok) throw await errorOf(response)
}
