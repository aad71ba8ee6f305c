import { AuthError } from '@mindmesh/auth'
import { RequestProblem } from '../problems/request-problem.ts'
import { assertPlainJson } from './assert-plain-json.ts'

const MAX_BYTES = 16 * 1024

/**
 * The JSON value of a request's body, at most 16 KiB and with nothing in it that only an attack has. Throws
 * `unsupported_media_type`, `body_too_large`, and `invalid_input` for what is no JSON.
 */
export async function readJson(request: Request): Promise<unknown> {
  if (!isJson(request.headers.get('content-type'))) {
    throw new RequestProblem('unsupported_media_type')
  }
  const value = parse(await readBytes(request.body))
  assertPlainJson(value)
  return value
}

/** `application/json` and no other type: it is one that a form of another site cannot send (Fetch §2.2.2). */
function isJson(contentType: string | null): boolean {
  return contentType?.split(';')[0]?.trim().toLowerCase() === 'application/json'
}

/** Counted as it comes: a `Content-Length` may lie or be missing. A client that goes away meanwhile is no failure of ours. */
async function readBytes(body: ReadableStream<Uint8Array> | null): Promise<Uint8Array> {
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
    throw error instanceof RequestProblem ? error : unreadable('incomplete', 'The body broke off.')
  }
  return Buffer.concat(chunks)
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw unreadable('not_json', 'The body is not JSON in UTF-8.')
  }
}

function unreadable(reason: string, message: string): AuthError {
  return new AuthError('invalid_input', { field: 'body', reason, message })
}
