import type { Fault, FaultInjector } from '@mindmesh/auth-adapter-kit'
import type { Pool, PoolConnection } from 'mysql2/promise'

/** What happens around the statements of a pool. What is thrown takes the place of the server's answer. */
export interface Watch {
  before?(statement: string, connection: PoolConnection): void
  after?(statement: string, connection: PoolConnection): void
  refused?(error: unknown): void
  /** What is sent in the place of a statement. */
  rewrite?(statement: string): string
  /** Another pool that carries a statement out, outside its transaction. */
  elsewhere?(statement: string): Pool | null
}

/** Others get in between a statement that was carried out elsewhere and what follows it. */
const PAUSE = 'do sleep(0.01)'

interface Query {
  readonly sql: string
}

/** The same pool, watched. */
export function watchPool(pool: Pool, watch: Watch): Pool {
  const watched = (connection: PoolConnection): PoolConnection =>
    replace(connection, {
      query: async (query: Query, params?: unknown[]) => {
        watch.before?.(query.sql, connection)
        const elsewhere = watch.elsewhere?.(query.sql) ?? null
        const target = elsewhere ?? connection
        const sent = { ...query, sql: watch.rewrite?.(query.sql) ?? query.sql }
        const answer = await target.query(sent, params).catch((error: unknown) => {
          watch.refused?.(error)
          throw error
        })
        await elsewhere?.query(PAUSE)
        watch.after?.(query.sql, connection)
        return answer
      },
    })
  const getConnection = async (): Promise<PoolConnection> => watched(await pool.getConnection())
  return replace(pool, {
    getConnection,
    query: async (query: Query, params?: unknown[]) => {
      const connection = await getConnection()
      try {
        return await connection.query(query, params)
      } finally {
        connection.release()
      }
    },
  })
}

function replace<Target extends object>(target: Target, methods: Record<string, unknown>): Target {
  return new Proxy(target, {
    get(_, key): unknown {
      if (typeof key === 'string' && key in methods) return methods[key]
      const value: unknown = Reflect.get(target, key, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

/** Breaks the connection, as a cable that is cut does; gives the error that the driver has for it. */
export function cut(connection: PoolConnection): Error {
  connection.destroy()
  return Object.assign(new Error('Connection lost.'), { code: 'PROTOCOL_CONNECTION_LOST' })
}

/** Counts the statements of a pool, and breaks the connection before or after one of them. */
export function mysqlFaults(pool: Pool): { readonly injector: FaultInjector; readonly pool: Pool } {
  let count = 0
  let fault: Fault | null = null
  const watch: Watch = {
    before(_, connection) {
      count += 1
      if (fault?.when === 'before' && fault.statement === count) throw cut(connection)
    },
    after(_, connection) {
      if (fault?.when === 'after' && fault.statement === count) throw cut(connection)
    },
  }
  const injector: FaultInjector = {
    arm(next) {
      count = 0
      fault = next
    },
    disarm() {
      fault = null
      return count
    },
  }
  return { injector, pool: watchPool(pool, watch) }
}
