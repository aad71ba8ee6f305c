import { ConfigError, type AuthStore } from '@mindmesh/auth/ports'
import { drizzleMysql } from '@mindmesh/auth-drizzle/mysql'
import { drizzle } from 'drizzle-orm/mysql2'
import { createPool } from 'mysql2/promise'
import { describe, expect, test } from 'vitest'
import { createDatabase, hasMysql, openMysql } from '../support/mysql.ts'

async function problemsOf(store: AuthStore): Promise<Readonly<Record<string, string>>> {
  const error: unknown = await store.assertSchema().catch((reason: unknown) => reason)
  const problems = error instanceof ConfigError ? error.problems : []
  return Object.fromEntries(problems.map(({ field, message }) => [field, message]))
}

describe.runIf(hasMysql)('schema of mysql', () => {
  test('schema on mysql: without tables each is named', async () => {
    const pool = createPool({ uri: await createDatabase() })
    const problems = await problemsOf(drizzleMysql(drizzle(pool)))
    expect(Object.keys(problems)).toEqual([
      'users',
      'auth_sessions',
      'auth_codes',
      'auth_accounts',
      'auth_rate_limits',
      'auth_events',
      'auth_outbox',
    ])
    expect(problems['users']).toMatch(/^the table is missing; run `await migrate\(db\)`/)
    await pool.end()
  })

  test('schema on mysql: every difference is named at once, and what must be', async () => {
    const pool = createPool({ uri: await createDatabase() })
    const { migrate } = await import('@mindmesh/auth-drizzle/mysql')
    await migrate(drizzle(pool))
    for (const change of [
      'alter table users modify email varchar(254) character set utf8mb4 collate utf8mb4_general_ci not null',
      'alter table users drop index users_email_unique, add index (email)',
      'alter table auth_sessions modify id varchar(20) character set ascii collate ascii_bin not null',
      'alter table auth_sessions drop index auth_sessions_user_id',
      'alter table auth_sessions add index (id, user_id)',
      'alter table auth_codes drop column payload',
      'alter table auth_codes drop index auth_codes_purpose_subject',
      'alter table auth_codes add unique index (purpose(10), subject)',
      'alter table auth_accounts drop primary key',
      'alter table auth_rate_limits modify resets_at datetime not null',
      'alter table auth_events engine = MyISAM',
      'alter table auth_outbox modify sent_at datetime(3) not null',
    ]) {
      await pool.query(change)
    }
    const problems = await problemsOf(drizzleMysql(drizzle(pool)))
    expect(Object.keys(problems)).toEqual([
      'users.email',
      'auth_sessions.id',
      'auth_sessions.user_id+id',
      'auth_codes.payload',
      'auth_codes.purpose+subject',
      'auth_accounts.provider+subject',
      'auth_rate_limits.resets_at',
      'auth_events',
      'auth_outbox.sent_at',
    ])
    expect(problems['auth_rate_limits.resets_at']).toMatch(
      /^is datetime not null and must be datetime\(3\) not null; run/,
    )
    expect(problems['auth_events']).toContain('MyISAM')
    await pool.end()
  })

  test.each([
    ['sql_mode', `set session sql_mode = 'STRICT_ALL_TABLES,NO_BACKSLASH_ESCAPES'`],
    ['character_set_client', 'set names latin1'],
    ['autocommit', 'set session autocommit = 0'],
  ])('schema on mysql: a connection with an unsafe %s is named', async (field, statement) => {
    const { store, close } = await openMysql({ session: [statement] })
    expect(Object.keys(await problemsOf(store))).toEqual([field])
    await close()
  })
})
