import type { ConfigProblem } from '../errors.ts'
import { partOf } from '../part-of.ts'

/** The part of the callback's URL that each provider's id takes the place of. */
export const PROVIDER_SEGMENT = ':provider'

const ID = /^[a-z][a-z0-9_-]{0,39}$/
const EXAMPLE = 'for example https://example.com/auth/:provider/callback'

/** What is wrong with the providers of an instance and with the callback that they lead back to. */
export function providerProblems(providers: unknown, config: unknown): readonly ConfigProblem[] {
  if (providers === undefined) return []
  if (!Array.isArray(providers)) return [{ field: 'providers', message: 'must be a list' }]
  if (providers.length === 0) return []
  const message = callbackProblem(partOf(partOf(config, 'urls'), 'oauthCallback'))
  return [
    ...providers.flatMap((provider, n) => shapeProblems(`providers.${n}`, provider)),
    ...idProblems(providers.map((provider) => partOf(provider, 'id'))),
    ...(message === null ? [] : [{ field: 'config.urls.oauthCallback', message }]),
  ]
}

function shapeProblems(field: string, provider: unknown): readonly ConfigProblem[] {
  const lacking = ['authorizationUrl', 'exchange'].filter(
    (name) => typeof partOf(provider, name) !== 'function',
  )
  return lacking.length === 0 ? [] : [{ field, message: `must have ${lacking.join(', ')}` }]
}

function idProblems(ids: readonly unknown[]): readonly ConfigProblem[] {
  const isWrong = (id: unknown, n: number): boolean =>
    typeof id !== 'string' || !ID.test(id) || ids.indexOf(id) !== n
  const message = 'must be a word of lower-case letters, digits, - and _, of one provider only'
  return ids.flatMap((id, n) => (isWrong(id, n) ? [{ field: `providers.${n}.id`, message }] : []))
}

function callbackProblem(callback: unknown): string | null {
  if (callback === undefined) return `is missing; ${EXAMPLE}`
  // The configuration's own check tells of it.
  if (typeof callback !== 'string' || !URL.canParse(callback)) return null
  const { protocol, hostname, pathname } = new URL(callback)
  if (!pathname.split('/').includes(PROVIDER_SEGMENT)) {
    return `must have ${PROVIDER_SEGMENT} as a part of its path; ${EXAMPLE}`
  }
  const isLocal = /^(?:localhost|.+\.localhost|127\.0\.0\.1|\[::1\])$/.test(hostname)
  return protocol === 'https:' || isLocal ? null : 'must start with https://'
}
