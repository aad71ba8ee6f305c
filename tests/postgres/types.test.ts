import { MindmeshAuth } from '@mindmesh/auth'
import { drizzlePostgres, userColumns } from '@mindmesh/auth-drizzle/postgres'
import { captureMailer, fastHasher } from '@mindmesh/auth/testing'
import { drizzle as drizzleNodePostgres } from 'drizzle-orm/node-postgres'
import { pgSchema, pgTable, text, withReplicas } from 'drizzle-orm/pg-core'
import { drizzle as drizzlePglite } from 'drizzle-orm/pglite'
import { drizzle } from 'drizzle-orm/postgres-js'
import { expect, expectTypeOf, test } from 'vitest'
import { PASSWORD, SECRETS } from '../support/instance.ts'
import { hasPostgres, openPostgres } from '../support/postgres.ts'

const people = pgSchema('crm').table('people', {
  ...userColumns(),
  firstName: text('first_name').notNull(),
  role: text('role').notNull().default('user'),
})

test.runIf(hasPostgres)(
  'types on postgres: the app’s own columns are typed from its table, whatever its name, schema and driver',
  async () => {
    const { client, close } = await openPostgres()
    const db = drizzle(client, { schema: { people } })
    await client`create schema crm`
    await client`create table crm.people (like users including all)`
    await client`alter table crm.people add first_name text not null, add role text not null default 'user'`
    const mindmesh = new MindmeshAuth({
      adapter: drizzlePostgres(db, { users: people }),
      mailer: captureMailer(),
      passwordHasher: fastHasher(),
      config: SECRETS,
      env: {},
    })
    // Never called: what must not compile is the test.
    const refused = async (): Promise<void> => {
      // @ts-expect-error firstName is required
      await mindmesh.auth.register('a@example.com', PASSWORD)
      // @ts-expect-error firstName is required
      await mindmesh.auth.register('a@example.com', PASSWORD, { role: 'admin' })
      // @ts-expect-error the library's own columns are not the profile's
      await mindmesh.auth.register('a@example.com', PASSWORD, { firstName: 'A', passwordHash: 'x' })
      const nullable = pgTable('users', { ...userColumns(), email: text('email') })
      // @ts-expect-error a column of the app in the place of one of the library's
      drizzlePostgres(db, { users: nullable })
      // @ts-expect-error a table without the library's columns
      drizzlePostgres(db, { users: pgTable('users', { id: text('id').primaryKey() }) })
      drizzlePostgres(drizzlePglite({ schema: { people } }), { users: people })
      drizzlePostgres(drizzleNodePostgres(''), { users: people })
      drizzlePostgres(withReplicas(db, [db]))
    }
    expectTypeOf(refused).toBeFunction()
    const user = await mindmesh.auth.register('anna@example.com', PASSWORD, { firstName: 'Anna' })
    expectTypeOf(user.firstName).toEqualTypeOf<string>()
    expectTypeOf(user.id).toEqualTypeOf<string>()
    expectTypeOf(user.emailVerifiedAt).toEqualTypeOf<Date | null>()
    expectTypeOf(user).not.toHaveProperty('passwordHash')
    expect(user).toMatchObject({ firstName: 'Anna', role: 'user', email: 'anna@example.com' })
    expect(user).not.toHaveProperty('passwordHash')
    await mindmesh.close()
    await client`drop schema crm cascade`
    await close()
  },
)
