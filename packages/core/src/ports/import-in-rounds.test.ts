import { expect, test } from 'vitest'
import type { AppModel } from './entities.ts'
import { StoreError } from './errors.ts'
import { allEffects, importInRounds, isReserved, type Obstacles } from './import-in-rounds.ts'
import type { ImportedPerson } from './store.ts'

const NOW = new Date('2026-03-01T12:00:00Z')
const NOBODY: Obstacles = { users: [], accounts: [], codes: [] }

function person(id: string, subjects: readonly string[] = []): ImportedPerson<AppModel> {
  return {
    user: {
      id,
      email: `${id}@example.com`,
      displayEmail: `${id}@example.com`,
      emailVerifiedAt: null,
      passwordHash: null,
      blockedAt: null,
      blockedReason: null,
      createdAt: NOW,
    },
    profile: {},
    accounts: subjects.map((subject) => ({
      provider: 'hub',
      subject,
      userId: id,
      email: null,
      createdAt: NOW,
    })),
    reservation: { purpose: 'undo', subject: id, now: NOW },
    effects: {},
  }
}

/** A database in which these obstacles are found, one after another, and each write ends as it is told. */
function stepsOf(found: readonly Obstacles[], undone: readonly Error[] = []) {
  const written: string[][] = []
  let round = 0
  return {
    written,
    find: async () => found[Math.min(round, found.length - 1)] ?? NOBODY,
    async write(people: readonly ImportedPerson<AppModel>[]) {
      written.push(people.map(({ user }) => user.id))
      const cause = undone[round] ?? null
      round += 1
      return cause === null ? null : { cause }
    },
  }
}

test('import: who is in the way is told, and the others are written together, in one order', async () => {
  const reserved = {
    purpose: 'undo',
    subject: 'd',
    userId: null,
    expiresAt: new Date('2026-03-02'),
  }
  const steps = stepsOf([
    {
      users: [
        { id: 'a', email: 'other@example.com' },
        { id: 'x', email: 'b@example.com' },
      ],
      accounts: [{ provider: 'hub', subject: '7' }],
      codes: [reserved],
    },
  ])
  const people = ['a', 'b', 'd', 'f', 'e'].map((id) => person(id))
  const others = [person('c', ['7']), person('g', ['8', '8']), person('h', ['9']), person('e')]
  const all = [...people, ...others]
  expect(await importInRounds({ people: all, isTrial: false }, steps)).toEqual([
    'present',
    'email_taken',
    'email_taken',
    'imported',
    'imported',
    'account_taken',
    'account_taken',
    'imported',
    'present',
  ])
  expect(steps.written).toEqual([['e', 'f', 'h']])
})

test('import: a trial writes nothing, and neither does a call of people who are all there', async () => {
  const steps = stepsOf([NOBODY])
  expect(await importInRounds({ people: [person('a')], isTrial: true }, steps)).toEqual([
    'imported',
  ])
  const there = stepsOf([{ ...NOBODY, users: [{ id: 'a', email: 'a@example.com' }] }])
  expect(await importInRounds({ people: [person('a')], isTrial: false }, there)).toEqual([
    'present',
  ])
  expect([...steps.written, ...there.written]).toEqual([])
})

test('import: who came in between is seen in the next round', async () => {
  const later = { ...NOBODY, users: [{ id: 'x', email: 'a@example.com' }] }
  const steps = stepsOf([NOBODY, later], [new Error('taken')])
  const people = [person('a'), person('b')]
  expect(await importInRounds({ people, isTrial: false }, steps)).toEqual([
    'email_taken',
    'imported',
  ])
  expect(steps.written).toEqual([['a', 'b'], ['b']])
})

test('import: what is refused again and again without anybody in the way is an error', async () => {
  const steps = stepsOf(
    [NOBODY],
    Array.from({ length: 20 }, () => new Error('a column of the app')),
  )
  const call = importInRounds({ people: [person('a')], isTrial: false }, steps)
  await expect(call).rejects.toThrow(StoreError)
  expect(steps.written).toHaveLength(8)
})

test('import: a code keeps others out while it is live, and not its owner', () => {
  const code = { purpose: 'undo', subject: 'a', userId: 'b', expiresAt: new Date('2026-03-02') }
  expect(isReserved(person('a'), [code])).toBe(true)
  for (const change of [{ purpose: 'x' }, { subject: 'x' }, { userId: 'a' }, { expiresAt: NOW }]) {
    expect(isReserved(person('a'), [{ ...code, ...change }])).toBe(false)
  }
})

test('import: the effects of all are joined, whatever each of them has', () => {
  const event = { id: '1' } as never
  expect(allEffects([{ ...person('a'), effects: { events: [event] } }, person('b')])).toEqual({
    events: [event],
    mails: [],
    codes: [],
  })
})
