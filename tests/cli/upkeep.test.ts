import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { startSmtpServer } from '../support/smtp-test-server.ts'
import { appMaker, emptyFolder, type CliApp } from './support/cli-app.ts'
import { runMindmesh } from './support/run-mindmesh.ts'

let apps: Awaited<ReturnType<typeof appMaker>>
let app: CliApp
beforeAll(async () => {
  apps = await appMaker()
})
afterAll(() => apps.remove())
beforeEach(() => {
  app = apps.make()
})
afterEach(async () => app.close())

interface Finding {
  readonly check: string
  readonly level: string
  readonly message: string
  readonly mend: string | null
}

/** What the doctor finds besides what is well, and how it ends. */
async function doctor(
  env: Readonly<Record<string, string>> = {},
  ...flags: string[]
): Promise<{ readonly code: number | null; readonly found: readonly Finding[] }> {
  const options = { cwd: app.folder, env: { NODE_ENV: 'test', ...env } }
  const { code, stdout, stderr } = await runMindmesh(['doctor', '--json', ...flags], options)
  if (stdout === '') throw new Error(stderr)
  const { ok, findings } = JSON.parse(stdout) as { ok: boolean; findings: readonly Finding[] }
  expect(ok).toBe(code === 0)
  return { code, found: findings.filter(({ level }) => level !== 'ok') }
}

function changeEnv(change: (text: string) => string): void {
  const file = join(app.folder, '.env')
  writeFileSync(file, change(readFileSync(file, 'utf8')))
}

test('doctor: a fresh app is well', async () => {
  const { code, found } = await doctor()
  expect(code).toBe(0)
  expect(found.map(({ level }) => level)).toEqual(found.map(() => 'note'))
  const { stdout } = await app.run('doctor')
  expect(stdout).toMatch(/ok +database: reachable/)
})

test('doctor: secrets that are missing, short, placeholders or alike are errors with a mend', async () => {
  changeEnv((text) => text.replace(/^AUTH_JWT_SECRET=.*/m, 'AUTH_JWT_SECRET=short'))
  const short = await doctor()
  expect(short.code).toBe(1)
  expect(short.found).toContainEqual({
    check: 'secrets',
    level: 'error',
    message: 'AUTH_JWT_SECRET has fewer than 32 bytes.',
    mend: 'Replace it: mindmesh rotate-secret --leaked',
  })
  expect(short.found).toContainEqual(
    expect.objectContaining({
      check: 'setup',
      level: 'error',
      message: expect.stringContaining('AUTH_JWT_SECRET'),
      mend: expect.stringContaining('openssl rand'),
    }),
  )
  const placeholder = 'please-change-me-0123456789abcdefghijk'
  for (const weak of [placeholder, 'ab'.repeat(20), 'abcdefghijklmnopqrstuvwxyz0123456789']) {
    changeEnv((text) => text.replace(/^AUTH_JWT_SECRET=.*/m, `AUTH_JWT_SECRET=${weak}`))
    const { code, found } = await doctor()
    expect({ weak, code }).toEqual({ weak, code: 1 })
    expect(found).toContainEqual(expect.objectContaining({ check: 'secrets', level: 'error' }))
    expect(JSON.stringify(found)).not.toContain(weak)
  }
  changeEnv((text) => text.replace(/^AUTH_JWT_SECRET=.*\n/m, ''))
  expect((await doctor()).found).toContainEqual(
    expect.objectContaining({ check: 'setup', message: expect.stringContaining('is missing') }),
  )
})

test('doctor: an .env that others can read is a warning, one in git an error', async () => {
  chmodSync(join(app.folder, '.env'), 0o644)
  const readable = await doctor()
  expect(readable).toMatchObject({ code: 0 })
  expect(readable.found).toContainEqual(
    expect.objectContaining({ level: 'warning', mend: expect.stringMatching(/^chmod 600 /) }),
  )
  expect((await doctor({}, '--strict')).code).toBe(1)
  for (const args of [
    ['init', '--quiet'],
    ['add', '--force', '.env'],
  ]) {
    execFileSync('git', args, { cwd: app.folder })
  }
  expect((await doctor()).found).toContainEqual(
    expect.objectContaining({ level: 'error', message: expect.stringContaining('git') }),
  )
})

test('doctor: tables that are missing, or a database that does not answer', async () => {
  rmSync(join(app.folder, 'app.db'))
  const { code, found } = await doctor({ DATABASE_URL: 'new.db' })
  expect(code).toBe(1)
  expect(found).toContainEqual(
    expect.objectContaining({
      check: 'database',
      message: 'Not applied: 0000_initial.',
      mend: 'mindmesh migrate',
    }),
  )
  writeFileSync(join(app.folder, 'broken.db'), 'not a database'.repeat(100))
  const broken = await doctor({ DATABASE_URL: 'broken.db' })
  expect(broken).toMatchObject({ code: 1 })
  expect(JSON.stringify(broken.found)).toContain('file is not a database')
})

test('doctor: a mail server that refuses the log-in, and one that takes it', async () => {
  const server = await startSmtpServer()
  const { host, port, user, pass, from, tls } = server.options
  writeFileSync(join(app.folder, 'ca.pem'), tls.ca)
  const config = readFileSync(join(app.folder, 'mindmesh.config.mjs'), 'utf8')
  const options = `{ tls: { ca: readFileSync('ca.pem', 'utf8'), servername: '${tls.servername}' } }`
  writeFileSync(
    join(app.folder, 'mindmesh.config.mjs'),
    `import { readFileSync } from 'node:fs'\n${config.replace('smtpMailer()', `smtpMailer(${options})`)}`,
  )
  const env = {
    SMTP_HOST: host,
    SMTP_PORT: String(port),
    SMTP_USER: user,
    SMTP_PASS: pass,
    SMTP_FROM: from,
  }
  try {
    const right = await doctor(env)
    expect(right.found.filter(({ check }) => check === 'mail')).toEqual([])
    const wrong = await doctor({ ...env, SMTP_PASS: 'wrong' })
    expect(wrong.code).toBe(1)
    expect(wrong.found).toContainEqual({
      check: 'mail',
      level: 'error',
      message: 'The mail server does not let us in: authentication.',
      mend: expect.stringContaining('SMTP_PASS'),
    })
  } finally {
    await server.close()
  }
})

test('doctor: sign-ins that all come from a proxy, or from nowhere, are told', async () => {
  await app.register('anna')
  const failing = async (request: { ipAddress?: string }) => {
    const api = app.mindmesh.withContext(request)
    // Each a stranger: a limit for one of them would leave no event.
    await api.auth.login(`${randomUUID()}@example.com`, 'wrong password').catch(() => undefined)
  }
  for (let n = 0; n < 20; n += 1) await failing({})
  const mends = async () =>
    (await doctor()).found.filter(({ check }) => check === 'proxies').map(({ mend }) => mend)
  expect(await mends()).toEqual([expect.stringContaining('withContext')])
  await failing({ ipAddress: '10.0.0.5' })
  expect(await mends()).toEqual([expect.stringContaining('trustedProxies')])
  await failing({ ipAddress: '203.0.113.7' })
  await failing({ ipAddress: '2001:db8::7' })
  expect(await mends()).toEqual([])
})

test('doctor: mail that nobody sends is told', async () => {
  const config = readFileSync(join(app.folder, 'mindmesh.config.mjs'), 'utf8')
  await app.mindmesh.otp.send('anna@example.com', 'checkout')
  expect(JSON.stringify((await doctor()).found)).not.toContain('mail deliver')
  expect(config).toContain('fileMailer')
  // As if it had been written an hour ago.
  const { default: Database } = await import('better-sqlite3')
  const client = new Database(join(app.folder, 'app.db'))
  client.exec('update auth_outbox set available_at = available_at - 3600000')
  client.close()
  expect((await doctor()).found).toContainEqual(
    expect.objectContaining({ level: 'warning', mend: expect.stringContaining('mail deliver') }),
  )
})

test('mail: what waits is shown without an address, delivered, and retried', async () => {
  await app.mindmesh.otp.send('anna@example.com', 'checkout')
  const status = await app.run('mail', 'status')
  expect(status.stdout).toMatch(/otp_code +waits +0 .*\n1 waiting, 0 given up\.\n$/)
  const json = await app.json('mail', 'status')
  expect(json).toMatchObject({ waiting: 1, failed: 0, mails: [{ template: 'otp_code' }] })
  expect(JSON.stringify(json)).not.toContain('anna')
  const sent = { sent: 1, retried: 0, failed: 0, expired: 0 }
  expect(await app.json('mail', 'deliver')).toEqual(sent)
  expect(await app.json('mail', 'status')).toEqual({ waiting: 0, failed: 0, mails: [] })
  await app.mindmesh.otp.send('ben@example.com', 'checkout')
  const env = { SMTP_HOST: '127.0.0.1', SMTP_PORT: '9', SMTP_FROM: 'a@example.com' }
  const failed = await runMindmesh(['mail', 'deliver', '--json'], { cwd: app.folder, env })
  expect(failed.code).toBe(1)
  expect(JSON.parse(failed.stdout)).toEqual({ ...sent, sent: 0, retried: 1 })
  expect(await app.json('mail', 'deliver')).toEqual({ ...sent, sent: 0 })
  expect(await app.json('mail', 'retry')).toEqual(sent)
})

test('prune: asks, then deletes what is past its end', async () => {
  expect((await app.run('prune')).code).toBe(2)
  const counts = await app.json('prune', '--yes')
  expect(counts).toEqual({ codes: 0, sessions: 0, rateLimits: 0, mails: 0 })
})

test('migrate: tells the status, shows the SQL, applies it once', async () => {
  const env = { DATABASE_URL: 'new.db' }
  const migrate = async (...flags: string[]) =>
    runMindmesh(['migrate', ...flags], { cwd: app.folder, env })
  expect(await migrate('--status', '--json')).toMatchObject({
    code: 1,
    stdout: JSON.stringify([{ name: '0000_initial', isApplied: false }], null, 2) + '\n',
  })
  const dry = await migrate('--dry-run')
  expect(dry.code).toBe(0)
  expect(dry.stdout).toMatch(/^-- 0000_initial\nCREATE TABLE [^]*;\n$/)
  expect((await migrate('--status')).code).toBe(1)
  const applied = await migrate('--json')
  expect(JSON.parse(applied.stdout)).toEqual({ applied: ['0000_initial'] })
  expect(await migrate()).toMatchObject({ code: 0, stdout: 'The tables are up to date.\n' })
  expect((await migrate('--status')).code).toBe(0)
})

test('secret: fresh ones, strong enough for the library', async () => {
  const [first, second] = [await app.run('secret'), await app.run('secret')]
  expect(first.stdout).toMatch(/^[\w-]{64}\n$/)
  expect(second.stdout).not.toBe(first.stdout)
  const { stdout } = await app.run('secret', '--env')
  const env = parseEnv(stdout)
  expect(Object.keys(env)).toEqual(['AUTH_JWT_SECRET', 'AUTH_REFRESH_SECRET'])
  expect(env['AUTH_JWT_SECRET']).not.toBe(env['AUTH_REFRESH_SECRET'])
})

test('rotate-secret: keeps the ones before until --finish, and every other line', async () => {
  const read = () => readFileSync(join(app.folder, '.env'), 'utf8')
  changeEnv((text) => `# my own comment\n${text}export OTHER='with "quotes" # and all'\n`)
  const before = parseEnv(read())
  expect((await app.run('rotate-secret')).code).toBe(2)
  expect(parseEnv(read())).toEqual(before)
  const { stdout, code } = await app.run('rotate-secret', '--yes')
  expect(code).toBe(0)
  expect(stdout).not.toContain(before['AUTH_JWT_SECRET'])
  const after = parseEnv(read())
  expect(after).toEqual({
    ...before,
    AUTH_JWT_SECRET: expect.stringMatching(/^[\w-]{64}$/),
    AUTH_JWT_SECRET_PREVIOUS: before['AUTH_JWT_SECRET'],
    AUTH_REFRESH_SECRET: expect.stringMatching(/^[\w-]{64}$/),
    AUTH_REFRESH_SECRET_PREVIOUS: before['AUTH_REFRESH_SECRET'],
  })
  expect(after['AUTH_JWT_SECRET']).not.toBe(before['AUTH_JWT_SECRET'])
  expect(read()).toMatch(/^# my own comment\n/)
  expect(statSync(join(app.folder, '.env')).mode & 0o777).toBe(0o600)
  await app.run('rotate-secret', '--only', 'jwt', '--yes')
  const twice = parseEnv(read())['AUTH_JWT_SECRET_PREVIOUS']
  expect(twice).toBe(`${after['AUTH_JWT_SECRET']},${before['AUTH_JWT_SECRET']}`)
  expect((await app.run('users', 'list')).code).toBe(0)
  await app.run('rotate-secret', '--finish', '--yes')
  expect(Object.keys(parseEnv(read())).filter((name) => name.endsWith('_PREVIOUS'))).toEqual([])
  const done = await app.run('rotate-secret', '--finish', '--yes')
  expect(done).toMatchObject({ code: 1, stderr: 'mindmesh: No secret of before is left.\n' })
})

test('rotate-secret: one that leaked is not kept', async () => {
  const before = parseEnv(readFileSync(join(app.folder, '.env'), 'utf8'))
  await app.run('rotate-secret', '--yes')
  await app.run('rotate-secret', '--leaked', '--yes')
  const text = readFileSync(join(app.folder, '.env'), 'utf8')
  expect(text).not.toContain('_PREVIOUS')
  expect(text).not.toContain(before['AUTH_JWT_SECRET'])
})

test('rotate-secret: a secret that the list of those before would tear apart is not lost', async () => {
  changeEnv((text) => text.replace(/^AUTH_JWT_SECRET=/m, 'AUTH_JWT_SECRET=one,'))
  const read = () => readFileSync(join(app.folder, '.env'), 'utf8')
  const before = read()
  const { code, stderr } = await app.run('rotate-secret', '--yes')
  expect(code).toBe(1)
  expect(stderr).toMatch(/AUTH_JWT_SECRET has a comma in it/)
  expect(stderr).not.toContain(parseEnv(before)['AUTH_JWT_SECRET'])
  expect(read()).toBe(before)
  expect((await app.run('rotate-secret', '--only', 'refresh', '--yes')).code).toBe(0)
  expect((await app.run('rotate-secret', '--leaked', '--yes')).code).toBe(0)
})

test('rotate-secret: a link stays a link, and what it leads to is changed', async () => {
  const [file, shared] = [join(app.folder, '.env'), join(app.folder, 'shared.env')]
  renameSync(file, shared)
  symlinkSync('shared.env', file)
  const before = readFileSync(shared, 'utf8')
  expect((await app.run('rotate-secret', '--yes')).code).toBe(0)
  expect(lstatSync(file).isSymbolicLink()).toBe(true)
  expect(readFileSync(shared, 'utf8')).not.toBe(before)
  expect(statSync(shared).mode & 0o777).toBe(0o600)
})

test.runIf(process.getuid?.() === 0)(
  'rotate-secret: the file stays with its owner, whoever changes it',
  async () => {
    const file = join(app.folder, '.env')
    chownSync(file, 12_345, 12_346)
    expect((await app.run('rotate-secret', '--yes')).code).toBe(0)
    const { uid, gid } = statSync(file)
    expect({ uid, gid }).toEqual({ uid: 12_345, gid: 12_346 })
  },
)

test('init: overwrites nothing without being told, and never a secret', async () => {
  const { folder, remove } = emptyFolder()
  const file = (name: string) => join(folder, name)
  const init = async (...flags: string[]) =>
    runMindmesh(['init', '--orm', 'drizzle', '--engine', 'postgres', ...flags], { cwd: folder })
  try {
    writeFileSync(file('tsconfig.json'), '{}')
    writeFileSync(file('.gitignore'), 'node_modules')
    writeFileSync(file('.env'), 'AUTH_JWT_SECRET=mine\n')
    writeFileSync(file('auth-schema.ts'), 'my own')
    const refused = await init()
    expect(refused.code).toBe(2)
    expect(refused.stderr).toContain('auth-schema.ts')
    expect(readFileSync(file('.env'), 'utf8')).toBe('AUTH_JWT_SECRET=mine\n')
    expect(() => statSync(file('mindmesh.config.ts'))).toThrow(/ENOENT/)
    const forced = await init('--force')
    expect(forced).toMatchObject({ code: 0 })
    expect(forced.stdout).toContain('npm install @mindmesh/auth @mindmesh/auth-drizzle')
    expect(readFileSync(file('auth-schema.ts'), 'utf8')).toContain('pgTable')
    expect(parseEnv(readFileSync(file('.env'), 'utf8'))).toMatchObject({
      AUTH_JWT_SECRET: 'mine',
      AUTH_REFRESH_SECRET: expect.stringMatching(/^[\w-]{64}$/),
      DATABASE_URL: expect.stringMatching(/^postgres:/),
    })
    expect(readFileSync(file('.gitignore'), 'utf8')).toBe('node_modules\n.env\nmailbox\n')
    const env = readFileSync(file('.env'), 'utf8')
    const again = await init('--json')
    expect(JSON.parse(again.stdout).files).toEqual(
      ['auth-schema.ts', 'mindmesh.config.ts', '.gitignore', '.env'].map((path) => ({
        path,
        done: 'unchanged',
      })),
    )
    expect(readFileSync(file('.env'), 'utf8')).toBe(env)
  } finally {
    remove()
  }
})

test('init: git sees no secret and no database, wherever its repository begins', async () => {
  const top = mkdtempSync(join(tmpdir(), 'mindmesh-git-'))
  const cwd = join(top, 'app')
  mkdirSync(cwd)
  const git = (...args: string[]) => execFileSync('git', args, { cwd: top, encoding: 'utf8' })
  try {
    git('init', '--quiet')
    const { code } = await runMindmesh(['init', '--orm', 'drizzle', '--engine', 'sqlite'], { cwd })
    expect(code).toBe(0)
    for (const name of ['app.db', 'app.db-wal']) writeFileSync(join(cwd, name), 'people')
    git('add', '--all')
    expect(git('ls-files').trim().split('\n')).toEqual([
      'app/.gitignore',
      'app/auth-schema.mjs',
      'app/mindmesh.config.mjs',
    ])
  } finally {
    rmSync(top, { recursive: true })
  }
})

test('init for Prisma: takes the schema from the installed package, and says where it is missing', async () => {
  // Outside the workspace: nothing is installed there.
  const folder = mkdtempSync(join(tmpdir(), 'mindmesh-init-'))
  const init = async (engine = 'mysql') =>
    runMindmesh(
      ['init', '--orm', 'prisma', '--engine', engine, '--language', 'ts', '--client', '../db.js'],
      { cwd: folder },
    )
  try {
    const missing = await init()
    expect(missing.code).toBe(1)
    expect(missing.stderr).toContain('npm install @mindmesh/auth-prisma')
    const schema = join(folder, 'node_modules/@mindmesh/auth-prisma/schema')
    for (const engine of ['mysql', 'sqlite']) {
      mkdirSync(join(schema, engine), { recursive: true })
      writeFileSync(join(schema, engine, 'auth.prisma'), `// ${engine}`)
      writeFileSync(join(schema, engine, 'notes.txt'), 'not a schema')
    }
    writeFileSync(join(schema, '../package.json'), '{"name":"@mindmesh/auth-prisma"}')
    const written = await init()
    expect(written).toMatchObject({ code: 0 })
    expect(written.stdout).toContain('npx prisma migrate dev')
    expect(readdirSync(join(folder, 'prisma'))).toEqual(['auth.prisma'])
    expect(readFileSync(join(folder, 'prisma/auth.prisma'), 'utf8')).toBe('// mysql')
    const setup = readFileSync(join(folder, 'mindmesh.config.ts'), 'utf8')
    expect(setup).toContain("import { prisma } from '../db.js'")
    for (const name of ['.env', 'prisma']) rmSync(join(folder, name), { recursive: true })
    expect(await init('sqlite')).toMatchObject({ code: 0 })
    // Without the scheme Prisma refuses it.
    expect(readFileSync(join(folder, '.env'), 'utf8')).toContain('DATABASE_URL=file:app.db\n')
  } finally {
    rmSync(folder, { recursive: true })
  }
})
