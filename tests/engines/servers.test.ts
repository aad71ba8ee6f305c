import { describe, expect, inject, test } from 'vitest'
import { newDatabaseName, newRunId } from './database-name.ts'
import { postgresServer } from './postgres-server.ts'
import { serverKinds } from './server-kinds.ts'
import { createOnServer, dropChosen, findServer, serverNames } from './server.ts'
import type { TestDatabase } from './test-database.ts'

const { servers } = inject('engineRun')
const reachable = serverNames.flatMap((name) => {
  const server = servers[name]
  return 'url' in server ? [{ name, kind: serverKinds[name], url: server.url }] : []
})

describe.each(reachable)('server $name', ({ kind, url }) => {
  const runId = newRunId()

  /** Parents, children that hold them fast, and the record of migrations. */
  async function createWithTables(): Promise<TestDatabase> {
    return createOnServer(kind, {
      url,
      runId,
      async connect(own) {
        await kind.run(own, 'create table parents (id int primary key, name varchar(20))')
        await kind.run(
          own,
          'create table children (id int primary key, parent int, foreign key (parent) references parents (id))',
        )
        await kind.run(own, 'create table __some_migrations (hash varchar(20))')
        await kind.run(own, `insert into __some_migrations values ('applied')`)
        await kind.run(own, `insert into parents values (1, 'anna')`)
        await kind.run(own, 'insert into children values (2, 1)')
        return {
          openStore: () => {
            throw new Error('not opened here')
          },
          close: async () => undefined,
        }
      },
    })
  }

  test('emptying deletes every row but the record of migrations; a dump shows what is there', async () => {
    const database = await createWithTables()
    expect(await database.dump()).toContain('anna')
    await database.empty()
    const dump = await database.dump()
    expect(dump).not.toContain('anna')
    expect(dump).not.toContain('parent')
    expect(dump).toContain('applied')
    await database.drop()
  })

  test('dropping removes the database', async () => {
    const database = await createWithTables()
    const name = new URL(database.place ?? '').pathname.slice(1)
    expect(await kind.databases(url)).toContain(name)
    await database.drop()
    expect(await kind.databases(url)).not.toContain(name)
  })

  test('a connection that a test left open does not keep its database', async () => {
    const name = newDatabaseName(runId, new Date())
    await kind.run(url, `create database ${name}`)
    const own = new URL(url)
    own.pathname = `/${name}`
    const tables = await kind.tables(own.href)
    await tables.dump()
    await kind.drop(url, name)
    expect(await kind.databases(url)).not.toContain(name)
    await tables.close()
  })

  test('clearing away drops the databases that are chosen and no others', async () => {
    const [mine, other] = [newDatabaseName(runId, new Date()), newDatabaseName(runId, new Date())]
    for (const name of [mine, other]) await kind.run(url, `create database ${name}`)
    await dropChosen(kind, url, (name) => name === mine)
    const names = await kind.databases(url)
    await kind.drop(url, other)
    expect(names).toContain(other)
    expect(names).not.toContain(mine)
  })

  test('a user that may not sign in is told apart, and no password is shown', async () => {
    const wrong = new URL(url)
    wrong.username = 'mindmesh_nobody'
    wrong.password = 'swordfish'
    const found = await findServer(kind, { env: { [kind.variable]: wrong.href }, runId })
    expect(found).toEqual({
      missing: expect.stringContaining(`${kind.variable}: ${wrong.host} says`),
    })
    expect(JSON.stringify(found)).not.toContain('swordfish')
  })

  test('an address that names no database is enough', async () => {
    const bare = new URL(url)
    bare.pathname = ''
    const found = await findServer(kind, { env: { [kind.variable]: bare.href }, runId })
    expect(found).toHaveProperty('url')
  })

  test('looking for a server leaves nothing in it', async () => {
    const id = newRunId()
    await findServer(kind, { env: { [kind.variable]: url }, runId: id })
    expect((await kind.databases(url)).filter((name) => name.includes(id))).toEqual([])
  })
})

test.each(Object.values(serverKinds))('server: $protocol, nothing listens', async (kind) => {
  const found = await findServer({ ...kind, port: 1 }, { env: {}, runId: newRunId() })
  expect(found).toEqual({ missing: 'nothing listens on 127.0.0.1:1' })
})

test('server: an address that is none is named', async () => {
  const env = { [postgresServer.variable]: 'somewhere' }
  expect(await findServer(postgresServer, { env, runId: newRunId() })).toEqual({
    missing: 'MINDMESH_TEST_POSTGRES_URL is not a URL',
  })
})
