import { createServer, request as httpRequest, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import { toNodeListener, toRequest } from '@mindmesh/auth-http/node'
import express from 'express'
import Fastify from 'fastify'
import { Hono } from 'hono'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { PASSWORD } from '../support/instance.ts'
import { Browser, send } from './support/browser.ts'
import { ANNA, openSite, type Site } from './support/site.ts'

/** A running server and how it ends. */
interface Running {
  readonly origin: string
  close(): Promise<void>
}

async function listen(listener: RequestListener): Promise<Running> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return running(server)
}

function running(server: Server): Running {
  const { port } = server.address() as AddressInfo
  return {
    origin: `http://127.0.0.1:${port}`,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Every way in which an app takes the handler in; each also has `GET /hello` of its own. */
const MOUNTS: Readonly<Record<string, (site: Site) => Promise<Running>>> = {
  async Hono({ handler }) {
    const app = new Hono()
    app.route('/auth', handler.app)
    app.get('/hello', (c) => c.text('hello'))
    return new Promise((resolve) => {
      const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, () =>
        resolve(running(server as Server)),
      )
    })
  },
  async 'node:http'({ handler }) {
    const auth = toNodeListener(handler)
    return listen((request, response) => {
      auth(request, response, () => response.end('hello'))
    })
  },
  async 'Express 5'({ handler }) {
    const app = express()
    app.use(toNodeListener(handler))
    app.get('/hello', (_request, response) => void response.send('hello'))
    return listen(app)
  },
  async 'Express 5 under a path, after a body parser'({ handler }) {
    const app = express()
    app.use(express.json())
    app.use('/auth', toNodeListener(handler))
    app.get('/hello', (_request, response) => void response.send('hello'))
    return listen(app)
  },
  async 'Fastify 5'({ handler }) {
    const auth = toNodeListener(handler)
    const app = Fastify()
    await app.register(async (scope) => {
      scope.removeAllContentTypeParsers()
      scope.addContentTypeParser('*', (_request, _payload, done) => done(null))
      scope.all('/auth/*', (request, reply) => {
        void reply.hijack()
        auth(request.raw, reply.raw)
      })
    })
    app.get('/hello', async () => 'hello')
    await app.listen({ host: '127.0.0.1', port: 0 })
    return running(app.server)
  },
}

describe.each(Object.entries(MOUNTS))('%s', (_name, mount) => {
  let site: Site
  let server: Running

  beforeEach(async () => {
    site = openSite({ handler: { dangerouslyAllowInsecureCookies: true } })
    await site.register('anna')
    server = await mount(site)
  })
  afterEach(async () => {
    await server.close()
    await site.mindmesh.close()
  })

  test('mounted: a browser signs in, is known, renews and signs out', async () => {
    const page = new Browser(fetch, `${server.origin}/auth`)
    const step = await page.post('/login', { email: ANNA, password: PASSWORD })
    expect(step.json).toEqual({ otpRequired: true, challengeId: null })
    const code = await site.newestCode(ANNA)
    expect((await page.post('/verify-otp', { email: ANNA, code })).status).toBe(200)
    site.clock.advance({ minutes: 16 })
    expect((await page.get('/me')).json.code).toBe('token_expired')
    expect((await page.post('/refresh', {})).headers.getSetCookie()).toHaveLength(2)
    expect((await page.get('/me')).json.user.email).toBe(ANNA)
    expect((await page.post('/logout', {})).status).toBe(204)
    expect((await page.get('/me')).json.code).toBe('not_signed_in')
  })

  test('mounted: the address of the socket is known', async () => {
    await new Browser(fetch, `${server.origin}/auth`).post('/login', { email: ANNA, password: 'x' })
    const { items } = await site.mindmesh.events.list({ type: 'LOGIN_FAILED' })
    expect(items[0]?.ipAddress).toBe('127.0.0.1')
  })

  test('mounted: refusals are the same as everywhere, and no-store', async () => {
    const base = `${server.origin}/auth`
    const refused = [
      [await send(fetch, `${base}/nowhere`), 404, 'not_found'],
      [await send(fetch, `${base}/login`), 405, 'method_not_allowed'],
      [await send(fetch, `${base}/login`, { body: 'x=y', headers: FORM }), 415, MEDIA],
      [await send(fetch, `${base}/login`, { body: { x: 'x'.repeat(20_000) } }), 413, TOO_LARGE],
      [await send(fetch, `${base}/login`, { body: { email: 1 } }), 400, 'invalid_input'],
    ] as const
    for (const [answer, status, code] of refused) {
      expect(answer).toMatchObject({ status, json: { code } })
      expect(answer.headers.get('cache-control')).toBe('no-store')
    }
  })

  test('mounted: the app’s own routes are untouched, and the document names the right place', async () => {
    expect((await send(fetch, `${server.origin}/hello`)).text).toBe('hello')
    const document = await send(fetch, `${server.origin}/auth/openapi.json`)
    expect(document.json.servers).toEqual([{ url: '/auth' }])
  })
})

const FORM = { 'content-type': 'application/x-www-form-urlencoded' }
const MEDIA = 'unsupported_media_type'
const TOO_LARGE = 'body_too_large'

test('bare fetch: another base path, and the root', async () => {
  const at = async (basePath: string, url: string): Promise<number> => {
    const site = openSite({ handler: { basePath } })
    const { status } = await site.handler.fetch(new Request(url))
    await site.mindmesh.close()
    return status
  }
  expect(await at('/api/auth/', 'https://app.example.com/api/auth/me')).toBe(401)
  expect(await at('/api/auth', 'https://app.example.com/auth/me')).toBe(404)
  expect(await at('/', 'https://app.example.com/me')).toBe(401)
})

test('node: a body that is gone is a failure of the app, not of the person', async () => {
  const site = openSite()
  const log = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  const auth = toNodeListener(site.handler)
  const server = await listen((request, response) => {
    request.resume().on('end', () => auth(request, response))
  })
  const answer = await send(fetch, `${server.origin}/auth/login`, { body: { email: ANNA } })
  expect(answer).toMatchObject({ status: 500, json: { code: 'internal_error' } })
  expect(String(log.mock.calls[0]?.[0])).toContain('Mount the handler first')
  log.mockRestore()
  await server.close()
  await site.mindmesh.close()
})

test('node: a Host header that is none gets a problem document', async () => {
  const site = openSite()
  const server = await listen(toNodeListener(site.handler))
  const { status, headers, text } = await raw(`${server.origin}/auth/me`, { host: 'a/b' })
  expect(status).toBe(400)
  expect(headers['cache-control']).toBe('no-store')
  expect(JSON.parse(text)).toMatchObject({ code: 'invalid_input', field: 'request' })
  await server.close()
  await site.mindmesh.close()
})

async function raw(url: string, headers: Record<string, string>) {
  return new Promise<{ status: number; headers: object & Record<string, unknown>; text: string }>(
    (resolve, reject) => {
      const request = httpRequest(url, { headers }, (response) => {
        response.setEncoding('utf8')
        let text = ''
        response.on('data', (chunk: string) => (text += chunk))
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
        )
      })
      request.on('error', reject).end()
    },
  )
}

test('authenticate: a route of Express knows who asks', async () => {
  const site = openSite({ handler: { dangerouslyAllowInsecureCookies: true } })
  await site.register('anna')
  const app = express()
  app.use('/api', async (request, response) => {
    const caller = await site.handler.authenticate(toRequest(request))
    response.json({ email: caller?.user.email ?? null })
  })
  const server = await listen(app)
  const { authorization } = await site.bearer()
  const url = `${server.origin}/api/x`
  expect((await send(fetch, url, { headers: { authorization } })).json.email).toBe(ANNA)
  expect((await send(fetch, url)).json.email).toBeNull()
  await server.close()
  await site.mindmesh.close()
})
