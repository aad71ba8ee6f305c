import type { Context } from '../context.ts'
import { findProvider } from './find-provider.ts'
import { issueState, type OAuthStart } from './issue-state.ts'
import { parseRedirectTo } from './redirect-target.ts'

/** Begins a sign-in at a provider. Throws `invalid_input`, `rate_limited`. */
export async function authorize(
  context: Context,
  input: { readonly provider: string; readonly redirectTo?: string | undefined },
): Promise<OAuthStart> {
  const provider = findProvider(context, input.provider)
  const redirectTo = parseRedirectTo(input.redirectTo, context.config.redirectOrigins)
  return issueState(context, provider, { redirectTo, link: null })
}
