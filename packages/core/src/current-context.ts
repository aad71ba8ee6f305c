import { AsyncLocalStorage } from 'node:async_hooks'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'

/** The context of the current asynchronous flow. */
export interface CurrentContext<Value> {
  /** `undefined` where none was set. */
  get(): Value | undefined
  /** Sets it for the rest of the flow; a request that a server takes up later begins without one. */
  set(value: Value): void
  /** Lets go of the process, and forgets what was set. */
  close(): void
}

/** Published by `node:http` on the server's side, before anything of the app sees the request. */
const REQUEST_START = 'http.server.request.start'

/**
 * Keeps a context for each asynchronous flow. What is set in a request's handler stays with its connection, and a
 * proxy sends requests of many people over one: each request therefore begins anew.
 */
export function createCurrentContext<Value>(): CurrentContext<Value> {
  const storage = new AsyncLocalStorage<Value | undefined>()
  const beginAnew = (): void => storage.enterWith(undefined)
  let isListening = false
  return {
    get: () => storage.getStore(),
    set(value) {
      if (!isListening) subscribe(REQUEST_START, beginAnew)
      isListening = true
      storage.enterWith(value)
    },
    close() {
      if (isListening) unsubscribe(REQUEST_START, beginAnew)
      isListening = false
      // Else Node would carry it through every promise of the process for as long as that lives.
      storage.disable()
    },
  }
}
