import { AuthError, StoreError } from '../errors.ts'
import type { Operation, Telemetry } from '../ports/telemetry.ts'

/** What answers at once, so that there is nothing to measure. */
const IMMEDIATE: ReadonlySet<string> = new Set([
  'providers',
  'subscribe',
  'accepts',
  'needsRehash',
  'decoyHash',
])

/**
 * The same object, each call of which `telemetry` sees: those of its parts too, by names such as `sessions.rotate`.
 * Where there is no telemetry, do not wrap: then it costs nothing.
 */
export function observed<Part extends object>(
  part: Part,
  telemetry: Telemetry,
  { kind, name }: Operation,
): Part {
  // A copy, because a proxy must give what a frozen target holds.
  return new Proxy<Part>(
    { ...part },
    {
      get(_, key): unknown {
        const value: unknown = Reflect.get(part, key)
        // `toString` and its like are what every object has.
        if (typeof key === 'symbol' || key in Object.prototype) return value
        const operation = { kind, name: name === '' ? key : `${name}.${key}` }
        if (typeof value === 'object' && value !== null) {
          return observed(value, telemetry, operation)
        }
        if (typeof value !== 'function') return value
        const call = (...args: readonly unknown[]): unknown => Reflect.apply(value, part, args)
        if (IMMEDIATE.has(key)) return call
        return async (...args: readonly unknown[]) =>
          observe(telemetry, operation, async () => call(...args))
      },
    },
  )
}

/** The call comes to the same whatever the telemetry does: it is made once, and what the telemetry throws is dropped. */
async function observe(
  telemetry: Telemetry,
  operation: Operation,
  call: () => Promise<unknown>,
): Promise<unknown> {
  let answer: Promise<unknown> | undefined
  try {
    await telemetry.observe(operation, async () => {
      answer ??= call()
      return outcomeOf(answer)
    })
  } catch {
    // Nobody is refused because nobody could count them.
  }
  return answer ?? call()
}

async function outcomeOf(answer: Promise<unknown>): Promise<string> {
  try {
    await answer
    return 'ok'
  } catch (error) {
    return error instanceof AuthError || error instanceof StoreError ? error.code : 'unexpected'
  }
}
