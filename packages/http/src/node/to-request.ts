import type { IncomingMessage } from 'node:http'

/** The head of a Node request as `handler.authenticate` takes it: method, URL and headers; the body stays where it is. */
export function toRequest(incoming: IncomingMessage): Request {
  const headers = new Headers()
  for (const [name, values] of Object.entries(incoming.headersDistinct)) {
    for (const value of values ?? []) headers.append(name, value)
  }
  const url = new URL(originalUrl(incoming), `http://${incoming.headers.host ?? 'localhost'}`)
  return new Request(url, { method: incoming.method ?? 'GET', headers })
}

/** The URL as the client sent it. Express takes the mount path off `url` and keeps the whole here. */
export function originalUrl(incoming: IncomingMessage & { readonly originalUrl?: string }): string {
  return incoming.originalUrl ?? incoming.url ?? '/'
}
