import { readdirSync, readFileSync } from 'node:fs'
import * as mysqlTables from '@mindmesh/auth-drizzle/mysql'
import * as postgresTables from '@mindmesh/auth-drizzle/postgres'
import * as sqliteTables from '@mindmesh/auth-drizzle/sqlite'
import Database from 'better-sqlite3'
import { is } from 'drizzle-orm'
import { drizzle as drizzleOnSqlite } from 'drizzle-orm/better-sqlite3'
import { getTableConfig as mysqlConfig, MySqlTable } from 'drizzle-orm/mysql-core'
import { getTableConfig as postgresConfig, PgTable } from 'drizzle-orm/pg-core'
import { getTableConfig as sqliteConfig, SQLiteTable } from 'drizzle-orm/sqlite-core'
import type { RowDataPacket } from 'mysql2/promise'
import { describe, expect, test } from 'vitest'
import { hasMysql, openMysql } from '../support/mysql.ts'
import { hasPostgres, openPostgres } from '../support/postgres.ts'

/** A table in the form in which all three are compared. */
interface TableShape {
  /** Each as `name type`, with `not null` and its default, in the order of the table. */
  readonly columns: readonly string[]
  /** Each as `name (columns)`, with `unique` in front; the primary key is called so. Sorted. */
  readonly indexes: readonly string[]
}

type Shapes = Readonly<Record<string, TableShape>>
type Dialect = 'sqlite' | 'postgres' | 'mysql'

function columnText(column: {
  readonly name: string
  readonly type: string
  readonly isRequired: boolean
  readonly default: string | null
}): string {
  const required = column.isRequired ? ' not null' : ''
  const initial = column.default === null ? '' : ` default ${column.default}`
  return `${column.name} ${column.type.toLowerCase()}${required}${initial}`
}

function indexText(name: string, columns: readonly string[], isUnique: boolean): string {
  return `${isUnique ? 'unique ' : ''}${name} (${columns.join(', ')})`
}

/** A type without what Prisma cannot say: the character set and the collation. */
function bare(type: string): string {
  return type.replace(/ (character set|collate) .*$/i, '').replace('timestamp (3)', 'timestamp(3)')
}

// The table definitions of Drizzle.

interface DrizzleConfig {
  readonly name: string
  readonly columns: readonly {
    readonly name: string
    readonly notNull: boolean
    readonly primary: boolean
    readonly isUnique: boolean
    readonly uniqueName?: string | undefined
    readonly default: unknown
    getSQLType(): string
  }[]
  readonly primaryKeys: readonly { readonly columns: readonly { readonly name: string }[] }[]
  readonly foreignKeys: readonly unknown[]
  readonly indexes: readonly {
    readonly config: {
      readonly name?: string | undefined
      readonly unique?: boolean | undefined
      readonly columns: readonly unknown[]
    }
  }[]
}

function drizzleShape(config: DrizzleConfig): TableShape {
  expect(config.foreignKeys).toEqual([])
  const primary = [
    ...config.columns.filter((column) => column.primary).map((column) => [column.name]),
    ...config.primaryKeys.map((key) => key.columns.map((column) => column.name)),
  ]
  const nameOf = (column: unknown): string =>
    typeof column === 'object' && column !== null && 'name' in column ? String(column.name) : '?'
  return {
    columns: config.columns.map((column) =>
      columnText({
        name: column.name,
        type: bare(column.getSQLType()),
        isRequired: column.notNull,
        default: column.default === undefined ? null : JSON.stringify(column.default),
      }),
    ),
    indexes: [
      ...primary.map((columns) => indexText('primary', columns, true)),
      ...config.columns
        .filter((column) => column.isUnique)
        .map((column) => indexText(column.uniqueName ?? '', [column.name], true)),
      ...config.indexes.map(({ config: index }) =>
        indexText(index.name ?? '', index.columns.map(nameOf), index.unique === true),
      ),
    ].toSorted(),
  }
}

const drizzleShapes: Readonly<Record<Dialect, () => Shapes>> = {
  sqlite: () =>
    shapesOf(
      Object.values(sqliteTables).flatMap((table) =>
        is(table, SQLiteTable) ? [sqliteConfig(table)] : [],
      ),
    ),
  postgres: () =>
    shapesOf(
      Object.values(postgresTables).flatMap((table) =>
        is(table, PgTable) ? [postgresConfig(table)] : [],
      ),
    ),
  mysql: () =>
    shapesOf(
      Object.values(mysqlTables).flatMap((table) =>
        is(table, MySqlTable) ? [mysqlConfig(table)] : [],
      ),
    ),
}

function shapesOf(configs: readonly DrizzleConfig[]): Shapes {
  expect(configs).toHaveLength(7)
  return Object.fromEntries(configs.map((config) => [config.name, drizzleShape(config)]))
}

// The schema of Prisma, as Prisma has read it.

interface Datamodel {
  readonly models: readonly {
    readonly name: string
    readonly dbName: string
    readonly fields: readonly {
      readonly name: string
      readonly dbName?: string
      readonly kind: string
      readonly isRequired: boolean
      readonly type: string
      readonly nativeType: readonly [string, readonly string[]] | null
      readonly default?: unknown
    }[]
  }[]
  readonly indexes: readonly {
    readonly model: string
    readonly type: 'id' | 'normal' | 'unique'
    readonly dbName?: string
    readonly fields: readonly { readonly name: string }[]
  }[]
}

/** The type that a column must have for a field to be kept in it as it is. */
const prismaTypes: Readonly<Record<Dialect, Readonly<Record<string, string>>>> = {
  // Moments are milliseconds, with the driver adapter's `timestampFormat: 'unixepoch-ms'`.
  sqlite: { String: 'text', Int: 'integer', DateTime: 'integer' },
  postgres: {
    String: 'text',
    Int: 'integer',
    Json: 'jsonb',
    'DateTime Timestamptz(3)': 'timestamp(3) with time zone',
  },
  mysql: { Int: 'int', 'String Text': 'text', 'DateTime DateTime(3)': 'datetime(3)' },
}

function prismaType(
  dialect: Dialect,
  type: string,
  native: readonly [string, readonly string[]] | null,
): string {
  const [name = '', size = []] = native ?? []
  if (dialect === 'mysql' && name === 'VarChar') return `varchar(${size.join()})`
  const full =
    native === null ? type : `${type} ${name}${size.length > 0 ? `(${size.join()})` : ''}`
  const found = prismaTypes[dialect][full]
  if (found === undefined) throw new Error(`${full} is no type of ${dialect}.`)
  return found
}

function prismaShapes(dialect: Dialect): Shapes {
  const file = new URL(`../.prisma/${dialect}/models/datamodel.json`, import.meta.url)
  const { models, indexes } = JSON.parse(readFileSync(file, 'utf8')) as Datamodel
  const shapes = models.map(({ name, dbName, fields }) => {
    expect(fields.map((field) => field.kind)).toEqual(fields.map(() => 'scalar'))
    const columnOf = (field: string): string =>
      fields.find((each) => each.name === field)?.dbName ?? field
    const shape: TableShape = {
      columns: fields.map((field) =>
        columnText({
          name: columnOf(field.name),
          type: prismaType(dialect, field.type, field.nativeType),
          isRequired: field.isRequired,
          default: field.default === undefined ? null : JSON.stringify(field.default),
        }),
      ),
      indexes: indexes
        .filter((index) => index.model === name)
        .map((index) =>
          indexText(
            index.type === 'id' ? 'primary' : (index.dbName ?? ''),
            index.fields.map((field) => columnOf(field.name)),
            index.type !== 'normal',
          ),
        )
        .toSorted(),
    }
    return [dbName, shape] as const
  })
  return Object.fromEntries(shapes)
}

// The database, as its catalogue shows it after the migrations.

interface CatalogueColumn {
  readonly tab: string
  readonly name: string
  readonly type: string
  readonly required: number
  readonly initial: string | null
}

interface CatalogueIndex {
  readonly tab: string
  readonly name: string
  readonly uniq: number
  /** Names with commas between them. */
  readonly columns: string
}

function liveShapes(
  columns: readonly CatalogueColumn[],
  indexes: readonly CatalogueIndex[],
): Shapes {
  const names = [...new Set(columns.map(({ tab }) => tab))].filter(
    (name) => !name.endsWith('_migrations'),
  )
  return Object.fromEntries(
    names.map((name) => [
      name,
      {
        columns: columns
          .filter(({ tab }) => tab === name)
          .map((column) =>
            columnText({
              name: column.name,
              type: column.type.replace(/^(\w*int)\(\d+\)/, '$1'),
              isRequired: column.required === 1,
              default: column.initial === null || column.initial === 'NULL' ? null : column.initial,
            }),
          ),
        indexes: indexes
          .filter(({ tab }) => tab === name)
          .map((index) => indexText(index.name, index.columns.split(','), index.uniq === 1))
          .toSorted(),
      },
    ]),
  )
}

async function sqliteLive(): Promise<Shapes> {
  const client = new Database(':memory:')
  await sqliteTables.migrate(drizzleOnSqlite(client))
  const columns = client
    .prepare<[], CatalogueColumn>(
      `select m.name as tab, c.name, c.type, c."notnull" as required, c.dflt_value as initial
      from sqlite_master m join pragma_table_info(m.name) c where m.type = 'table' and m.name not like 'sqlite%' order by c.cid`,
    )
    .all()
  const indexes = client
    .prepare<[], CatalogueIndex>(
      `select m.name as tab, case l.origin when 'pk' then 'primary' else l.name end as name, l."unique" as uniq,
        (select group_concat(name) from (select name from pragma_index_info(l.name) order by seqno)) as columns
      from sqlite_master m join pragma_index_list(m.name) l where m.type = 'table'`,
    )
    .all()
  const keys = client
    .prepare(`select * from sqlite_master m join pragma_foreign_key_list(m.name)`)
    .all()
  expect(keys).toEqual([])
  client.close()
  return liveShapes(columns, indexes)
}

async function postgresLive(): Promise<Shapes> {
  const { client, close } = await openPostgres({ max: 1 })
  const columns = await client<CatalogueColumn[]>`
    select c.relname as tab, attname as name, format_type(atttypid, atttypmod) as type, attnotnull::int as required,
      pg_get_expr(adbin, adrelid) as initial
    from pg_class c join pg_attribute a on attrelid = c.oid left join pg_attrdef on adrelid = c.oid and adnum = attnum
    where relnamespace = current_schema()::regnamespace and relkind = 'r' and attnum > 0 and not attisdropped
    order by attnum`
  const indexes = await client<CatalogueIndex[]>`
    select t.relname as tab, case when indisprimary then 'primary' else i.relname end as name, indisunique::int as uniq,
      (select string_agg(attname, ',' order by place) from unnest(indkey) with ordinality as k (attnum, place)
        join pg_attribute a on a.attrelid = indrelid and a.attnum = k.attnum) as columns
    from pg_index join pg_class t on t.oid = indrelid join pg_class i on i.oid = indexrelid
    where t.relnamespace = current_schema()::regnamespace`
  expect(await client`select conname from pg_constraint where contype = 'f'`).toHaveLength(0)
  await close()
  return liveShapes(columns, indexes)
}

async function mysqlLive(): Promise<Shapes> {
  const { pool, close } = await openMysql()
  const [columns] = await pool.query<(CatalogueColumn & RowDataPacket)[]>(
    `select table_name as tab, column_name as name, column_type as type, is_nullable = 'NO' as required,
      column_default as initial
    from information_schema.columns where table_schema = database() order by ordinal_position`,
  )
  const [indexes] = await pool.query<(CatalogueIndex & RowDataPacket)[]>(
    `select table_name as tab, lower(index_name) as name, max(non_unique) = 0 as uniq,
      group_concat(column_name order by seq_in_index) as columns
    from information_schema.statistics where table_schema = database() group by table_name, index_name`,
  )
  const [keys] = await pool.query<RowDataPacket[]>(
    `select * from information_schema.referential_constraints where constraint_schema = database()`,
  )
  expect(keys).toEqual([])
  await close()
  return liveShapes(columns, indexes)
}

const dialects = [
  { dialect: 'sqlite', isThere: true, live: sqliteLive },
  { dialect: 'postgres', isThere: hasPostgres, live: postgresLive },
  { dialect: 'mysql', isThere: hasMysql, live: mysqlLive },
] as const

describe.each(dialects)('tables of $dialect', ({ dialect, isThere, live }) => {
  test('the table definitions and the schema of Prisma agree in every column, index and key', () => {
    expect(prismaShapes(dialect)).toEqual(drizzleShapes[dialect]())
  })

  test.runIf(isThere)('the database that the migrations make agrees with both', async () => {
    const shapes = await live()
    expect(shapes).toEqual(prismaShapes(dialect))
    expect(shapes).toEqual(drizzleShapes[dialect]())
  })

  test('the SQL that is shipped for Prisma Migrate is that of the migrations', () => {
    const packages = new URL('../../packages/', import.meta.url)
    const shipped = new URL(`prisma/migrations/${dialect}/`, packages)
    const ours = new URL(`drizzle/migrations/${dialect}/`, packages)
    const names = readdirSync(ours)
      .filter((file) => file.endsWith('.sql'))
      .map((file) => file.replace(/\.sql$/, ''))
    expect(names).not.toEqual([])
    expect(readdirSync(shipped)).toEqual(names)
    for (const name of names) {
      const text = readFileSync(new URL(`${name}.sql`, ours), 'utf8')
      const statements = text.split('--> statement-breakpoint').map((each) => each.trim())
      const sql = readFileSync(new URL(`${name}/migration.sql`, shipped), 'utf8')
      expect(sql).toBe(`${statements.join('\n\n')}\n`)
    }
  })
})
