import { BlockList } from 'node:net'
import type { SetupInstance } from '../setup/define-setup.ts'
import { fine, type Finding } from './finding.ts'

/** Fewer say nothing: a developer alone has one address too. */
const ENOUGH = 20

/**
 * Whether the app knows who calls, seen from the addresses of its newest events: what it counts limits by. A proxy
 * that is not counted on gives its own address for everybody.
 */
export async function checkProxies(mindmesh: SetupInstance): Promise<Finding> {
  const { items } = await mindmesh.events.list({ type: 'LOGIN_FAILED', limit: 200 })
  const more = await mindmesh.events.list({ type: 'LOGIN_SUCCESS', limit: 200 })
  const addresses = [...items, ...more.items].map((event) => event.ipAddress)
  if (addresses.length < ENOUGH) {
    const message = `Fewer than ${ENOUGH} sign-ins so far: too few to tell whether addresses are right.`
    return { check: 'proxies', level: 'note', message, mend: null }
  }
  const known = addresses.filter((address) => address !== null)
  if (known.length === 0) {
    return {
      check: 'proxies',
      level: 'warning',
      message: 'No sign-in has an address, so no limit for an address applies.',
      mend: 'Bind each request: mindmesh.withContext({ ipAddress, userAgent })',
    }
  }
  if (known.every(isInner)) {
    return {
      check: 'proxies',
      level: 'warning',
      message:
        'Every sign-in comes from inside the network: a proxy hides the addresses, and all people share one limit.',
      mend: 'Say how many proxies of yours there are: authHandler(mindmesh, { trustedProxies: 1 })',
    }
  }
  if (new Set(known).size === 1) {
    return {
      check: 'proxies',
      level: 'warning',
      message:
        'Every sign-in comes from one address: it may be a proxy, and all people share one limit.',
      mend: 'Say how many proxies of yours there are: authHandler(mindmesh, { trustedProxies: 1 })',
    }
  }
  return fine('proxies', 'sign-ins come from many addresses')
}

/** Loopback, private and link-local addresses (RFC 1918, RFC 6598, RFC 4193, RFC 4291). */
function isInner(address: string): boolean {
  const inner = new BlockList()
  for (const [network, bits] of [
    ['127.0.0.0', 8],
    ['10.0.0.0', 8],
    ['172.16.0.0', 12],
    ['192.168.0.0', 16],
    ['100.64.0.0', 10],
    ['169.254.0.0', 16],
  ] as const) {
    inner.addSubnet(network, bits, 'ipv4')
  }
  inner.addAddress('::1', 'ipv6')
  inner.addSubnet('fc00::', 7, 'ipv6')
  inner.addSubnet('fe80::', 10, 'ipv6')
  return inner.check(address, address.includes(':') ? 'ipv6' : 'ipv4')
}
