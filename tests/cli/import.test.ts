import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { BetterSqlite3Adapter } from '@lucia-auth/adapter-sqlite'
import { hash as bcrypt } from '@node-rs/bcrypt'
import { betterAuth } from 'better-auth'
import { getMigrations } from 'better-auth/db/migration'
import { admin } from 'better-auth/plugins'
import Database from 'better-sqlite3'
import { LegacyScrypt, Lucia, Scrypt } from 'lucia'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { PASSWORD } from '../support/instance.ts'
import { appMaker, type CliApp } from './support/cli-app.ts'
import { bareEnv, MINDMESH } from './support/run-mindmesh.ts'

let apps: Awaited<ReturnType<typeof appMaker>>
let app: CliApp
beforeAll(async () => {
  apps = await appMaker()
})
afterAll(() => apps.remove())
beforeEach(() => {
  app = apps.make({ realHashes: true })
})
afterEach(async () => app.close())

const NONE = {
  imported: 0,
  present: 0,
  emailTaken: 0,
  accountTaken: 0,
  invalid: 0,
  skipped: 0,
  passwordsDropped: 0,
}

async function importFrom(system: string, from: string, ...flags: string[]): Promise<unknown> {
  return app.json('import', system, '--from', from, '--yes', ...flags)
}

async function identitiesOf(email: string): Promise<readonly (readonly [string, string])[]> {
  const user = await app.mindmesh.user.getByEmail(email)
  const identities = await app.mindmesh.oauth.list(user?.id ?? '')
  return identities.map(({ provider, subject }) => [provider, subject] as const)
}

function peerDatabase(): Database.Database {
  return new Database(join(app.folder, 'peer.db'))
}

test('import from Better Auth: people sign in with their password; bans and identities come along', async () => {
  const db = peerDatabase()
  const auth = betterAuth({
    database: db,
    secret: 'a secret of the tests, long enough for it',
    baseURL: 'http://localhost:3000',
    emailAndPassword: { enabled: true },
    plugins: [admin()],
    telemetry: { enabled: false },
  })
  await (await getMigrations(auth.options)).runMigrations()
  for (const name of ['anna', 'ben', 'cleo']) {
    const body = { email: `${name}@example.com`, password: PASSWORD, name }
    await auth.api.signUpEmail({ body })
  }
  const { internalAdapter } = await auth.$context
  const ben = await internalAdapter.findUserByEmail('ben@example.com')
  const account = { userId: ben?.user.id ?? '', providerId: 'github', accountId: '4711' }
  await internalAdapter.linkAccount(account)
  await internalAdapter.updateUser(ben?.user.id ?? '', { emailVerified: true })
  const cleo = await internalAdapter.findUserByEmail('cleo@example.com')
  await internalAdapter.updateUser(cleo?.user.id ?? '', { banned: true, banReason: 'spam' })
  db.close()
  const expected = { ...NONE, dryRun: false, imported: 3, problems: [] }
  expect(await importFrom('better-auth', 'peer.db')).toEqual(expected)
  await app.signIn('anna')
  await app.signIn('ben')
  expect((await app.mindmesh.user.getByEmail('ben@example.com'))?.emailVerifiedAt).not.toBeNull()
  expect(await identitiesOf('ben@example.com')).toEqual([['github', '4711']])
  expect(await identitiesOf('anna@example.com')).toEqual([])
  const banned = await app.mindmesh.user.getByEmail('cleo@example.com')
  expect(banned).toMatchObject({ blockedAt: expect.any(Date), blockedReason: 'spam' })
  await expect(app.signIn('cleo')).rejects.toMatchObject({ code: 'account_blocked' })
})

test('import from Lucia 3: scrypt hashes, the table of passwords, OAuth accounts', async () => {
  const db = peerDatabase()
  db.exec(`
    create table user (id text primary key, email text not null unique, password_hash text,
      email_verified integer not null default 0);
    create table session (id text primary key, expires_at integer not null,
      user_id text not null references user(id));
    create table password (user_id text primary key, hashed_password text not null);
    create table oauth_account (provider_id text not null, provider_user_id text not null,
      user_id text not null, primary key (provider_id, provider_user_id));
  `)
  const adapter = new BetterSqlite3Adapter(db, { user: 'user', session: 'session' })
  const lucia = new Lucia(adapter)
  const add = db.prepare('insert into user values (?, ?, ?, ?)')
  add.run('user-anna', 'anna@example.com', await new Scrypt().hash(PASSWORD), 1)
  add.run('user-ben', 'ben@example.com', null, 0)
  const legacy = await new LegacyScrypt().hash(PASSWORD)
  db.prepare('insert into password values (?, ?)').run('user-ben', legacy)
  db.prepare('insert into oauth_account values (?, ?, ?)').run('google', '99', 'user-ben')
  expect((await lucia.createSession('user-anna', {})).userId).toBe('user-anna')
  db.close()
  expect(await importFrom('lucia', 'sqlite:peer.db')).toMatchObject({ imported: 2, problems: [] })
  await app.signIn('anna')
  await app.signIn('ben')
  expect((await app.mindmesh.user.getByEmail('anna@example.com'))?.emailVerifiedAt).not.toBeNull()
  expect(await identitiesOf('ben@example.com')).toEqual([['google', '99']])
})

test('import from Lucia 2: keys hold the address, the password and the identities', async () => {
  const db = peerDatabase()
  db.exec(`
    create table auth_user (id text primary key);
    create table user_key (id text primary key, user_id text not null, hashed_password text);
    insert into auth_user values ('u1'), ('u2');
  `)
  const add = db.prepare('insert into user_key values (?, ?, ?)')
  add.run('email:anna@example.com', 'u1', await new LegacyScrypt().hash(PASSWORD))
  add.run('github:12', 'u1', null)
  add.run('github:13', 'u2', null)
  db.close()
  const counts = { imported: 1, skipped: 1 }
  expect(await importFrom('lucia', 'peer.db')).toMatchObject(counts)
  await app.signIn('anna')
  expect(await identitiesOf('anna@example.com')).toEqual([['github', '12']])
})

test('import from Auth.js: documented tables as JSON, with a provider of another name', async () => {
  const users = [
    {
      id: 'u1',
      name: 'Anna',
      email: 'anna@example.com',
      emailVerified: '2024-05-06T07:08:09.000Z',
    },
    { id: 'u2', name: 'Ben', email: 'ben@example.com', emailVerified: null },
    { id: 'u3', name: 'Nobody', email: null, emailVerified: null },
  ]
  const accounts = [
    { userId: 'u1', type: 'oauth', provider: 'azure-ad', providerAccountId: '77' },
    { userId: 'u2', type: 'credentials', provider: 'credentials', providerAccountId: 'u2' },
  ]
  for (const [name, rows] of Object.entries({ users, accounts })) {
    writeFileSync(join(app.folder, `${name}.json`), JSON.stringify(rows))
  }
  const report = await importFrom('authjs', '.', '--provider', 'azure-ad=microsoft')
  expect(report).toMatchObject({ imported: 2, skipped: 1, invalid: 0 })
  expect(await app.mindmesh.user.getByEmail('anna@example.com')).toMatchObject({
    emailVerifiedAt: new Date('2024-05-06T07:08:09.000Z'),
  })
  expect(await identitiesOf('anna@example.com')).toEqual([['microsoft', '77']])
  expect(await identitiesOf('ben@example.com')).toEqual([])
})

test('import from Supabase: a pg_dump, ids kept, bans that are over lifted', async () => {
  const [anna, ben, cleo] = [1, 2, 3].map((n) => `0d1f7f3e-6a4e-4b6a-9f6e-00000000000${n}`)
  const hash = await bcrypt(PASSWORD, 10)
  const line = (...cells: readonly (string | null)[]) =>
    cells.map((cell) => cell?.replaceAll('\\', '\\\\') ?? '\\N').join('\t')
  const created = '2024-05-06 07:08:09.123456+00'
  writeFileSync(
    join(app.folder, 'dump.sql'),
    [
      'SET statement_timeout = 0;',
      'COPY auth.users (instance_id, id, email, encrypted_password, email_confirmed_at, banned_until, deleted_at, created_at, raw_user_meta_data) FROM stdin;',
      line(
        null,
        anna ?? '',
        'anna@example.com',
        hash,
        created,
        '2024-06-01 00:00:00+00',
        null,
        created,
        '{"a":"\\t"}',
      ),
      line(
        null,
        ben ?? '',
        'ben@example.com',
        '',
        null,
        '2999-01-01 00:00:00+00',
        null,
        created,
        null,
      ),
      line(null, cleo ?? '', 'cleo@example.com', hash, created, null, created, created, null),
      '\\.',
      '',
      'COPY auth.identities (provider_id, user_id, identity_data, provider, id, email) FROM stdin;',
      line(anna ?? '', anna ?? '', '{}', 'email', 'i1', 'anna@example.com'),
      line('104', ben ?? '', '{}', 'google', 'i2', 'ben@example.com'),
      '\\.',
      '',
    ].join('\n'),
  )
  expect(await importFrom('supabase', 'dump.sql')).toMatchObject({ imported: 2, skipped: 1 })
  await app.signIn('anna')
  expect(await app.mindmesh.user.getById(anna ?? '')).toMatchObject({
    email: 'anna@example.com',
    blockedAt: null,
    createdAt: new Date('2024-05-06T07:08:09.123Z'),
    emailVerifiedAt: new Date('2024-05-06T07:08:09.123Z'),
  })
  expect(await app.mindmesh.user.getById(ben ?? '')).toMatchObject({ blockedAt: expect.any(Date) })
  expect(await identitiesOf('ben@example.com')).toEqual([['google', '104']])
})

test('import from Supabase: a telephone that was confirmed verifies no address', async () => {
  writeFileSync(
    join(app.folder, 'users.csv'),
    'id,email,confirmed_at\n0d1f7f3e-6a4e-4b6a-9f6e-000000000001,anna@example.com,2024-05-06 07:08:09+00\n',
  )
  expect(await importFrom('supabase', 'users.csv')).toMatchObject({ imported: 1 })
  const anna = await app.mindmesh.user.getByEmail('anna@example.com')
  expect(anna?.emailVerifiedAt).toBeNull()
})

test('import from the original: its Prisma tables, bcrypt hashes, blocks', async () => {
  const db = peerDatabase()
  db.exec(`create table "User" (id text primary key, email text not null unique,
    "passwordHash" text not null, "emailVerified" boolean not null default false,
    "isBlocked" boolean not null default false, "createdAt" datetime not null)`)
  const add = db.prepare('insert into "User" values (?, ?, ?, ?, ?, ?)')
  const id = '0d1f7f3e-6a4e-4b6a-9f6e-000000000001'
  add.run(id, 'anna@example.com', await bcrypt(PASSWORD, 10), 1, 0, 1_714_979_289_123)
  const other = '0d1f7f3e-6a4e-4b6a-9f6e-000000000002'
  add.run(other, 'ben@example.com', 'md5$nonsense', 0, 1, 1_714_979_289_123)
  db.close()
  expect(await importFrom('mindmesh', 'peer.db')).toMatchObject({
    imported: 2,
    passwordsDropped: 1,
  })
  await app.signIn('anna')
  expect(await app.mindmesh.user.getById(id)).toMatchObject({
    createdAt: new Date(1_714_979_289_123),
  })
  expect(await app.mindmesh.user.getById(other)).toMatchObject({ blockedAt: expect.any(Date) })
})

/** People of a made-up system in CSV, so many. */
function writeCsv(count: number): void {
  const lines = Array.from({ length: count }, (_, n) => `id-${n},person-${n}@example.com`)
  writeFileSync(join(app.folder, 'user.csv'), `id,email\n${lines.join('\n')}\n`)
}

test('import: a trial writes nothing and tells the same; a report names ids there and here', async () => {
  writeFileSync(
    join(app.folder, 'people.csv'),
    'id,mail\n1,anna@example.com\n2,anna@example.com\n3,"no address"\n4,dora@example.com\n',
  )
  await app.mindmesh.auth.register('dora@example.com', PASSWORD)
  const flags = ['--from', 'people.csv', '--use', 'users=people', '--use', 'email=mail']
  const trial = await app.run('import', 'lucia', ...flags, '--dry-run', '--json')
  expect(trial.code).toBe(1)
  const counts = { ...NONE, imported: 1, emailTaken: 2, invalid: 1 }
  expect(JSON.parse(trial.stdout)).toMatchObject({ dryRun: true, ...counts })
  expect(await app.mindmesh.user.getByEmail('anna@example.com')).toBeNull()
  expect((await app.run('import', 'lucia', ...flags)).code).toBe(2)
  const real = await app.run('import', 'lucia', ...flags, '--yes', '--report', 'report.ndjson')
  expect(real.code).toBe(1)
  expect(real.stdout).toMatch(/imported +1\n/)
  expect(real.stdout).toMatch(/3 +invalid +email +not_an_address/)
  const report = join(app.folder, 'report.ndjson')
  expect(statSync(report).mode & 0o777).toBe(0o600)
  const lines = readFileSync(report, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  const anna = await app.mindmesh.user.getByEmail('anna@example.com')
  expect(lines[0]).toMatchObject({ id: '1', userId: anna?.id, status: 'imported' })
  expect(lines).toHaveLength(4)
  const again = await app.run('import', 'lucia', ...flags, '--yes', '--report', 'report.ndjson')
  expect(again).toMatchObject({ code: 1, stdout: '' })
  expect(again.stderr).toContain('report.ndjson is there already')
})

test('import: a trial sees across its steps who would be there already', async () => {
  const users = Array.from({ length: 1000 }, (_, n) => ({
    id: `u${n}`,
    email: `p${n}@example.com`,
  }))
  users.push({ id: 'again', email: 'P0@example.com' }, { id: 'other', email: 'other@example.com' })
  const accounts = ['u1', 'other'].map((userId) => ({
    userId,
    provider: 'github',
    providerAccountId: '7',
  }))
  for (const [name, rows] of Object.entries({ users, accounts })) {
    writeFileSync(join(app.folder, `${name}.json`), JSON.stringify(rows))
  }
  const args = ['import', 'authjs', '--from', '.', '--json']
  const trial = JSON.parse((await app.run(...args, '--dry-run')).stdout)
  expect(trial).toMatchObject({ ...NONE, imported: 1000, emailTaken: 1, accountTaken: 1 })
  const real = JSON.parse((await app.run(...args, '--yes')).stdout)
  expect(trial).toEqual({ ...real, dryRun: true })
})

test('import: who is refused by a column of the app keeps none of the others out', async () => {
  const client = new Database(join(app.folder, 'app.db'))
  client.exec("alter table users add column first_name text not null check (first_name <> 'no')")
  writeFileSync(
    join(app.folder, 'shop.config.mjs'),
    `import { MindmeshAuth } from '@mindmesh/auth'
    import { drizzleSqlite, userColumns } from '@mindmesh/auth-drizzle/sqlite'
    import { fileMailer } from '@mindmesh/auth-mailers/file'
    import { sqliteTable, text } from 'drizzle-orm/sqlite-core'
    import { db } from './mindmesh.config.mjs'
    const users = sqliteTable('users', { ...userColumns(), firstName: text('first_name').notNull() })
    export const mindmesh = new MindmeshAuth({
      adapter: drizzleSqlite(db, { users }), mailer: fileMailer('mailbox') })`,
  )
  const names = Array.from({ length: 600 }, (_, n) => (n === 20 ? '' : n === 550 ? 'no' : 'Anna'))
  const lines = names.map((name, n) => `id-${n},person-${n}@example.com,${name}`)
  writeFileSync(join(app.folder, 'user.csv'), `id,email,name\n${lines.join('\n')}\n`)
  const args = ['import', 'lucia', '--from', 'user.csv', '--config', 'shop.config.mjs', '--yes']
  // Nobody gets a name: that is no affair of theirs.
  const none = await app.run(...args)
  expect(none).toMatchObject({ code: 1, stdout: '' })
  expect(none.stderr).toContain('importMany')
  const some = await app.run(...args, '--profile', 'firstName=name', '--json')
  expect({ ...some, stdout: JSON.parse(some.stdout) }).toMatchObject({
    code: 1,
    stdout: {
      ...NONE,
      imported: 598,
      invalid: 2,
      problems: ['id-20', 'id-550'].map((id) => ({ id, reason: 'refused_by_database' })),
    },
  })
  expect(client.prepare('select count(*) from users').pluck().get()).toBe(598)
  const strange = await app.run(...args, '--profile', 'fristName=name')
  expect(strange).toMatchObject({ code: 1, stdout: '' })
  expect(strange.stderr).toContain('Your users have no column fristName.')
  client.close()
}, 60_000)

test('import: a column that is none of the app ends the import after one step', async () => {
  writeCsv(600)
  const args = ['import', 'lucia', '--from', 'user.csv', '--profile', 'fristName=email', '--yes']
  const { code, stderr } = await app.run(...args)
  expect(code).toBe(1)
  expect(stderr).toContain('Your users have no column fristName.')
  const { items } = await app.mindmesh.user.list({ limit: 500 })
  expect(items).toHaveLength(500)
  expect((await app.mindmesh.user.list({ cursor: items.at(-1)?.id ?? '' })).items).toEqual([])
})

test('import: where nobody agreed there is no report that stands in the way of the next try', async () => {
  writeCsv(1)
  const args = ['import', 'lucia', '--from', 'user.csv', '--report', 'report.ndjson']
  expect((await app.run(...args)).code).toBe(2)
  expect((await app.run(...args, '--yes')).code).toBe(0)
})

test('import: one that was killed goes on where it stopped, and nobody is there twice', async () => {
  const count = 20_000
  writeCsv(count)
  const args = ['import', 'lucia', '--from', 'user.csv', '--yes', '--json']
  const child = spawn(process.execPath, [MINDMESH, ...args], {
    cwd: app.folder,
    env: bareEnv(),
    stdio: 'ignore',
  })
  const client = new Database(join(app.folder, 'app.db'), { readonly: true })
  const rows = () => Number(client.prepare('select count(*) from users').pluck().get())
  await vi.waitFor(() => expect(rows()).toBeGreaterThan(0), { timeout: 60_000, interval: 5 })
  child.kill('SIGKILL')
  await once(child, 'close')
  const written = rows()
  expect(written % 500).toBe(0)
  expect(written).toBeLessThan(count)
  const report = await app.json(...args.slice(0, -1))
  expect(report).toMatchObject({ present: written, imported: count - written })
  expect(rows()).toBe(count)
  const events = client.prepare(`select count(*) from auth_events where type = 'ACCOUNT_IMPORTED'`)
  expect(events.pluck().get()).toBe(count)
  client.close()
})

test('import: a name that is none is refused before anybody comes without what it should give', async () => {
  writeFileSync(join(app.folder, 'user.csv'), 'id,email,hash\n1,anna@example.com,x\n')
  const cases = [
    [['--use', 'passwordhash=hash'], /--use takes .*passwordHash.*; not passwordhash/],
    [['--use', 'passwordHash=hsah'], /no column hsah/],
    [['--profile', 'firstName=nmae'], /no column nmae/],
  ] as const
  for (const [flags, why] of cases) {
    const args = ['import', 'lucia', '--from', 'user.csv', '--yes', ...flags]
    const { code, stderr, stdout } = await app.run(...args)
    expect({ flags, code, stdout }).toEqual({ flags, code: 2, stdout: '' })
    expect(stderr).toMatch(why)
  }
  expect(await app.mindmesh.user.getByEmail('anna@example.com')).toBeNull()
})

test('import: an id that is missing or there twice in a dump keeps nobody else out', async () => {
  const lines = Array.from({ length: 1200 }, (_, n) => `id-${n},person-${n}@example.com`)
  // At the ends of the steps in which a dump is read.
  lines[499] = ',person-499@example.com'
  lines[999] = 'id-0,person-999@example.com'
  writeFileSync(join(app.folder, 'user.csv'), `id,email\n${lines.join('\n')}\n,last@example.com\n`)
  const outcome = await app.run('import', 'lucia', '--from', 'user.csv', '--yes', '--json')
  expect(outcome.code).toBe(1)
  const counts = { ...NONE, imported: 1198, present: 1, invalid: 2 }
  expect(JSON.parse(outcome.stdout)).toMatchObject(counts)
}, 60_000)

test('import: people without an id in a database are told, and do not come round for ever', async () => {
  const db = peerDatabase()
  db.exec('create table user (id text primary key, email text not null)')
  const add = db.prepare('insert into user values (null, ?)')
  for (let n = 0; n < 500; n += 1) add.run(`person-${n}@example.com`)
  db.close()
  const { code, stderr } = await app.run('import', 'lucia', '--from', 'peer.db', '--yes')
  expect(code).toBe(1)
  expect(stderr).toContain('user has people without id')
}, 60_000)

test('import: what cannot be read is told, and shows nothing of it', async () => {
  writeFileSync(join(app.folder, 'user.json'), '{"a secret": 1}')
  new Database(join(app.folder, 'empty.db')).exec('create table other (id text)').close()
  const cases = [
    ['user.json', 1, /user\.json cannot be read as json/],
    ['nowhere.db', 2, /There is no file nowhere\.db/],
    ['postgress://me:a secret@localhost/old', 2, /--from takes postgres:/],
    ['empty.db', 1, /no table of users/],
  ] as const
  for (const [from, expected, why] of cases) {
    const { code, stderr, stdout } = await app.run('import', 'supabase', '--from', from, '--yes')
    expect({ from, code, stdout }).toEqual({ from, code: expected, stdout: '' })
    expect(stderr).toMatch(why)
    expect(stderr).not.toContain('a secret')
  }
  expect((await app.run('import', 'nobody', '--from', 'app.db')).code).toBe(2)
  expect((await app.run('import', 'lucia')).code).toBe(2)
})
