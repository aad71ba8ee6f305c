import type { RequestProblemCode } from './problem-codes.ts'

/** Every refusal of our own with the sentence that is fit to show. */
const DETAILS: Readonly<Record<RequestProblemCode, string>> = {
  not_signed_in: 'Please sign in.',
  foreign_origin:
    'This request must come from a page of this site. A client that is no browser asks for tokens: "mode": "token", then "Authorization: Bearer".',
  not_found: 'There is nothing here.',
  method_not_allowed: 'This is not done here.',
  body_too_large: 'The body may have up to 16 KiB.',
  unsupported_media_type: 'The body must be application/json.',
  internal_error: 'Something went wrong. Please try again in a moment.',
  store_unavailable: 'We cannot do this at the moment. Please try again shortly.',
}

/** A request that is refused before the library is asked. `AuthError` is its sibling for everything else. */
export class RequestProblem extends Error {
  override readonly name = 'RequestProblem'
  readonly code: RequestProblemCode

  constructor(code: RequestProblemCode) {
    super(DETAILS[code])
    this.code = code
  }
}
