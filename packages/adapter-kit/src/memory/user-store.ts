import type {
  AppModel,
  Credentials,
  Effects,
  Reservation,
  User,
  UserStore,
} from '@mindmesh/auth/ports'
import { endSessions, voidCodes, writeEffects } from './effects.ts'
import { newUserRow, Undo, type Rows, type Tables, type UserRow } from './rows.ts'

type Input<Method extends keyof UserStore<AppModel>> = Parameters<UserStore<AppModel>[Method]>[0]

/** People. */
export function userStore(tables: Tables): UserStore<AppModel> {
  return {
    ...reads(tables),
    register: async (input, effects) => tables.write((rows) => register(rows, input, effects)),
    markEmailVerified: async ({ userId, email, at }, effects) =>
      tables.write((rows) => {
        const user = rows.users.get(userId)
        if (user?.email !== email || user.emailVerifiedAt !== null) return 'stale'
        rows.users.set(userId, { ...user, emailVerifiedAt: at, updatedAt: at })
        writeEffects(rows, effects)
        return 'verified'
      }),
    changeEmail: async (input, effects) =>
      tables.write((rows) => changeEmail(rows, input, effects)),
    setPassword: async (input, effects) =>
      tables.write((rows) => setPassword(rows, input, effects)),
    upgradePasswordHash: async ({ userId, from, to }) =>
      tables.write((rows) => {
        const user = rows.users.get(userId)
        if (user?.passwordHash !== from) return 'stale'
        rows.users.set(userId, { ...user, passwordHash: to })
        return 'upgraded'
      }),
    block: async (input, effects) => tables.write((rows) => block(rows, input, effects)),
    unblock: async ({ userId, at }, effects) =>
      tables.write((rows) => {
        const user = rows.users.get(userId)
        if (user === undefined || user.blockedAt === null) return 'stale'
        rows.users.set(userId, { ...user, blockedAt: null, blockedReason: null, updatedAt: at })
        writeEffects(rows, effects)
        return 'unblocked'
      }),
    delete: async (userId, effects) => tables.write((rows) => deletePerson(rows, userId, effects)),
  }
}

type Reads = Pick<
  UserStore<AppModel>,
  'findById' | 'findByEmail' | 'findForSignIn' | 'findCredentials' | 'findWithCode' | 'list'
>

function reads(tables: Tables): Reads {
  return {
    findById: async (id) => tables.read((rows) => withoutHashOrNull(rows.users.get(id))),
    findByEmail: async (email) => tables.read((rows) => withoutHashOrNull(byEmail(rows, email))),
    findForSignIn: async (email) => tables.read((rows) => credentialsOf(byEmail(rows, email))),
    findCredentials: async (id) => tables.read((rows) => credentialsOf(rows.users.get(id))),
    findWithCode: async ({ email, purpose }) =>
      tables.read((rows) => {
        const row = byEmail(rows, email)
        if (row === undefined) return null
        const code = [...rows.codes.values()].find(
          (c) => c.purpose === purpose && c.subject === row.id,
        )
        return { user: withoutHash(row), code: code ?? null }
      }),
    list: async ({ after, limit }) =>
      tables.read((rows) =>
        [...rows.users.values()]
          .filter((row) => after === null || row.id > after)
          .toSorted((a, b) => (a.id < b.id ? -1 : 1))
          .slice(0, limit)
          .map(withoutHash),
      ),
  }
}

/** The user as an app sees it. */
export function withoutHash(row: UserRow): User {
  const { passwordHash: _hash, ...user } = row
  return user
}

function credentialsOf(row: UserRow | undefined): Credentials<AppModel> | null {
  return row === undefined ? null : { user: withoutHash(row), passwordHash: row.passwordHash }
}

function withoutHashOrNull(row: UserRow | undefined): User | null {
  return row === undefined ? null : withoutHash(row)
}

function byEmail(rows: Rows, email: string): UserRow | undefined {
  return [...rows.users.values()].find((row) => row.email === email)
}

function register(
  rows: Rows,
  { user, profile, account, reservation }: Input<'register'>,
  effects: Effects,
): Awaited<ReturnType<UserStore<AppModel>['register']>> {
  const isTaken = byEmail(rows, user.email) !== undefined || isReserved(rows, reservation, user.id)
  if (isTaken) throw new Undo({ status: 'email_taken' })
  const row = newUserRow(user, profile)
  rows.users.set(user.id, row)
  if (account !== null) {
    const key = JSON.stringify([account.provider, account.subject])
    if (rows.accounts.has(key)) throw new Undo({ status: 'account_taken' })
    rows.accounts.set(key, account)
  }
  writeEffects(rows, effects)
  return { status: 'registered', user: withoutHash(row) }
}

function isReserved(rows: Rows, { purpose, subject, now }: Reservation, userId: string): boolean {
  return [...rows.codes.values()].some(
    (code) =>
      code.purpose === purpose &&
      code.subject === subject &&
      code.expiresAt > now &&
      code.userId !== userId,
  )
}

function changeEmail(
  rows: Rows,
  { userId, from, to, displayEmail, at, reason, keepPurposes, reservation }: Input<'changeEmail'>,
  effects: Effects,
): 'changed' | 'email_taken' | 'stale' {
  const user = rows.users.get(userId)
  if (user?.email !== from) return 'stale'
  const owner = byEmail(rows, to)
  if ((owner !== undefined && owner.id !== userId) || isReserved(rows, reservation, userId)) {
    return 'email_taken'
  }
  rows.users.set(userId, { ...user, email: to, displayEmail, emailVerifiedAt: at, updatedAt: at })
  endSessions(rows, { userId, keepSessionId: null, at, reason })
  voidCodes(rows, userId, keepPurposes)
  writeEffects(rows, effects)
  return 'changed'
}

function setPassword(
  rows: Rows,
  {
    userId,
    passwordVersion,
    passwordHash,
    at,
    keepSessionId,
    keepPurposes,
    reason,
  }: Input<'setPassword'>,
  effects: Effects,
): 'set' | 'stale' {
  const user = rows.users.get(userId)
  if (user?.passwordVersion !== passwordVersion) return 'stale'
  rows.users.set(userId, {
    ...user,
    passwordHash,
    passwordVersion: passwordVersion + 1,
    updatedAt: at,
  })
  endSessions(rows, { userId, keepSessionId, at, reason })
  voidCodes(rows, userId, keepPurposes)
  writeEffects(rows, effects)
  return 'set'
}

function block(
  rows: Rows,
  { userId, at, reason, keepPurposes }: Input<'block'>,
  effects: Effects,
): 'blocked' | 'stale' {
  const user = rows.users.get(userId)
  if (user === undefined || user.blockedAt !== null) return 'stale'
  rows.users.set(userId, { ...user, blockedAt: at, blockedReason: reason, updatedAt: at })
  endSessions(rows, { userId, keepSessionId: null, at, reason: 'blocked' })
  voidCodes(rows, userId, keepPurposes)
  writeEffects(rows, effects)
  return 'blocked'
}

function deletePerson(rows: Rows, userId: string, effects: Effects): 'deleted' | 'gone' {
  if (!rows.users.delete(userId)) return 'gone'
  for (const s of rows.sessions.values()) if (s.userId === userId) rows.sessions.delete(s.id)
  for (const [key, a] of rows.accounts) if (a.userId === userId) rows.accounts.delete(key)
  voidCodes(rows, userId, [])
  for (const event of rows.events.values()) {
    if (event.userId === userId) {
      rows.events.set(event.id, { ...event, ipAddress: null, userAgent: null })
    }
  }
  writeEffects(rows, effects)
  return 'deleted'
}
