import { isIP } from 'node:net'

/** What is known of where a request came from. */
export interface AddressSource {
  /** The other end of the socket, or `null` where the runtime does not tell. */
  readonly peer: string | null
  /** `X-Forwarded-For`: each proxy appends the address that it was called from. */
  readonly forwardedFor: string | null
  /** How many proxies of the app's own stand in front. */
  readonly trustedProxies: number
}

/**
 * The client's address. Only the entries that the app's own proxies appended are believed: with `n` of them the one
 * that is `n` from the right. Whatever a client writes into the header stands left of it and is never looked at.
 */
export function clientAddress({
  peer,
  forwardedFor,
  trustedProxies,
}: AddressSource): string | null {
  const nearest = peer === null ? null : normaliseAddress(peer)
  if (trustedProxies === 0 || forwardedFor === null) return nearest
  const entries = forwardedFor.split(',')
  const entry = entries[Math.max(0, entries.length - trustedProxies)] ?? ''
  return normaliseAddress(entry) ?? nearest
}

/**
 * An address in the form that limits count by: without zone, port and brackets, and IPv4 as such where it came
 * mapped into IPv6 (RFC 4291 §2.5.5.2). `null` for what is none.
 */
export function normaliseAddress(text: string): string | null {
  const bare = text.trim().toLowerCase()
  const bracketed = /^\[([^\]]+)\](?::\d+)?$/.exec(bare)?.[1]
  const withPort = /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(bare)?.[1]
  const address = (bracketed ?? withPort ?? bare).replace(/%.*$/, '')
  if (isIP(address) === 0) return null
  return isIP(address) === 6 ? unmapped(address) : address
}

function unmapped(address: string): string {
  // The URL parser gives the one canonical form (RFC 5952), with an IPv4 tail turned into two groups.
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1)
  const groups = /^::ffff:([0-9a-f]+):([0-9a-f]+)$/.exec(canonical)
  if (groups === null) return canonical
  const [high, low] = [groups[1], groups[2]].map((group) => Number.parseInt(group ?? '0', 16))
  return [(high ?? 0) >> 8, (high ?? 0) & 255, (low ?? 0) >> 8, (low ?? 0) & 255].join('.')
}
