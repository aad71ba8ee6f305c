import { MindmeshAuth } from '@mindmesh/auth'
import { attackCases, attackContext } from '@mindmesh/auth-adapter-kit/attacks'
import { drizzleSqlite, migrate, userColumns } from '@mindmesh/auth-drizzle/sqlite'
import Database from 'better-sqlite3'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import { sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { describe, expect, test } from 'vitest'
import { dialects } from './engines.ts'

const cases = attackCases.map((each) => [`${each.group}: ${each.name}`, each] as const)

describe.each(dialects)('attacks on $name', (engine) => {
  test.each(cases)('%s', async (_, { run }) => {
    const { store, close } = await engine.open()
    const context = attackContext((parts) => new MindmeshAuth({ ...parts, adapter: store }))
    try {
      expect(await run(context)).toBeUndefined()
    } finally {
      await context.app.close()
      await close()
    }
  })
})

describe('attacks on an app with columns and limits of its own', () => {
  const users = sqliteTable('users', { ...userColumns(), firstName: text('first_name').notNull() })
  const limits = { otpSend: 4, loginPerIp: 7, loginFailures: 6, codeFailuresPerDay: 9 }
  const config = {
    otpAttempts: 4,
    limits: Object.fromEntries(Object.entries(limits).map(([name, limit]) => [name, { limit }])),
  }

  test.each(cases)('%s', async (_, { run }) => {
    const client = new Database(':memory:')
    const db = drizzle(client)
    await migrate(db)
    client.exec(
      `alter table users add column first_name text not null default '' check (first_name <> '')`,
    )
    const context = attackContext(
      (parts) =>
        new MindmeshAuth({
          ...parts,
          adapter: drizzleSqlite(db, { users }),
          profileFor: () => ({ firstName: 'Anna' }),
          config: { ...config, ...parts.config },
        }),
      { profile: { firstName: 'Anna' }, limits: { otpAttempts: 4, ...limits } },
    )
    expect(await run(context)).toBeUndefined()
    await context.app.close()
    client.close()
  })
})

test('attacks: no two have one name, and there are enough of them', () => {
  const names = attackCases.map((each) => each.name)
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
  expect(names.length).toBeGreaterThanOrEqual(80)
})
