import { isIP } from 'node:net'
import type { RequestContext, ResolvedRequest } from './context.ts'
import { invalidInput } from './errors.ts'

const LONGEST_USER_AGENT = 512

/**
 * Checks a request context: an address that is none is `invalid_input` (it would switch a limit off unseen), a
 * user agent is data from outside and only bounded and cleaned.
 */
export function resolveRequest(request: RequestContext, defaultLocale: string): ResolvedRequest {
  return {
    ipAddress: resolveAddress(request.ipAddress),
    userAgent: resolveUserAgent(request.userAgent),
    locale: request.locale ?? defaultLocale,
  }
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
