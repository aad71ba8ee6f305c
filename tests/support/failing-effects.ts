import type { AuthStore } from '@mindmesh/auth/ports'
import { wrappedStore } from './wrapped-store.ts'

/**
 * The same store, where one kind of event or of mail cannot be written: it is handed over twice, and no table takes
 * the same id a second time. Whatever was to be written with it must then be undone by the store itself.
 */
export function failingEffects(
  store: AuthStore,
  isBroken: (row: { readonly type?: unknown; readonly template?: unknown }) => boolean,
): AuthStore {
  const doubled = (value: unknown): unknown => {
    if (Array.isArray(value)) {
      return value.flatMap((row: object) => (isBroken(row) ? [row, row] : [doubled(row)]))
    }
    if (!isPlain(value)) return value
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, doubled(inner)]))
  }
  return wrappedStore(store, ({ args, proceed }) => proceed(args.map(doubled)))
}

function isPlain(value: unknown): value is object {
  return (
    typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
  )
}
