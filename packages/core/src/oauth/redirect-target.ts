import { invalidInput } from '../errors.ts'
import { parseText } from '../input.ts'

/**
 * Where the browser goes once everything is done: a path of the app, or a URL of one of these origins. Anything else
 * is `invalid_input`, so that a link to the app never leads elsewhere (CWE-601).
 */
export function parseRedirectTo(value: unknown, origins: readonly string[]): string | null {
  if (value === undefined || value === null) return null
  const target = parseText(value, 'redirectTo', 2048)
  if (!isOwnPath(target) && !isOfOrigin(target, origins)) {
    throw invalidInput('redirectTo', 'not_allowed', 'redirectTo must be a path of this app.')
  }
  return target
}

/** Browsers read `//host` and `/\host` as another host, and may arrive at the former by resolving dots. */
function isOwnPath(target: string): boolean {
  const base = 'http://base.invalid'
  if (!target.startsWith('/') || target.includes('\\') || !URL.canParse(target, base)) return false
  const url = new URL(target, base)
  return url.origin === base && !url.pathname.startsWith('//')
}

function isOfOrigin(target: string, origins: readonly string[]): boolean {
  if (!/^https?:\/\//i.test(target) || target.includes('\\') || !URL.canParse(target)) return false
  const url = new URL(target)
  return origins.includes(url.origin) && url.username === '' && url.password === ''
}
