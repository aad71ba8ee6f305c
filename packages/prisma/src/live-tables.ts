import type { Queries } from './client.ts'
import { select, type PrismaDatabase } from './database.ts'
import { raw, sql, type Sql } from './sql.ts'

/** A column as the database has it. */
export interface LiveColumn {
  readonly name: string
  readonly type: string
  readonly isNullable: boolean
}

/** An index as the database has it; one that holds only a part of the rows or of a column is not among them. */
export interface LiveIndex {
  /** Names of columns, in their order, with commas between them. */
  readonly columns: string
  readonly isUnique: boolean
}

/** What is there under the name of a table; no columns: nothing. */
export interface LiveTable {
  readonly columns: readonly LiveColumn[]
  readonly indexes: readonly LiveIndex[]
}

/** Where a table is looked for; `schema`: `null` for the place where statements find it. */
export interface TablePlace {
  readonly schema: string | null
  readonly table: string
}

/** Reads from the database's own catalogue. */
export async function liveTable(
  { provider }: PrismaDatabase,
  queries: Queries,
  place: TablePlace,
): Promise<LiveTable> {
  const { columns, indexes } = CATALOGUES[provider](place)
  const columnRows = await select<{ name: string; type: string; nullable: number | bigint }>(
    provider,
    queries,
    columns,
  )
  const indexRows = await select<{ columns: string; uniq: number | bigint }>(
    provider,
    queries,
    indexes,
  )
  return {
    columns: columnRows.map((row) => ({
      name: row.name,
      // MariaDB shows a width for display, `int(11)`.
      type: row.type.toLowerCase().replace(/^(\w*int)\(\d+\)/, '$1'),
      isNullable: Number(row.nullable) === 1,
    })),
    indexes: indexRows.map((row) => ({ columns: row.columns, isUnique: Number(row.uniq) === 1 })),
  }
}

interface Catalogue {
  readonly columns: Sql
  readonly indexes: Sql
}

const CATALOGUES = { sqlite: sqliteCatalogue, postgres: postgresCatalogue, mysql: mysqlCatalogue }

/** A primary key of one column that is no INTEGER is an index like any other. */
function sqliteCatalogue({ table }: TablePlace): Catalogue {
  return {
    columns: sql`select name, type, ("notnull" = 0 and pk = 0) as nullable from pragma_table_info(${table})`,
    indexes: sql`
      select l."unique" as uniq,
        (select group_concat(name) from (select name from pragma_index_info(l.name) order by seqno)) as columns
      from pragma_index_list(${table}) as l where l.partial = 0`,
  }
}

function postgresCatalogue({ schema, table }: TablePlace): Catalogue {
  const path = [...(schema === null ? [] : [schema]), table]
  const relation = sql`to_regclass(${path.map((part) => `"${part.replaceAll('"', '""')}"`).join('.')})`
  return {
    columns: sql`
      select attname::text as name, format_type(atttypid, atttypmod) as type, (not attnotnull)::int as nullable
      from pg_attribute where attrelid = ${relation} and attnum > 0 and not attisdropped`,
    indexes: sql`
      select indisunique::int as uniq, (
        select string_agg(attname, ',' order by place) from unnest(indkey[0:indnkeyatts - 1]) with ordinality as k (attnum, place)
        join pg_attribute a on a.attrelid = indrelid and a.attnum = k.attnum
      ) as columns
      from pg_index
      where indrelid = ${relation} and indisvalid and indimmediate and indpred is null and indexprs is null`,
  }
}

function mysqlCatalogue({ schema, table }: TablePlace): Catalogue {
  const isOf = sql`table_schema = ${schema === null ? raw('database()') : sql`${schema}`} and table_name = ${table}`
  return {
    columns: sql`
      select column_name as name,
        concat(column_type, case when collation_name is null then '' else concat(' ', collation_name) end) as type,
        is_nullable = 'YES' as nullable
      from information_schema.columns where ${isOf}`,
    indexes: sql`
      select group_concat(column_name order by seq_in_index) as columns, max(non_unique) = 0 as uniq
      from information_schema.statistics where ${isOf} group by index_name having count(sub_part) = 0`,
  }
}
