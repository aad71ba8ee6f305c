import type { Stored } from './client.ts'
import { sql, type Provider, type Sql } from './sql.ts'

/** A value for a JSON column: PostgreSQL has the type `jsonb`; the other tables keep text, which gives keys in their order. */
export function toJson<Value extends object>(provider: Provider, value: Value): Stored<Value> {
  return provider === 'postgres' ? value : JSON.stringify(value)
}

/** What a JSON column holds. */
export function fromJson<Value extends object>(stored: Stored<Value>): Value {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the library wrote it from this very type
  return typeof stored === 'string' ? (JSON.parse(stored) as Value) : stored
}

/** Values of a statement that is written by hand: a bare parameter of PostgreSQL has no type of its own. */
export interface Parameters {
  readonly text: (value: string | null) => Sql
  readonly integer: (value: number) => Sql
  readonly moment: (value: Date) => Sql
  readonly json: (value: object) => Sql
}

/** The parameters of a dialect. */
export function parametersOf(provider: Provider): Parameters {
  switch (provider) {
    case 'postgres':
      return {
        text: (value) => sql`cast(${value} as text)`,
        integer: (value) => sql`cast(${value} as integer)`,
        moment: (value) => sql`cast(${value.toISOString()} as timestamptz)`,
        json: (value) => sql`cast(${JSON.stringify(value)} as jsonb)`,
      }
    case 'mysql':
      return {
        text: (value) => sql`${value}`,
        integer: (value) => sql`${value}`,
        moment: (value) => sql`cast(${utc(value)} as datetime(3))`,
        json: (value) => sql`${JSON.stringify(value)}`,
      }
    case 'sqlite':
      return {
        text: (value) => sql`${value}`,
        integer: (value) => sql`${value}`,
        moment: (value) => sql`${BigInt(value.getTime())}`,
        json: (value) => sql`${JSON.stringify(value)}`,
      }
  }
}

/** As text in UTC: no time zone of the connection has a part in it. */
function utc(date: Date): string {
  return date.toISOString().replace('T', ' ').replace('Z', '')
}
