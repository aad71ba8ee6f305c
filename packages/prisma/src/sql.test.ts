import { expect, test } from 'vitest'
import { join, quoted, raw, sql, textOf } from './sql.ts'

test('sql: pieces keep their values in order, and each dialect has its placeholders', () => {
  const where = join([sql`a = ${1}`, sql`b in (${2}, ${3})`], ' and ')
  const statement = sql`update ${raw('t')} set c = ${'x'} where ${where} limit ${4}`
  expect(statement.values).toEqual(['x', 1, 2, 3, 4])
  expect(textOf('postgres', statement)).toBe(
    'update t set c = $1 where a = $2 and b in ($3, $4) limit $5',
  )
  expect(textOf('mysql', statement)).toBe('update t set c = ? where a = ? and b in (?, ?) limit ?')
})

test('sql: a value is never text of the statement, and a name cannot leave its quotes', () => {
  const statement = sql`select ${"'; drop table users"}, ${null}`
  expect(textOf('sqlite', statement)).toBe('select ?, ?')
  expect(textOf('sqlite', quoted('sqlite', 'a"b'))).toBe('"a""b"')
  expect(textOf('mysql', quoted('mysql', 'a`b'))).toBe('`a``b`')
})

test('sql: no pieces are an empty text', () => {
  expect(textOf('sqlite', join([], ', '))).toBe('')
})
