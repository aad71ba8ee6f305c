import { ConfigError } from '@mindmesh/auth/ports'
import type { Provider } from './sql.ts'

/** A model as the client knows it: where its rows are, and its columns by the names of their fields. */
export interface ModelDescription {
  readonly schema: string | null
  readonly table: string
  readonly columns: ReadonlyMap<string, string>
}

/** What a client was generated for. */
export interface ClientDescription {
  readonly provider: Provider
  /** By the name of the model, `User`. */
  model(name: string): ModelDescription
}

/**
 * Reads from a client what it was generated for: its provider, its tables and their columns. Prisma has no public name
 * for it; every client of Prisma 7 carries it. Throws a `ConfigError` where a model is missing.
 */
export function describeClient(client: object): ClientDescription {
  const provider = providerOf(client)
  const models: unknown = field(field(client, '_runtimeDataModel'), 'models')
  return {
    provider,
    model(name) {
      const found = field(models, name)
      const fields = field(found, 'fields')
      if (!Array.isArray(fields)) {
        throw problem(
          name,
          'is not a model of the client; lay the schema of @mindmesh/auth-prisma beside your own and run `prisma generate`',
        )
      }
      const columns = fields
        .filter((each: unknown) => field(each, 'kind') !== 'object')
        .map((each: unknown): readonly [string, string] => {
          const own = textIn(each, 'name') ?? ''
          return [own, textIn(each, 'dbName') ?? own]
        })
      return {
        schema: textIn(found, 'schema'),
        table: textIn(found, 'dbName') ?? name,
        columns: new Map(columns),
      }
    },
  }
}

const PROVIDERS: Readonly<Record<string, Provider>> = {
  sqlite: 'sqlite',
  postgresql: 'postgres',
  postgres: 'postgres',
  mysql: 'mysql',
}

function providerOf(client: object): Provider {
  const named = textIn(client, '_activeProvider') ?? 'unknown'
  const provider = PROVIDERS[named]
  if (provider === undefined) {
    throw problem(
      'prisma',
      `must be a client of Prisma 7 for sqlite, postgresql or mysql; its provider is ${named}`,
    )
  }
  return provider
}

function problem(name: string, message: string): ConfigError {
  return new ConfigError([{ field: name, message }])
}

function textIn(value: unknown, name: string): string | null {
  const found = field(value, name)
  return typeof found === 'string' ? found : null
}

function field(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined
  const found: unknown = Reflect.get(value, name)
  return found
}
