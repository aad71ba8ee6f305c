import type { HandlerConfig } from '../handler-config.ts'
import type { OutcomeAnswer } from '../routes/oauth/outcome.ts'

type Pages = Pick<HandlerConfig, 'oauthPage'>

/**
 * Where the browser goes after a provider's answer: to what was asked for at the start, which the library has checked
 * against the app's own origins, or to the app's page, which is told what is still to do.
 */
export function pageFor({ oauthPage }: Pages, answer: OutcomeAnswer<unknown>): string {
  const { redirectTo } = answer
  switch (answer.outcome) {
    case 'signed_in':
    case 'linked':
      return redirectTo ?? oauthPage
    case 'code_required':
      return withQuery(oauthPage, { oauth: answer.outcome, redirectTo })
    case 'link_required':
      return withQuery(oauthPage, { oauth: answer.outcome, provider: answer.provider })
  }
}

/** The app's page, told the code of a refusal. */
export function pageOfFailure({ oauthPage }: Pages, code: string): string {
  return withQuery(oauthPage, { oauth: code })
}

function withQuery(page: string, values: Readonly<Record<string, string | null>>): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(values)) if (value !== null) query.set(name, value)
  return `${page}${page.includes('?') ? '&' : '?'}${query.toString()}`
}
