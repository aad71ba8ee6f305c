import { AuthError } from '@mindmesh/auth'
import { RequestProblem } from '../problems/request-problem.ts'

const MAX_BYTES = 16 * 1024

/**
 * The body of a request, at most 16 KiB, counted as it comes: a `Content-Length` may lie or be missing. A client that
 * goes away meanwhile is no failure of ours. Throws `body_too_large` and `invalid_input`.
 */
export async function readBytes({ body }: Request): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  try {
    for await (const chunk of body ?? []) {
      size += chunk.byteLength
      // Leaving the loop cancels the stream.
      if (size > MAX_BYTES) throw new RequestProblem('body_too_large')
      chunks.push(chunk)
    }
  } catch (error) {
    if (error instanceof RequestProblem) throw error
    const message = 'The body broke off.'
    throw new AuthError('invalid_input', { field: 'body', reason: 'incomplete', message })
  }
  return Buffer.concat(chunks)
}

/** Whether a request says that its body is of this type. */
export function isOfType(request: Request, type: string): boolean {
  const given = request.headers.get('content-type') ?? ''
  return given.split(';')[0]?.trim().toLowerCase() === type
}
