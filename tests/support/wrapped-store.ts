import type { AuthStore } from '@mindmesh/auth/ports'

/** One call of a store's method. */
export interface StoreCall {
  /** For example `sessions.open`. */
  readonly name: string
  readonly args: readonly unknown[]
  /** Carries the call out, with other arguments where they are given. */
  readonly proceed: (args?: readonly unknown[]) => unknown
}

/**
 * The same store with every call of its parts led through `onCall`, which answers in its place. It looks at no
 * signature, so it fits every store and every version of the port.
 */
export function wrappedStore(store: AuthStore, onCall: (call: StoreCall) => unknown): AuthStore {
  return new Proxy(store, {
    get(target, key): unknown {
      const part: unknown = Reflect.get(target, key)
      const isPart = typeof part === 'object' && part !== null
      return isPart ? wrappedPart(part, String(key), onCall) : part
    },
  })
}

function wrappedPart(part: object, name: string, onCall: (call: StoreCall) => unknown): object {
  return new Proxy(part, {
    get(target, key): unknown {
      const method: unknown = Reflect.get(target, key)
      if (typeof method !== 'function') return method
      return async (...args: readonly unknown[]): Promise<unknown> =>
        onCall({
          name: `${name}.${String(key)}`,
          args,
          proceed: (others = args) => Reflect.apply(method, target, [...others]),
        })
    },
  })
}

/** The same store, noting the name of each method that is called. */
export function recordingStore(store: AuthStore, calls: string[]): AuthStore {
  return wrappedStore(store, ({ name, proceed }) => {
    calls.push(name)
    return proceed()
  })
}

/** The same store, where something happens right before the first call of a method. */
export function interruptedStore(
  store: AuthStore,
  method: string,
  interruption: () => Promise<unknown>,
): AuthStore {
  let isDone = false
  return wrappedStore(store, async ({ name, proceed }) => {
    if (name === method && !isDone) {
      isDone = true
      await interruption()
    }
    return proceed()
  })
}

/** The same store, where a method gives this outcome and does nothing. */
export function answeringStore(store: AuthStore, method: string, outcome: unknown): AuthStore {
  return wrappedStore(store, ({ name, proceed }) => (name === method ? outcome : proceed()))
}
