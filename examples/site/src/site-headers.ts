import type { App } from './open-app.ts'

/** The headers of every answer that does not say otherwise. */
export function siteHeaders({ settings, mindmesh }: App): readonly [string, string][] {
  const isSecure = settings.origin.startsWith('https:')
  // A form may lead to a provider, by a redirect, and browsers hold redirects to `form-action`, too.
  const providers = mindmesh.oauth.providers().length === 0 ? '' : ' https:'
  return [
    ['cache-control', 'no-store'],
    [
      'content-security-policy',
      `default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; frame-src 'self'; form-action 'self'${providers}; base-uri 'none'; frame-ancestors 'none'`,
    ],
    ['cross-origin-opener-policy', 'same-origin'],
    ['permissions-policy', 'camera=(), geolocation=(), microphone=()'],
    // With `no-referrer` browsers post forms with `Origin: null`, and every one of them would be refused.
    ['referrer-policy', 'same-origin'],
    ...(isSecure
      ? [['strict-transport-security', 'max-age=31536000'] satisfies [string, string]]
      : []),
    ['x-content-type-options', 'nosniff'],
  ]
}
