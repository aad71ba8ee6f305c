import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, inject, test } from 'vitest'
import { serverKinds } from '../engines/server-kinds.ts'
import { serverNames } from '../engines/server.ts'
import { orNone } from '../support/or-none.ts'
import { emptyFolder } from './support/cli-app.ts'
import { emptyDatabase } from './support/empty-database.ts'
import { runMindmesh } from './support/run-mindmesh.ts'

const { chosen } = inject('engineRun')

const DORA = '0d1f7f3e-6a4e-4b6a-9f6e-000000000001'

/** Another system in the same database, and what becomes of the one person in it. */
const PEERS = {
  postgres: [
    {
      statements: [
        'create schema auth',
        `create table auth.users (id uuid primary key, email varchar(255), encrypted_password varchar(255),
        email_confirmed_at timestamptz, banned_until timestamptz, deleted_at timestamptz, created_at timestamptz)`,
        `create table auth.identities (provider_id text, user_id uuid, provider text, id uuid, email text)`,
        `insert into auth.users values ('${DORA}', 'dora@example.com', '', '2024-05-06 07:08:09.123+02', null,
        null, '2024-05-06 07:08:09+00')`,
        `insert into auth.identities values ('104', '${DORA}', 'google', '${DORA}', 'dora@gmail.test')`,
      ],
      args: ['supabase'],
      imported: {
        user: { id: DORA, emailVerifiedAt: '2024-05-06T05:08:09.123Z' },
        identities: [{ provider: 'google', subject: '104' }],
      },
    },
    {
      // As Prisma makes it: times have no zone, and are UTC wherever the command runs.
      statements: [
        'create table "User" (id text primary key, email text, "emailVerified" timestamp(3))',
        `insert into "User" values ('${DORA}', 'dora@example.com', '2024-05-06 07:08:09.123')`,
      ],
      args: ['authjs', '--use', 'users=User'],
      imported: { user: { id: DORA, emailVerifiedAt: '2024-05-06T07:08:09.123Z' }, identities: [] },
    },
  ],
  mysql: [
    {
      statements: [
        'create table `User` (id varchar(191) primary key, email varchar(191), emailVerified datetime(3))',
        'create table `Account` (userId varchar(191), provider varchar(191), providerAccountId varchar(191))',
        `insert into \`User\` values ('${DORA}', 'dora@example.com', '2024-05-06 07:08:09.123')`,
        `insert into \`Account\` values ('${DORA}', 'google', '104')`,
      ],
      args: ['authjs', '--use', 'users=User', '--use', 'identities=Account'],
      imported: {
        user: { id: DORA, emailVerifiedAt: '2024-05-06T07:08:09.123Z' },
        identities: [{ provider: 'google', subject: '104' }],
      },
    },
  ],
} as const

const reached = orNone(serverNames.filter((name) => chosen.includes(name)))

describe.each(reached)('the command on %s', (name) => {
  test('init, migrate, doctor and the commands work on an empty database', async () => {
    const database = await emptyDatabase(name)
    const { folder, remove } = emptyFolder()
    const run = async (...args: string[]) => {
      const env = { DATABASE_URL: database.url, TZ: 'Asia/Tokyo' }
      return runMindmesh([...args, '--json'], { cwd: folder, env })
    }
    try {
      expect(await run('init', '--orm', 'drizzle', '--engine', name)).toMatchObject({ code: 0 })
      const before = await run('doctor')
      expect(before.code).toBe(1)
      expect(before.stdout).toContain('Not applied: 0000_initial.')
      expect(await run('migrate', '--status')).toMatchObject({ code: 1 })
      expect(await run('migrate')).toMatchObject({ code: 0 })
      expect(await run('migrate', '--status')).toMatchObject({ code: 0 })
      const after = await run('doctor')
      expect(after).toMatchObject({ code: 0 })
      expect(after.stdout).toContain('within 2 seconds')
      const setup = join(folder, 'mindmesh.config.mjs')
      writeFileSync(
        join(folder, 'people.config.mjs'),
        `${readFileSync(setup, 'utf8')}\nawait mindmesh.auth.register('anna@example.com', 'correct horse battery')\n`,
      )
      const listed = await run('users', 'list', '--config', 'people.config.mjs')
      expect(JSON.parse(listed.stdout)).toMatchObject({ items: [{ email: 'anna@example.com' }] })
      const anna = 'anna@example.com'
      expect((await run('users', 'block', anna, '--yes')).code).toBe(0)
      expect((await run('mail', 'status')).stdout).toContain('"waiting": 0')
      const events = JSON.parse((await run('events', 'list', '--user', anna)).stdout)
      expect(events.items.map(({ type }: { type: string }) => type)).toEqual([
        'ACCOUNT_BLOCKED',
        'REGISTRATION_SUCCESS',
      ])
      expect((await run('prune', '--yes')).code).toBe(0)
      const place = database.url
      for (const { statements, args, imported } of PEERS[name]) {
        for (const statement of statements) await serverKinds[name].run(place, statement)
        const moved = await run('import', ...args, '--from', place, '--yes')
        expect(moved).toMatchObject({ code: 0, stderr: '' })
        expect(JSON.parse(moved.stdout)).toMatchObject({ imported: 1, skipped: 0 })
        const dora = JSON.parse((await run('users', 'export', 'dora@example.com')).stdout)
        expect(dora).toMatchObject(imported)
        expect((await run('users', 'delete', 'dora@example.com', '--yes')).code).toBe(0)
      }
      expect((await run('users', 'delete', anna, '--yes')).code).toBe(0)
      expect(JSON.parse((await run('users', 'list')).stdout).items).toEqual([])
    } finally {
      remove()
      await database.drop()
    }
  })
})
