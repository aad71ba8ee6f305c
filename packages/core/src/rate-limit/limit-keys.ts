import { isIPv6 } from 'node:net'
import type { Context } from '../context.ts'
import { hashSubject } from '../crypto/keys.ts'
import type { Hit } from '../ports/store.ts'

/** The name of a limit in the configuration. */
export type LimitName = keyof Context['config']['limits']

/** One hit against a limit for a subject (an address, a person's id); the table sees a keyed hash of both. */
export function limitHit(context: Context, name: LimitName, subject: string): Hit {
  const { limit, windowSeconds } = context.config.limits[name]
  return { key: hashSubject(context.keys, `limit:${name}`, subject), limit, windowSeconds }
}

/** The hit for the request's IP address, or none where it is not known. An IPv6 address counts as its /64. */
export function ipHits(context: Context, name: LimitName): readonly Hit[] {
  const { ipAddress } = context.request
  return ipAddress === null ? [] : [limitHit(context, name, networkOf(ipAddress))]
}

/** An IPv4 address itself; of an IPv6 address the first four groups, which is what one customer is given. */
export function networkOf(ipAddress: string): string {
  if (!isIPv6(ipAddress)) return ipAddress
  // The URL parser gives the one canonical form (RFC 5952), with IPv4 tails turned into groups.
  const canonical = new URL(`http://[${ipAddress}]`).hostname.slice(1, -1)
  const [head = '', tail] = canonical.split('::')
  const start = head === '' ? [] : head.split(':')
  const end = tail === undefined || tail === '' ? [] : tail.split(':')
  const gap = tail === undefined ? 0 : 8 - start.length - end.length
  const groups = [...start, ...Array.from({ length: gap }, () => '0'), ...end]
  if (groups.slice(0, 5).every((g) => g === '0') && groups[5] === 'ffff') return mappedIpv4(groups)
  return `${groups.slice(0, 4).join(':')}::/64`
}

function mappedIpv4(groups: readonly string[]): string {
  const pairs = groups.slice(6).map((group) => Number.parseInt(group, 16))
  return pairs.flatMap((pair) => [pair >> 8, pair & 255]).join('.')
}
