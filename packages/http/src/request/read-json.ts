import { AuthError } from '@mindmesh/auth'
import { RequestProblem } from '../problems/request-problem.ts'
import { assertPlainJson } from './assert-plain-json.ts'
import { isOfType, readBytes } from './read-bytes.ts'

/**
 * The JSON value of a request's body, with nothing in it that only an attack has. No type but `application/json` is
 * taken: it is one that a form of another site cannot send (Fetch §2.2.2). Throws `unsupported_media_type`,
 * `body_too_large`, and `invalid_input` for what is no JSON.
 */
export async function readJson(request: Request): Promise<unknown> {
  if (!isOfType(request, 'application/json')) throw new RequestProblem('unsupported_media_type')
  const value = parse(await readBytes(request))
  assertPlainJson(value)
  return value
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    const message = 'The body is not JSON in UTF-8.'
    throw new AuthError('invalid_input', { field: 'body', reason: 'not_json', message })
  }
}
