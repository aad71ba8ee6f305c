import { Client, Pool } from 'pg'

/** A pool of `pg` that sends something else in the place of some statements. */
export function rewritingPool(
  connectionString: string,
  rewrite: (statement: string) => string,
): Pool {
  class RewritingClient extends Client {
    constructor(config?: ConstructorParameters<typeof Client>[0]) {
      super(config)
      const send = this.query.bind(this) as (...args: readonly unknown[]) => unknown
      const query = (first: unknown, ...rest: readonly unknown[]): unknown =>
        send(isQuery(first) ? { ...first, text: rewrite(first.text) } : first, ...rest)
      Object.assign(this, { query })
    }
  }
  return new Pool({ connectionString, Client: RewritingClient })
}

function isQuery(value: unknown): value is { readonly text: string } {
  return (
    typeof value === 'object' && value !== null && 'text' in value && typeof value.text === 'string'
  )
}
