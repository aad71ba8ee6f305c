/** Which origins may act for a person. */
export interface OriginRules {
  /** Besides the handler's own. */
  readonly trustedOrigins: readonly string[]
  /** Whether the handler's own origin may be plain http. */
  readonly allowHttp: boolean
}

/**
 * Where a request comes from, as a browser says it: `own` is this site or a trusted one, `unstated` is no browser
 * (or one too old to say). Scripts of a page can set neither header (Fetch §4.6, Fetch Metadata §2).
 *
 * The own origin is told by the host that the request went to. Its scheme is https: behind a proxy that ends TLS
 * the request itself says http, and a page that came over plain http may have been written by anyone.
 */
export function originOf(request: Request, rules: OriginRules): 'own' | 'foreign' | 'unstated' {
  const origin = request.headers.get('origin')
  if (origin !== null) return isOwn(origin, request, rules) ? 'own' : 'foreign'
  const site = request.headers.get('sec-fetch-site')
  if (site === null) return 'unstated'
  return site === 'same-origin' ? 'own' : 'foreign'
}

function isOwn(origin: string, request: Request, rules: OriginRules): boolean {
  const { host } = new URL(request.url)
  return (
    origin === `https://${host}` ||
    (rules.allowHttp && origin === `http://${host}`) ||
    rules.trustedOrigins.includes(origin)
  )
}
