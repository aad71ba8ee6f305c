import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { serve } from '@hono/node-server'
import { readMailbox } from '@mindmesh/auth-mailers/file'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createDatabase as createMysql, hasMysql } from './support/mysql.ts'
import { createDatabase as createPostgres, hasPostgres } from './support/postgres.ts'
import { Browser } from './http/support/browser.ts'
import { SNIPPETS, saveFilesOf, withPlainImports } from './support/docs-app.ts'

const SECRETS = { AUTH_JWT_SECRET: 'a'.repeat(32), AUTH_REFRESH_SECRET: 'b'.repeat(32) }
let folder: string
let port: number

beforeEach(async () => {
  mkdirSync(SNIPPETS, { recursive: true })
  folder = mkdtempSync(join(SNIPPETS, 'program-'))
  port = await freePort()
  saveFilesOf('docs/getting-started.md', folder, onOurPort)
})
afterEach(() => rmSync(folder, { recursive: true }))

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port: free } = server.address() as AddressInfo
  server.close()
  return free
}

function onOurPort(code: string): string {
  return code.replaceAll('3000', String(port))
}

/** Runs a program in the folder with the built packages. */
function run(file: string): ChildProcess {
  const env = { ...process.env, ...SECRETS, NODE_ENV: 'development' }
  return spawn('node', [file], { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] })
}

/** What the program of Getting started prints, once it has come to its end. */
async function tryIt(): Promise<string> {
  const program = run('try.mjs')
  let printed = ''
  program.stdout?.on('data', (chunk) => (printed += String(chunk)))
  const [exitCode] = await once(program, 'close')
  expect(exitCode).toBe(0)
  return printed
}

async function answers(path: string): Promise<Response> {
  return vi.waitFor(async () => fetch(`http://localhost:${port}${path}`), {
    timeout: 60_000,
    interval: 50,
  })
}

describe.each(['hono', 'node', 'express', 'fastify'])('the program for %s', (name) => {
  test('programs: serves, knows who is signed in, and ends when it is told to', async () => {
    expect(saveFilesOf(`docs/frameworks/${name}.md`, folder, onOurPort)).toContain('server.mjs')
    const server = run('server.mjs')
    try {
      expect((await answers('/auth/openapi.json')).status).toBe(200)
      expect(await tryIt()).toBe('Hello anna@example.com\n')
      expect((await answers('/hello')).status).toBe(401)
      const authorization = 'Bearer nonsense'
      const refused = await fetch(`http://localhost:${port}/hello`, { headers: { authorization } })
      expect(refused.status).toBe(401)
    } finally {
      server.kill('SIGTERM')
      const [exitCode] = await once(server, 'close')
      expect(exitCode).toBe(0)
    }
  })
})

const databases = [
  { page: 'sqlite', isThere: true, create: async () => '' },
  { page: 'postgresql', isThere: hasPostgres, create: createPostgres },
  { page: 'mysql', isThere: hasMysql, create: createMysql },
]

for (const { page, isThere, create } of databases) {
  test.runIf(isThere)(`programs: the set-up for ${page} stores what the routes need`, async () => {
    vi.stubEnv('DATABASE_URL', await create())
    saveFilesOf('docs/frameworks/hono.md', folder, onOurPort)
    expect(saveFilesOf(`docs/databases/${page}.md`, folder)).toEqual(['auth.mjs'])
    const server = run('server.mjs')
    try {
      await answers('/auth/openapi.json')
      expect(await tryIt()).toBe('Hello anna@example.com\n')
    } finally {
      vi.unstubAllEnvs()
      server.kill('SIGTERM')
      const [exitCode] = await once(server, 'close')
      expect(exitCode).toBe(0)
    }
  })
}

type Handler = (request: Request) => Promise<Response>

/** The module of a page's file, with what it stores in put into the folder. */
async function load(file: string) {
  return import(pathToFileURL(join(folder, file)).href)
}

function inFolder(code: string, file: string): string {
  return withPlainImports(code, file)
    .replace("'app.db'", JSON.stringify(join(folder, 'app.db')))
    .replace("'mailbox'", JSON.stringify(join(folder, 'mailbox')))
}

/** Serves as the framework would, for the time of a test. */
async function serving(handle: Handler, body: () => Promise<void>): Promise<void> {
  const server = serve({ fetch: handle, port }) as Server
  await once(server, 'listening')
  try {
    await body()
  } finally {
    server.closeAllConnections()
    server.close()
    vi.unstubAllEnvs()
  }
}

function setEnvironment(): void {
  for (const [name, value] of Object.entries(SECRETS)) vi.stubEnv(name, value)
}

test('programs: the route handlers for Next.js serve and know who is signed in', async () => {
  setEnvironment()
  saveFilesOf('docs/frameworks/nextjs.md', folder, inFolder)
  vi.stubEnv('NEXT_RUNTIME', 'nodejs')
  await (await load('instrumentation.ts')).register()
  const routes = await load('app/auth/[...path]/route.ts')
  const hello = await load('app/hello/route.ts')
  const handle: Handler = async (request) => {
    const isAuth = new URL(request.url).pathname.startsWith('/auth/')
    return (isAuth ? routes : hello)[request.method](request)
  }
  await serving(handle, async () => {
    expect(await tryIt()).toBe('Hello anna@example.com\n')
    expect((await answers('/hello')).status).toBe(401)
  })
})

/** Signs in by cookies, lets the access token run out, and asks for a page. */
async function expectRenewal(site: string): Promise<void> {
  const email = 'anna@example.com'
  const page = new Browser(fetch, site)
  await page.post('/auth/login', { email, password: 'correct horse battery' })
  await vi.waitFor(async () => {
    const [mail] = await readMailbox(join(folder, 'mailbox'))
    const accepted = await page.post('/auth/verify-otp', {
      code: /\b\d{6}\b/.exec(mail?.text ?? '')?.[0] ?? '',
    })
    expect(accepted.status).toBe(200)
  })
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 16 * 60_000 })
  const later = await page.get('/hello')
  vi.useRealTimers()
  expect(later.text).toBe('Hello anna@example.com')
  expect(later.headers.getSetCookie()).toHaveLength(2)
  expect((await page.get('/hello')).status).toBe(200)
}

test('programs: the hook for SvelteKit serves, knows who is signed in, and tells the address', async () => {
  setEnvironment()
  saveFilesOf('docs/frameworks/sveltekit.md', folder, inFolder)
  const hooks = await load('src/hooks.server.ts')
  const route = await load('src/routes/hello/+server.ts')
  await hooks.init()
  const handle: Handler = async (request) =>
    hooks.handle({
      event: {
        request,
        url: new URL(request.url),
        locals: {},
        getClientAddress: () => '192.0.2.7',
      },
      resolve: async (event: unknown) => route.GET(event),
    })
  await serving(handle, async () => {
    expect(await tryIt()).toBe('Hello anna@example.com\n')
    expect((await answers('/hello')).status).toBe(401)
    const { mindmesh } = (await load('src/lib/server/auth.ts')).auth()
    const { items } = await mindmesh.events.list({ type: 'OTP_SENT' })
    expect(items[0].ipAddress).toBe('192.0.2.7')
    await expectRenewal(`http://localhost:${port}`)
  })
})
