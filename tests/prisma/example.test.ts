import { randomUUID } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test, vi } from 'vitest'
import { prismaClient } from '../../examples/site/src/databases/prisma-client.ts'
import { prismaEngineOf } from '../../examples/site/src/databases/prisma-engine.ts'

const CLIENTS = fileURLToPath(new URL('../../examples/site/.prisma', import.meta.url))

/** The folders of the clients whose schema has a field. */
function clientsWith(field: string): readonly string[] {
  return readdirSync(CLIENTS)
    .map((name) => join(CLIENTS, name))
    .filter((folder) => {
      const schema = join(folder, 'schema.prisma')
      return existsSync(schema) && readFileSync(schema, 'utf8').includes(field)
    })
}

test.each([
  ['app.db', 'sqlite'],
  ['file:app.db', 'sqlite'],
  ['file:///data/app.db', 'sqlite'],
  [String.raw`C:\data\app.db`, 'sqlite'],
  ['postgres://me@localhost/app', 'postgres'],
  ['postgresql://me@localhost/app', 'postgres'],
  ['mysql://me@localhost/app', 'mysql'],
  ['mariadb://me@localhost/app', 'mysql'],
])('example on prisma: %s is on %s', (url, name) => {
  expect(prismaEngineOf(url).name).toBe(name)
})

test('example on prisma: another database is refused, without the password of its URL', () => {
  const open = () => prismaEngineOf('mongodb+srv://me:secret@localhost/app')
  expect(open).toThrow(/mongodb\+srv:/)
  expect(open).not.toThrow(/secret/)
})

test('example on prisma: a client is generated where the schema is a new one, and once', () => {
  const field = `own${randomUUID().replaceAll('-', '')}`
  const plain = prismaEngineOf('app.db')
  const engine = { ...plain, ownField: `${field} String?` }
  onTestFinished(() => {
    for (const folder of clientsWith(field)) rmSync(folder, { recursive: true })
  })
  prismaClient(plain)
  const said = vi.spyOn(console, 'log').mockReturnValue()
  prismaClient(engine)
  expect(said).toHaveBeenCalledOnce()
  expect(clientsWith(field)).toHaveLength(1)
  prismaClient(engine)
  expect(said).toHaveBeenCalledOnce()
  said.mockRestore()
})

test('example on prisma: a schema that Prisma refuses leaves no client behind', () => {
  const field = `own${randomUUID().replaceAll('-', '')}`
  const engine = { ...prismaEngineOf('app.db'), ownField: `${field} NoSuchType` }
  expect(() => prismaClient(engine)).toThrow(/NoSuchType/)
  expect(clientsWith(field)).toEqual([])
})
