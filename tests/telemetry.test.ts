import { MindmeshAuth } from '@mindmesh/auth'
import { memoryStore } from '@mindmesh/auth-adapter-kit'
import { openTelemetry } from '@mindmesh/auth/opentelemetry'
import { StoreError, type Operation, type Telemetry } from '@mindmesh/auth/ports'
import { captureMailer, fastHasher } from '@mindmesh/auth/testing'
import { context, SpanStatusCode } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { codeOf } from './support/code-of.ts'
import { flowScenarios } from './support/flow-scenarios.ts'
import { ANNA, NEXT_PASSWORD, PASSWORD, SECRETS, testInstance } from './support/instance.ts'
import { observeFlow } from './support/observe-flow.ts'
import { wrappedStore } from './support/wrapped-store.ts'

const contextManager = new AsyncLocalStorageContextManager()
beforeAll(() => context.setGlobalContextManager(contextManager.enable()))
afterAll(() => context.disable())

/** OpenTelemetry as an app sets it up, which keeps what it is given. */
function sdk() {
  const spans = new InMemorySpanExporter()
  const metrics = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const reader = new PeriodicExportingMetricReader({ exporter: metrics })
  const tracerProvider = new BasicTracerProvider({
    spanProcessors: [new SimpleSpanProcessor(spans)],
  })
  const meterProvider = new MeterProvider({ readers: [reader] })
  return {
    telemetry: openTelemetry({ tracerProvider, meterProvider }),
    spans: () => spans.getFinishedSpans(),
    /** Every series of every instrument: its name, its attributes and its value. */
    async series() {
      await reader.forceFlush()
      return (metrics.getMetrics().at(-1)?.scopeMetrics ?? []).flatMap((scope) =>
        scope.metrics.flatMap(({ descriptor, dataPoints }) =>
          dataPoints.map(({ attributes, value }) => ({
            name: descriptor.name,
            unit: descriptor.unit,
            attributes,
            value,
          })),
        ),
      )
    },
    async close() {
      await tracerProvider.shutdown()
      await meterProvider.shutdown()
    },
  }
}

/** Notes what a telemetry is told, and does what it is told to do. */
function recorder(observe: Telemetry['observe']) {
  const seen: Operation[] = []
  const telemetry: Telemetry = {
    async observe(operation, work) {
      seen.push(operation)
      await observe(operation, work)
    },
  }
  return { seen, telemetry }
}

describe('telemetry in every case of every flow', () => {
  const all = sdk()
  afterAll(all.close)

  test.each(
    Object.entries(flowScenarios).flatMap(([flow, scenarios]) =>
      Object.entries(scenarios).map(([name, scenario]) => ({ flow, name, scenario })),
    ),
  )('telemetry: $flow, $name, comes to the same as without', async ({ scenario }) => {
    expect(await observeFlow(scenario, all.telemetry)).toEqual(await observeFlow(scenario))
  })

  test('telemetry: nothing but names and outcomes stands in a span', () => {
    const spans = all.spans()
    expect(spans.length).toBeGreaterThan(500)
    for (const { name, attributes, events, links, status } of spans) {
      expect(name).toMatch(/^mindmesh\.(flow|store|hash) [a-zA-Z.]+$/)
      expect(attributes).toEqual({
        'mindmesh.operation': name.split(' ')[1],
        'mindmesh.outcome': expect.stringMatching(/^[a-z_]+$/),
      })
      expect({ events, links, message: status.message }).toEqual({ events: [], links: [] })
    }
  })

  test('telemetry: nothing but names and outcomes stands in a metric, and few of them', async () => {
    const series = await all.series()
    expect(new Set(series.map(({ name }) => name)).size).toBe(6)
    for (const { attributes } of series) {
      expect(attributes).toEqual({
        'mindmesh.operation': expect.stringMatching(/^[a-zA-Z.]+$/),
        'mindmesh.outcome': expect.stringMatching(/^[a-z_]+$/),
      })
    }
    expect(series.length).toBeLessThan(300)
  })

  test('telemetry: a value that a person sent, or that was mailed, stands nowhere', async () => {
    const text = JSON.stringify([
      all.spans().map(({ name, attributes, status }) => ({ name, attributes, status })),
      await all.series(),
    ])
    for (const value of [ANNA, 'example.com', PASSWORD, NEXT_PASSWORD, '192.0.2.1', 'Mozilla']) {
      expect(text).not.toContain(value)
    }
  })
})

test('telemetry: a flow is a span, and its store calls and hashes are spans within it', async () => {
  const { telemetry, spans, close } = sdk()
  const t = testInstance(memoryStore(), { telemetry })
  await t.register('anna')
  const before = spans().length
  await t.mindmesh.withContext({ ipAddress: '192.0.2.1' }).auth.login(ANNA, PASSWORD)
  const made = spans().slice(before)
  const flow = made.find(({ name }) => name === 'mindmesh.flow auth.login')
  expect(flow?.parentSpanContext).toBeUndefined()
  const inner = made.filter((span) => span !== flow)
  expect(inner.map(({ name }) => name)).toEqual(
    expect.arrayContaining([
      'mindmesh.store rateLimits.hit',
      'mindmesh.store users.findForSignIn',
      'mindmesh.hash verify',
      'mindmesh.store codes.issue',
    ]),
  )
  for (const { parentSpanContext } of inner) {
    expect(parentSpanContext?.spanId).toBe(flow?.spanContext().spanId)
  }
  await t.mindmesh.close()
  await close()
})

test('telemetry: mail that leaves in the background belongs to no flow', async () => {
  const { telemetry, spans, close } = sdk()
  const t = testInstance(memoryStore(), { telemetry, config: { mailDelivery: 'background' } })
  await t.mindmesh.otp.send(ANNA, 'checkout')
  await t.mailer.waitFor(ANNA)
  await t.mindmesh.close()
  const outbox = spans().filter(({ name }) => name.startsWith('mindmesh.store outbox.'))
  expect(outbox.map(({ name }) => name)).toContain('mindmesh.store outbox.claim')
  expect(outbox.filter(({ parentSpanContext }) => parentSpanContext !== undefined)).toEqual([])
  await close()
})

test('telemetry: counts by outcome, and measures how long each took', async () => {
  const { telemetry, series, close } = sdk()
  const t = testInstance(memoryStore(), { telemetry })
  await t.register('anna')
  expect(await codeOf(t.mindmesh.auth.login(ANNA, NEXT_PASSWORD))).toBe('invalid_credentials')
  expect(await codeOf(t.mindmesh.auth.login(ANNA, NEXT_PASSWORD))).toBe('invalid_credentials')
  await t.mindmesh.auth.login(ANNA, PASSWORD)
  const all = await series()
  const of = (name: string, operation: string) =>
    all
      .filter((s) => s.name === name && s.attributes['mindmesh.operation'] === operation)
      .map(({ attributes, value, unit }) => [attributes['mindmesh.outcome'], value, unit])
  expect(of('mindmesh.flow.calls', 'auth.login')).toEqual([
    ['invalid_credentials', 2, '{call}'],
    ['ok', 1, '{call}'],
  ])
  const measured = expect.objectContaining({ count: 3, sum: expect.any(Number) })
  expect(of('mindmesh.hash.duration', 'verify')).toEqual([['ok', measured, 's']])
  expect(of('mindmesh.store.duration', 'users.findForSignIn')).toEqual([['ok', measured, 's']])
  await t.mindmesh.close()
  await close()
})

test('telemetry: a failing database is a fault of its span and of its flow, without the reason', async () => {
  const { telemetry, spans, close } = sdk()
  const broken = wrappedStore(memoryStore(), ({ name, proceed }) => {
    if (name !== 'users.findForSignIn') return proceed()
    throw new StoreError(name, { cause: new Error(`select ${ANNA}`) })
  })
  const t = testInstance(broken, { telemetry })
  await expect(t.mindmesh.auth.login(ANNA, PASSWORD)).rejects.toBeInstanceOf(StoreError)
  const faults = spans().filter(({ status }) => status.code === SpanStatusCode.ERROR)
  expect(faults.map(({ name, attributes }) => [name, attributes['mindmesh.outcome']])).toEqual([
    ['mindmesh.store users.findForSignIn', 'store_unavailable'],
    ['mindmesh.flow auth.login', 'store_unavailable'],
  ])
  expect(
    JSON.stringify(faults.map(({ attributes, events }) => [attributes, events])),
  ).not.toContain(ANNA)
  await t.mindmesh.close()
  await close()
})

const TROUBLE: Readonly<Record<string, Telemetry['observe']>> = {
  'throws before the work': async () => {
    throw new Error('trouble')
  },
  'throws after the work': async (_, work) => {
    await work()
    throw new Error('trouble')
  },
  'throws while the work goes on': async (_, work) => {
    void work()
    throw new Error('trouble')
  },
  'leaves the work out': async () => undefined,
  'does the work twice': async (_, work) => {
    await Promise.all([work(), work()])
  },
}

test.each(Object.entries(TROUBLE))(
  'telemetry: one that %s changes nothing, and each call is made once',
  async (_, observe) => {
    const { seen, telemetry } = recorder(observe)
    const t = testInstance(memoryStore(), { telemetry })
    await t.register('anna')
    const { user } = await t.signIn('anna')
    expect(await codeOf(t.register('anna'))).toBe('email_taken')
    expect(await t.eventTypes(user.id)).toEqual([
      'REGISTRATION_SUCCESS',
      'OTP_SENT',
      'OTP_VERIFIED',
      'EMAIL_VERIFIED',
      'LOGIN_SUCCESS',
      'REGISTRATION_FAILED',
    ])
    expect(seen.length).toBeGreaterThan(10)
    await t.mindmesh.close()
  },
)

test('telemetry: counters of their own and what answers at once are as they were', async () => {
  const { seen, telemetry } = recorder(async (_, work) => void (await work()))
  class Hasher {
    readonly #own = fastHasher()
    hash = async (password: string) => this.#own.hash(password)
    async verify(hash: string, password: string) {
      return this.#own.verify(hash, password)
    }
    needsRehash(hash: string) {
      return this.#own.needsRehash(hash)
    }
    decoyHash() {
      return this.#own.decoyHash()
    }
  }
  const rateLimits = Object.freeze({ hit: async () => ({ status: 'allowed' }) as const })
  const t = testInstance(memoryStore(), { telemetry, rateLimits, passwordHasher: new Hasher() })
  await t.register('anna')
  await t.signIn('anna')
  expect(t.mindmesh.oauth.providers()).toEqual([])
  const names = seen.map(({ kind, name }) => `${kind} ${name}`)
  expect(names).toEqual(
    expect.arrayContaining(['store rateLimits.hit', 'hash hash', 'hash verify']),
  )
  expect(names.filter((name) => /needsRehash|decoyHash|providers/.test(name))).toEqual([])
  await t.mindmesh.close()
})

test('telemetry: an error that nobody foresaw is a fault without a name', async () => {
  const { telemetry, spans, close } = sdk()
  const broken = wrappedStore(memoryStore(), ({ name, proceed }) => {
    if (name !== 'users.findForSignIn') return proceed()
    throw new TypeError(`of ${ANNA}`)
  })
  const t = testInstance(broken, { telemetry })
  await expect(t.mindmesh.auth.login(ANNA, PASSWORD)).rejects.toBeInstanceOf(TypeError)
  const flow = spans().find(({ name }) => name === 'mindmesh.flow auth.login')
  expect(flow?.status).toEqual({ code: SpanStatusCode.ERROR })
  expect(flow?.attributes['mindmesh.outcome']).toBe('unexpected')
  await t.mindmesh.close()
  await close()
})

test('telemetry: without an SDK all goes on, and the API looks as it does without telemetry', async () => {
  const t = testInstance(memoryStore(), { telemetry: openTelemetry() })
  const plain = testInstance(memoryStore())
  await t.register('anna')
  await t.signIn('anna')
  // What the store leaves out is still left out.
  expect(await t.mindmesh.maintenance.clockSkew()).toBeNull()
  expect(Object.prototype.toString.call(t.mindmesh.auth)).toBe('[object Object]')
  expect(Reflect.get(t.mindmesh.auth, 'toString')).toBe(Reflect.get({}, 'toString'))
  expect(Object.keys(t.mindmesh.auth)).toEqual(Object.keys(plain.mindmesh.auth))
  const { login } = { ...t.mindmesh.auth }
  expect(await login(ANNA, PASSWORD)).toMatchObject({ otpRequired: true })
  await t.mindmesh.close()
})

test('telemetry: one that is none is a mistake of the set-up', () => {
  const make = () =>
    new MindmeshAuth({
      adapter: memoryStore(),
      mailer: captureMailer(),
      config: SECRETS,
      env: {},
      // @ts-expect-error -- JavaScript can give anything
      telemetry: {},
    })
  expect(make).toThrow('telemetry: must have observe')
})
