import {
  context,
  metrics,
  SpanStatusCode,
  trace,
  type Attributes,
  type MeterProvider,
  type Span,
  type TracerProvider,
} from '@opentelemetry/api'
import type { Operation, Telemetry } from '../ports/telemetry.ts'

/** Where spans and metrics go. */
export interface OpenTelemetryOptions {
  /** @default the one that is registered globally */
  readonly tracerProvider?: Pick<TracerProvider, 'getTracer'>
  /** @default the one that is registered globally when this is called */
  readonly meterProvider?: Pick<MeterProvider, 'getMeter'>
}

const SCOPE = '@mindmesh/auth'
/** Outcomes that are a fault of the system; the others are answers to a person. */
const FAULTS: ReadonlySet<string> = new Set(['store_unavailable', 'unexpected'])
/** Seconds: from a query in memory to a call that waits for a lock. */
const BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/**
 * Spans and metrics by OpenTelemetry, for the option `telemetry`: a span for each flow, store call and hash, and for
 * each kind a counter of calls and a histogram of seconds, by operation and outcome. No attribute holds anything else.
 * Start your SDK first: meters that are asked for earlier measure nothing.
 */
export function openTelemetry(options: OpenTelemetryOptions = {}): Telemetry {
  const tracer = (options.tracerProvider ?? trace).getTracer(SCOPE)
  const meter = (options.meterProvider ?? metrics).getMeter(SCOPE)
  const instrumentsOf = (kind: Operation['kind'], what: string) => ({
    calls: meter.createCounter(`mindmesh.${kind}.calls`, {
      description: `${what}, by outcome`,
      unit: '{call}',
    }),
    duration: meter.createHistogram(`mindmesh.${kind}.duration`, {
      description: `How long ${what.toLowerCase()} took`,
      unit: 's',
      advice: { explicitBucketBoundaries: BUCKETS },
    }),
  })
  const instruments = {
    flow: instrumentsOf('flow', 'Calls of the API'),
    store: instrumentsOf('store', 'Calls of the store'),
    hash: instrumentsOf('hash', 'Password hashes'),
  }
  return {
    async observe({ kind, name }, work) {
      const operation = { 'mindmesh.operation': name }
      const span = tracer.startSpan(`mindmesh.${kind} ${name}`, { attributes: operation })
      const began = performance.now()
      const outcome = await context.with(trace.setSpan(context.active(), span), work)
      const seconds = (performance.now() - began) / 1000
      const attributes = { ...operation, 'mindmesh.outcome': outcome }
      instruments[kind].calls.add(1, attributes)
      instruments[kind].duration.record(seconds, attributes)
      end(span, attributes, outcome)
    },
  }
}

function end(span: Span, attributes: Attributes, outcome: string): void {
  span.setAttributes(attributes)
  if (FAULTS.has(outcome)) span.setStatus({ code: SpanStatusCode.ERROR })
  span.end()
}
