import { ConfigError } from '@mindmesh/auth/ports'

/**
 * Throws a `ConfigError` for an address that is not reached over TLS: only that vouches for what stands in an
 * id_token. This machine itself needs none.
 */
export function assertSecure(provider: string, urls: Readonly<Record<string, string>>): void {
  const wrong = Object.entries(urls).filter(([, url]) => !isSecure(url))
  if (wrong.length === 0) return
  throw new ConfigError(
    wrong.map(([name]) => ({ field: `${provider}.${name}`, message: 'must start with https://' })),
  )
}

function isSecure(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, hostname } = new URL(text)
  const isLocal = /^(?:localhost|127\.0\.0\.1|\[::1\])$/.test(hostname)
  return protocol === 'https:' || (protocol === 'http:' && isLocal)
}
