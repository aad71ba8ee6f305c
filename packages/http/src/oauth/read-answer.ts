import { RequestProblem } from '../problems/request-problem.ts'
import { isOfType, readBytes } from '../request/read-bytes.ts'

/** What a provider may send back; everything else is passed over. */
export const ANSWER_FIELDS = ['state', 'code', 'error', 'iss', 'user'] as const

/** What a provider sent back, as the library takes it. */
export type ProviderAnswer = Readonly<Record<(typeof ANSWER_FIELDS)[number], string | null>> & {
  readonly state: string
}

/** The provider's answer in the query (RFC 6749 §4.1.2) or in a posted form (OAuth 2.0 Form Post Response Mode). */
export async function readAnswer(request: Request): Promise<ProviderAnswer> {
  const given = request.method === 'POST' ? await readForm(request) : queryOf(request)
  return {
    state: given.get('state') ?? '',
    code: given.get('code'),
    error: given.get('error'),
    iss: given.get('iss'),
    user: given.get('user'),
  }
}

function queryOf({ url }: Request): URLSearchParams {
  return new URL(url).searchParams
}

async function readForm(request: Request): Promise<URLSearchParams> {
  if (!isOfType(request, 'application/x-www-form-urlencoded')) {
    throw new RequestProblem('unsupported_media_type')
  }
  return new URLSearchParams(new TextDecoder().decode(await readBytes(request)))
}
