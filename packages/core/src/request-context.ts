import { isIP } from 'node:net'
import type { RequestContext, ResolvedRequest } from './context.ts'
import { invalidInput } from './errors.ts'
import { parseObject } from './input.ts'

const LONGEST_USER_AGENT = 512

/**
 * Checks a request context: an address that is none is `invalid_input` (it would switch a limit off unseen). A user
 * agent and a language are data from outside: the one is bounded and cleaned, the other falls back on the default.
 */
export function resolveRequest(request: RequestContext, defaultLocale: string): ResolvedRequest {
  const { ipAddress, userAgent, locale } = parseObject(request, 'request')
  return {
    ipAddress: resolveAddress(ipAddress),
    userAgent: resolveUserAgent(userAgent),
    locale: isLanguageTag(locale) ? locale : defaultLocale,
  }
}

/** A tag such as `de` or `de-AT`: the form of RFC 5646, not its registry. */
export function isLanguageTag(value: unknown): value is string {
  return typeof value === 'string' && /^[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,4}$/.test(value)
}

function resolveAddress(value: string | null | undefined): string | null {
  if (value === undefined || value === null || value === '') return null
  const address = typeof value === 'string' ? value.replace(/%.*$/, '') : ''
  if (isIP(address) === 0) {
    throw invalidInput('ipAddress', 'not_an_address', 'ipAddress is not an IP address.')
  }
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)
  return mapped?.[1] ?? address.toLowerCase()
}

function resolveUserAgent(value: string | null | undefined): string | null {
  if (typeof value !== 'string' || value === '') return null
  // oxlint-disable-next-line no-control-regex -- removing control characters is its purpose
  const clean = value.toWellFormed().replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, ' ')
  return clean.slice(0, LONGEST_USER_AGENT).toWellFormed()
}
