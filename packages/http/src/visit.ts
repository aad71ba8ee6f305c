import type { AppModel, MindmeshApi, MindmeshAuth } from '@mindmesh/auth'
import type { HandlerConfig } from './handler-config.ts'
import { clientAddress, normaliseAddress } from './request/client-address.ts'
import { localeOf } from './request/locale.ts'
import { AuthCookies } from './session/auth-cookies.ts'

/** A request as it came, and where its cookies go. */
export interface Visit {
  readonly request: Request
  /** What the runtime handed over beside the request. */
  readonly env: unknown
  readonly setCookie: (line: string) => void
}

/** The library bound to a request: who asks, from where, in which language. */
export function bindApi<App extends AppModel>(
  mindmesh: Pick<MindmeshAuth<App>, 'withContext'>,
  config: HandlerConfig,
  visit: Visit,
): MindmeshApi<App> {
  const { headers } = visit.request
  return mindmesh.withContext({
    ipAddress: addressOf(config, visit),
    userAgent: headers.get('user-agent'),
    locale: localeOf(headers.get('accept-language'), config.locales),
  })
}

/** The cookies of a request. */
export function cookiesOf(config: HandlerConfig, { request, setCookie }: Visit): AuthCookies {
  const header = request.headers.get('cookie')
  return new AuthCookies({ header, isInsecure: config.insecureCookies, set: setCookie })
}

function addressOf(config: HandlerConfig, { request, env }: Visit): string | null {
  if (config.clientAddress === null) {
    const forwardedFor = request.headers.get('x-forwarded-for')
    const { trustedProxies } = config
    return clientAddress({ peer: peerAddress(env), forwardedFor, trustedProxies })
  }
  const given = config.clientAddress(request) ?? null
  if (given === null) return null
  const address = normaliseAddress(given)
  // Going on without one would switch a limit off unseen.
  if (address === null) throw new TypeError('clientAddress gave something that is no IP address.')
  return address
}

/** The other end of the socket, as `@hono/node-server` and our own adapter tell it. */
function peerAddress(env: unknown): string | null {
  const socket = memberOf(memberOf(env, 'incoming'), 'socket')
  const address = memberOf(socket, 'remoteAddress')
  return typeof address === 'string' ? address : null
}

function memberOf(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined
  return Reflect.get(value, key)
}
