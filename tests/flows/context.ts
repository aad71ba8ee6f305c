import { Agent, createServer, request as httpRequest } from 'node:http'
import type { MindmeshApi } from '@mindmesh/auth'
import { captureMailer } from '@mindmesh/auth/testing'
import { expect } from 'vitest'
import { codeOf } from '../support/code-of.ts'
import type { FlowTest } from '../support/flow-test.ts'
import { ANNA, PASSWORD, testInstance, type TestInstance } from '../support/instance.ts'
import { atOnce, inTurn } from '../support/times.ts'

const addressOf = (n: number): string => `192.0.2.${n + 1}`

/** Tries to sign in as a person whose name is the address of the request, so that the event tells on a mix-up. */
async function signInFrom(api: MindmeshApi, ipAddress: string): Promise<void> {
  await codeOf(api.auth.login(`${ipAddress}@example.com`, PASSWORD))
}

async function addressesOf(t: TestInstance): Promise<readonly (string | null)[]> {
  const { items } = await t.mindmesh.events.list()
  return items.map((event) => event.ipAddress).toSorted()
}

/** Who asks. */
export function context(test: FlowTest): void {
  test('context: requests interleaved through setContext never see each other’s address', async ({
    t,
  }) => {
    const arrived = barrier(8)
    await atOnce(8, async (n) => {
      t.mindmesh.setContext({ ipAddress: addressOf(n) })
      await arrived()
      await signInFrom(t.mindmesh, addressOf(n))
    })
    expect(await addressesOf(t)).toEqual(Array.from({ length: 8 }, (_, n) => addressOf(n)))
  })

  test('context: requests interleaved through withContext never see each other’s address', async ({
    t,
  }) => {
    const arrived = barrier(8)
    await atOnce(8, async (n) => {
      const api = t.mindmesh.withContext({ ipAddress: addressOf(n) })
      await arrived()
      await signInFrom(api, addressOf(n))
    })
    expect(await addressesOf(t)).toEqual(Array.from({ length: 8 }, (_, n) => addressOf(n)))
  })

  test('context: withContext wins over setContext, and takes nothing from it', async ({ t }) => {
    await (async () => {
      t.mindmesh.setContext({ ipAddress: '192.0.2.1', userAgent: 'set' })
      await signInFrom(t.mindmesh.withContext({ ipAddress: '192.0.2.2' }), '192.0.2.2')
      await signInFrom(t.mindmesh.withContext({}), '192.0.2.3')
      await signInFrom(t.mindmesh, '192.0.2.1')
    })()
    const { items } = await t.mindmesh.events.list()
    expect(items.map((e) => [e.ipAddress, e.userAgent]).toReversed()).toEqual([
      ['192.0.2.2', null],
      [null, null],
      ['192.0.2.1', 'set'],
    ])
  })

  test('context: a request that still runs while the instance closes keeps what it has set', async ({
    store,
  }) => {
    await (async () => {
      const mailer = { ...captureMailer(), close: async () => signInFrom(t.mindmesh, '192.0.2.1') }
      const t = testInstance(store, { mailer })
      t.mindmesh.setContext({ ipAddress: '192.0.2.1' })
      await t.mindmesh.close()
      expect(await addressesOf(t)).toEqual(['192.0.2.1'])
    })()
  })

  test('context: one request of a connection sees nothing that an earlier one has set', async ({
    t,
  }) => {
    const server = createServer((incoming, response) => {
      const address = new URL(incoming.url ?? '', 'http://localhost').searchParams.get('address')
      if (address !== null) t.mindmesh.setContext({ ipAddress: address })
      void signInFrom(t.mindmesh, address ?? 'none').then(() => response.end())
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : 0
    // One connection for all, as a browser keeps it.
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const paths = ['/?address=192.0.2.1', '/', '/?address=192.0.2.2', '/']
    await inTurn(paths.length, async (n) => get({ agent, port, path: paths[n] }))
    agent.destroy()
    await new Promise((resolve) => server.close(resolve))
    const { items } = await t.mindmesh.events.list()
    expect(items.map((event) => event.ipAddress).toReversed()).toEqual([
      '192.0.2.1',
      null,
      '192.0.2.2',
      null,
    ])
  })

  test('context: calls outside any request have that of the options', async ({ t }) => {
    const script = testInstance(t.store, { ipAddress: '192.0.2.7', userAgent: 'nightly job' })
    await script.register('anna')
    const { items } = await t.mindmesh.events.list()
    expect(items).toMatchObject([{ ipAddress: '192.0.2.7', userAgent: 'nightly job' }])
  })

  test.for([
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['2001:DB8::1', '2001:db8::1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['', null],
    [null, null],
    [undefined, null],
  ] as const)('context: the address %s is kept as %s', async ([ipAddress, kept], { t }) => {
    await codeOf(t.mindmesh.withContext({ ipAddress }).auth.login(ANNA, PASSWORD))
    const { items } = await t.mindmesh.events.list()
    expect(items).toMatchObject([{ ipAddress: kept }])
  })

  test.for(['192.0.2.256', '192.0.2.1, 198.51.100.1', 'localhost', '1.2.3.4\n', 7, ['192.0.2.1']])(
    'context: %s is no address, and is refused by its name',
    async (ipAddress, { t }) => {
      for (const bind of [t.mindmesh.withContext, t.mindmesh.setContext]) {
        const call = async (): Promise<unknown> => Reflect.apply(bind, t.mindmesh, [{ ipAddress }])
        await expect(call()).rejects.toMatchObject({
          code: 'invalid_input',
          field: 'ipAddress',
          reason: 'not_an_address',
        })
      }
    },
  )

  test('context: a user agent is cut and cleaned, never refused', async ({ t }) => {
    const agents = [`a\r\nb\0c\u009fd`, 'x'.repeat(600), `${'x'.repeat(511)}😀`, 'a\ud800b', 7, '']
    for (const userAgent of agents) {
      const api = Reflect.apply(t.mindmesh.withContext, t.mindmesh, [{ userAgent }])
      await codeOf(api.auth.login(ANNA, PASSWORD))
    }
    const { items } = await t.mindmesh.events.list()
    expect(items.map((event) => event.userAgent).toReversed()).toEqual([
      'a  b c d',
      'x'.repeat(512),
      `${'x'.repeat(511)}\ufffd`,
      'a\ufffdb',
      null,
      null,
    ])
  })
}

/** Lets nobody on before so many have arrived. */
function barrier(count: number): () => Promise<void> {
  let waiting = 0
  let open: () => void = () => undefined
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return async () => {
    waiting += 1
    if (waiting === count) open()
    await opened
  }
}

async function get(options: {
  readonly agent: Agent
  readonly port: number | undefined
  readonly path: string | undefined
}): Promise<void> {
  return new Promise((resolve, reject) => {
    httpRequest({ host: '127.0.0.1', ...options }, (response) => {
      response.resume().on('end', resolve)
    })
      .on('error', reject)
      .end()
  })
}
