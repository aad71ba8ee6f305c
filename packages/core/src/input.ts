import { domainToASCII } from 'node:url'
import { invalidInput } from './errors.ts'

/** An address in its two forms. */
export interface EmailAddress {
  /** For look-ups and uniqueness: lower-cased, with an ASCII domain. */
  readonly canonical: string
  /** As it was written, trimmed. */
  readonly display: string
}

// Every code unit below U+0020, U+007F to U+009F, and the two line separators.
// oxlint-disable-next-line no-control-regex -- finding control characters is its purpose
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/
/** RFC 5321 §4.1.2 Dot-string: no quoted local parts. */
const LOCAL_PART = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/
/** RFC 5321 §4.1.2 Domain. The last label is no number, so that an IP address is none (RFC 3696 §2). */
const DOMAIN =
  /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*(?!\d+$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** A text of 1 to `max` code units without control characters and lone surrogates; else `invalid_input`. */
export function parseText(value: unknown, field: string, max: number): string {
  if (typeof value !== 'string')
    throw invalidInput(field, 'not_a_string', `${field} must be a text.`)
  if (value === '') throw invalidInput(field, 'empty', `${field} must not be empty.`)
  if (value.length > max) throw invalidInput(field, 'too_long', `${field} is too long.`)
  if (CONTROL.test(value)) {
    throw invalidInput(field, 'control_character', `${field} must not hold control characters.`)
  }
  if (!value.isWellFormed()) {
    throw invalidInput(field, 'not_unicode', `${field} is not well-formed Unicode.`)
  }
  return value
}

/**
 * An e-mail address by RFC 5321 (§4.5.3.1: local part up to 64, path up to 254), without quoted local parts and
 * address literals. Case, outer spaces and the Unicode form of the domain do not make another address.
 */
export function parseEmail(value: unknown, field = 'email'): EmailAddress {
  const display = parseText(typeof value === 'string' ? value.trim() : value, field, 254)
  const at = display.lastIndexOf('@')
  const local = display.slice(0, Math.max(at, 0))
  const domain = asciiDomain(display.slice(at + 1))
  const canonical = `${local.toLowerCase()}@${domain}`
  const isValid =
    local.length <= 64 && canonical.length <= 254 && LOCAL_PART.test(local) && DOMAIN.test(domain)
  if (!isValid) throw invalidInput(field, 'not_an_address', 'This is not a valid e-mail address.')
  return { canonical, display }
}

function asciiDomain(domain: string): string {
  const text = domain.toLowerCase()
  // `domainToASCII` reads its argument as a part of a URL: it would take `a.example/b` and `%61.example` for `a.example`,
  // and so give one person's canonical address to another. It gets letters only, where there is something to translate.
  if (/^\p{ASCII}*$/u.test(text)) return text
  return /[^\u0080-\u{10ffff}a-z0-9.-]/u.test(text) ? '' : domainToASCII(text)
}

/** A password as typed, 1 to 256 characters (code points), in Unicode form NFC (NIST SP 800-63B-4 §3.1.1.2). */
export function parsePassword(value: unknown, field = 'password'): string {
  const password = parseText(value, field, 2048).normalize('NFC')
  if (Array.from(password).length > 256) {
    throw invalidInput(field, 'too_long', 'A password may have up to 256 characters.')
  }
  return password
}

/** A code as typed: spaces and hyphens that people add are left out. */
export function parseCode(value: unknown, field = 'code'): string {
  const code = parseText(value, field, 64).replaceAll(/[\s-]/g, '')
  if (!/^[0-9]{4,12}$/.test(code))
    throw invalidInput(field, 'not_a_code', 'A code has digits only.')
  return code
}

/** An opaque token from a link or a header. */
export function parseToken(value: unknown, field = 'token'): string {
  return parseText(value, field, 4096)
}

/** An id that the library gave out (UUID, lower-cased). */
export function parseId(value: unknown, field: string): string {
  const id = parseText(value, field, 64)
  if (!UUID.test(id)) throw invalidInput(field, 'not_an_id', `${field} is not an id.`)
  return id.toLowerCase()
}

/** A whole number within bounds, or the default where it is left out. */
export function parseLimit(value: unknown, fallback: number, max: number, field = 'limit'): number {
  if (value === undefined) return fallback
  if (!Number.isInteger(value) || Number(value) < 1 || Number(value) > max) {
    throw invalidInput(field, 'out_of_range', `${field} must be a whole number from 1 to ${max}.`)
  }
  return Number(value)
}

/** A date that is one, or `null` where it is left out. */
export function parseDate(value: unknown, field: string): Date | null {
  if (value === undefined) return null
  if (!(value instanceof Date) || Number.isNaN(value.getTime())) {
    throw invalidInput(field, 'not_a_date', `${field} must be a Date.`)
  }
  return value
}

/** An argument whose parts have names: a plain object, or nothing. Its parts are left to the caller to check. */
export function parseObject<Value extends object>(
  value: Value | undefined,
  field: string,
): Partial<Value> {
  if (value === undefined) return {}
  if (!isPlainObject(value)) {
    throw invalidInput(field, 'not_an_object', `${field} must be a plain object.`)
  }
  for (const key of Reflect.ownKeys(value)) {
    if (typeof key !== 'string' || key === '__proto__' || key === 'constructor') {
      const message = `${field} has a key that is not allowed.`
      throw invalidInput(`${field}.${String(key)}`, 'not_allowed', message)
    }
  }
  return { ...value }
}

function isPlainObject(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
