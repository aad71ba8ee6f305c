import { ConfigError, MindmeshAuth } from '@mindmesh/auth'
import { contractCases, contractContext } from '@mindmesh/auth-adapter-kit'
import { drizzleMysql, migrate, userColumns, userId } from '@mindmesh/auth-drizzle/mysql'
import { captureMailer, fastHasher } from '@mindmesh/auth/testing'
import { eq } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/mysql2'
import { index, int, mysqlTable, text, varchar } from 'drizzle-orm/mysql-core'
import { createPool, type Pool } from 'mysql2/promise'
import { describe, afterAll, beforeAll, beforeEach, expect, expectTypeOf, test } from 'vitest'
import { createDatabase, emptyTables, hasMysql } from '../support/mysql.ts'
import { PASSWORD, SECRETS } from '../support/instance.ts'

/** An app's own: another name, columns that are required, a number that counts up, one more unique column. */
const people = mysqlTable(
  'people',
  {
    ...userColumns(),
    number: int('number').autoincrement().notNull().unique(),
    firstName: varchar('first_name', { length: 100 }).notNull(),
    nickname: varchar('nickname', { length: 20 }).unique('one_nickname'),
    role: text('role').$type<'user' | 'admin'>().notNull().default('user'),
  },
  (table) => [index('people_blocked_at').on(table.blockedAt)],
)
const posts = mysqlTable('posts', {
  title: varchar('title', { length: 100 }).notNull(),
  authorId: userId('author_id').references(() => people.id, { onDelete: 'cascade' }),
})

const CREATE = [
  `create table people like users`,
  // Not the name that drizzle-kit gives: hand-written SQL has names of its own.
  `alter table people rename index users_email_unique to one_address_each`,
  `alter table people
    add column number int not null auto_increment unique,
    add column first_name varchar(100) not null,
    add column nickname varchar(20),
    add column role varchar(20) not null default 'user',
    add unique index one_nickname (nickname),
    add index people_blocked_at (blocked_at),
    add index people_version (password_version)`,
  `drop table users`,
  `create table posts (
    title varchar(100) not null,
    author_id varchar(36) character set ascii collate ascii_bin,
    foreign key (author_id) references people (id) on delete cascade
  )`,
]

describe.runIf(hasMysql)('users table on mysql', () => {
  let pool: Pool
  beforeAll(async () => {
    pool = createPool({ uri: await createDatabase() })
    await migrate(drizzle(pool))
    for (const statement of CREATE) await pool.query(statement)
  })
  beforeEach(async () => emptyTables(pool))
  afterAll(async () => pool.end())

  function instance() {
    return new MindmeshAuth({
      adapter: drizzleMysql(drizzle(pool), { users: people }),
      mailer: captureMailer(),
      passwordHasher: fastHasher(),
      config: { ...SECRETS, mailDelivery: 'manual' },
      env: {},
    })
  }

  test('types: the app’s own columns are typed from its table, and no user has a password hash', async () => {
    const mindmesh = instance()
    // Never called: what must not compile is the test.
    const refused = async (): Promise<void> => {
      // @ts-expect-error firstName is required
      await mindmesh.auth.register('a@example.com', PASSWORD)
      // @ts-expect-error firstName is required
      await mindmesh.auth.register('a@example.com', PASSWORD, { role: 'admin' })
      // @ts-expect-error a role is one of two
      await mindmesh.auth.register('a@example.com', PASSWORD, { firstName: 'A', role: 'king' })
      // @ts-expect-error the library's own columns are not the profile's
      await mindmesh.auth.register('a@example.com', PASSWORD, { firstName: 'A', passwordHash: 'x' })
    }
    expectTypeOf(refused).toBeFunction()
    const user = await mindmesh.auth.register('anna@example.com', PASSWORD, { firstName: 'Anna' })
    expectTypeOf(user.firstName).toEqualTypeOf<string>()
    expectTypeOf(user.nickname).toEqualTypeOf<string | null>()
    expectTypeOf(user.role).toEqualTypeOf<'user' | 'admin'>()
    expectTypeOf(user.id).toEqualTypeOf<string>()
    expectTypeOf(user.emailVerifiedAt).toEqualTypeOf<Date | null>()
    expectTypeOf(user).not.toHaveProperty('passwordHash')
    expect(user).toMatchObject({
      number: expect.any(Number),
      firstName: 'Anna',
      nickname: null,
      role: 'user',
    })
    expect(user).not.toHaveProperty('passwordHash')
    await mindmesh.close()
  })

  test('own users table: its unique address is known whatever its index is called, and is told from other columns', async () => {
    const mindmesh = instance()
    const anna = { firstName: 'Anna', nickname: 'anna' }
    await mindmesh.auth.register('anna@example.com', PASSWORD, anna)
    const again = mindmesh.auth.register('anna@example.com', PASSWORD, anna)
    await expect(again).rejects.toMatchObject({ code: 'email_taken' })
    const nickname = mindmesh.auth.register('other@example.com', PASSWORD, anna)
    await expect(nickname).rejects.toMatchObject({ code: 'store_unavailable' })
    await mindmesh.close()
  })

  test('own users table: what refers to a person goes with them', async () => {
    const mindmesh = instance()
    const db = drizzle(pool)
    const user = await mindmesh.auth.register('anna@example.com', PASSWORD, { firstName: 'Anna' })
    await db.insert(posts).values({ title: 'Hello', authorId: user.id })
    const [post] = await db
      .select({ title: posts.title, author: people.firstName })
      .from(posts)
      .innerJoin(people, eq(people.id, posts.authorId))
    expect(post).toEqual({ title: 'Hello', author: 'Anna' })
    await mindmesh.user.delete(user.id)
    expect(await db.select().from(posts)).toEqual([])
    await mindmesh.close()
  })

  const cases = contractCases.filter((each) => /^(users|sessions|accounts)$/.test(each.group))
  test.each(cases)('own users table: $name', async ({ run }) => {
    const store = drizzleMysql(drizzle(pool), { users: people })
    const context = contractContext(store, { profile: { firstName: 'Anna' } })
    expect(await run(context)).toBeUndefined()
  })

  test('own users table: a missing column of the app is named, and how its types are spelt does not matter', async () => {
    const store = drizzleMysql(drizzle(pool), { users: people })
    expect(await store.assertSchema()).toBeUndefined()
    await pool.query('alter table people drop column nickname, modify display_email varchar(50)')
    const error: unknown = await store.assertSchema().catch((reason: unknown) => reason)
    const problems = error instanceof ConfigError ? error.problems.map(({ field }) => field) : []
    expect(problems).toEqual(['people.display_email', 'people.nickname'])
  })
})
