import { ConfigError } from '@mindmesh/auth/ports'

/**
 * Throws a `ConfigError` where a drizzle instance takes every query from its cache (`global: true`): a session that
 * was ended elsewhere would still be read as live.
 */
export function refuseGlobalCache(db: object): void {
  const cache: unknown = Reflect.get(db, '$cache')
  if (typeof cache !== 'object' || cache === null) return
  if (!('strategy' in cache) || typeof cache.strategy !== 'function') return
  if (cache.strategy() !== 'all') return
  const message =
    'takes every query from its cache, and would give ended sessions as live ones; give the adapter an instance without `global: true`'
  throw new ConfigError([{ field: 'drizzle', message }])
}
