import { domainToASCII } from 'node:url'

/** A mailbox as mail programs show it. */
export interface Mailbox {
  readonly name: string
  readonly address: string
}

// Every code unit below U+0020, U+007F to U+009F, and the two line separators.
// oxlint-disable-next-line no-control-regex -- finding control characters is its purpose
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/
const EVERY_CONTROL = new RegExp(CONTROL, 'g')
/** RFC 5321 §4.1.2 Dot-string: no quoted local parts, so nothing in it separates or comments. */
const LOCAL_PART = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/
const DOMAIN = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/

/** Whether a text holds control characters, line breaks among them. */
export function hasControl(text: string): boolean {
  return CONTROL.test(text)
}

/** A text for a header or a heading: each run of control characters is one space. */
export function oneLine(text: string): string {
  return text.replaceAll(EVERY_CONTROL, ' ')
}

/**
 * One address, with its domain in ASCII form, or `null` where the text is anything else: a list, a name with an
 * address, a quoted local part, an address literal, or longer than RFC 5321 §4.5.3.1 allows.
 */
export function parseAddress(text: string): string | null {
  const at = text.lastIndexOf('@')
  const local = text.slice(0, Math.max(at, 0))
  const domain = asciiDomain(text.slice(at + 1))
  const isValid =
    LOCAL_PART.test(local) &&
    local.length <= 64 &&
    DOMAIN.test(domain) &&
    local.length + 1 + domain.length <= 254
  return isValid ? `${local}@${domain}` : null
}

/** `address@example.com`, `Name <address@example.com>` or `"Name" <address@example.com>`; else `null`. */
export function parseMailbox(text: string): Mailbox | null {
  if (hasControl(text)) return null
  const match = /^(?:"([^"\\<>]*)"\s*|([^"\\<>]*))<([^<>]*)>$/.exec(text.trim())
  const address = parseAddress(match?.[3] ?? text.trim())
  if (address === null) return null
  return { name: (match?.[1] ?? match?.[2] ?? '').trim(), address }
}

function asciiDomain(domain: string): string {
  const text = domain.toLowerCase()
  // `domainToASCII` reads its argument as a part of a URL: it would take `a.example/b` for `a.example`, decode `%61`
  // and turn `127.1` into 127.0.0.1. So it gets letters only, and only where there is something to translate.
  if (/^\p{ASCII}*$/u.test(text)) return text
  return /[^\u0080-\u{10ffff}a-z0-9.-]/u.test(text) ? '' : domainToASCII(text)
}
