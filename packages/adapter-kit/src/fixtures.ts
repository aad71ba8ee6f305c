import type {
  AccountRecord,
  AuthEvent,
  CodeRecord,
  Effects,
  Hit,
  NewUser,
  OutboxMail,
  Reservation,
  SecretHash,
  SessionRecord,
} from '@mindmesh/auth/ports'

/** The columns that an app's users table requires: one object for all, or a function where they must differ. */
export type ProfileSource = object | (() => object)

/** Makes rows as the core would; each with an id of its own that is greater than all before. */
export interface Fixtures {
  /** In the form of a UUIDv7. */
  id(): string
  /** So many milliseconds after the context's `now`; before it if negative. */
  at(milliseconds: number): Date
  /** The app's own columns. */
  profile(): object
  newUser(fields?: Partial<NewUser>): NewUser
  newSession(user: { readonly id: string }, fields?: Partial<SessionRecord>): SessionRecord
  /** With five tries, for ten minutes, of nobody. */
  newCode(fields?: Partial<CodeRecord>): CodeRecord
  account(user: { readonly id: string }, fields?: Partial<AccountRecord>): AccountRecord
  event(fields?: Partial<AuthEvent>): AuthEvent
  mail(fields?: Partial<OutboxMail>): OutboxMail
  /** A hash that no other row has. */
  secretHash(): SecretHash
  /** Two that differ in case only. */
  twinHashes(): readonly [SecretHash, SecretHash]
  /** A limit whose key no other has: 10 in a minute. */
  hit(fields?: Partial<Hit>): Hit
  /** Asks for a place where no code is. */
  reservation(fields?: Partial<Reservation>): Reservation
  /** One event, one mail and one code, the code of this person. */
  effects(userId?: string | null): Required<Effects>
}

/** What the makers of single rows have in common. */
interface Source {
  readonly now: Date
  /** Three hexadecimal digits. */
  readonly series: string
  readonly next: () => number
  readonly id: () => string
  readonly at: (milliseconds: number) => Date
}

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

/** Fixtures around this moment. Those of another series share no id, address or hash with them. */
export function fixtures(
  now: Date,
  { profile = {}, series = 0 }: { readonly profile?: ProfileSource; readonly series?: number },
): Fixtures {
  const source = createSource(now, series)
  const make = {
    id: source.id,
    at: source.at,
    profile: () => (typeof profile === 'function' ? profileOf(profile()) : { ...profile }),
    newUser: (fields: Partial<NewUser> = {}) => newUser(source, fields),
    newSession: (user: { readonly id: string }, fields: Partial<SessionRecord> = {}) =>
      newSession(source, user.id, fields),
    newCode: (fields: Partial<CodeRecord> = {}) => newCode(source, fields),
    account: (user: { readonly id: string }, fields: Partial<AccountRecord> = {}) =>
      account(source, user.id, fields),
    event: (fields: Partial<AuthEvent> = {}) => event(source, fields),
    mail: (fields: Partial<OutboxMail> = {}) => mail(source, fields),
    secretHash: () => secretHash(source),
    twinHashes: () => twinHashes(source),
    hit: (fields: Partial<Hit> = {}) => hit(source, fields),
    reservation: (fields: Partial<Reservation> = {}) => reservation(source, fields),
  }
  return {
    ...make,
    effects: (userId = null) => ({
      events: [make.event({ userId })],
      mails: [make.mail()],
      codes: [make.newCode({ userId })],
    }),
  }
}

function profileOf(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {}
}

function createSource(now: Date, seriesNumber: number): Source {
  let count = 0
  const next = (): number => {
    count += 1
    return count
  }
  const series = seriesNumber.toString(16).padStart(3, '0')
  const time = now.getTime().toString(16).padStart(12, '0')
  return {
    now,
    series,
    next,
    id: () => {
      const tail = next().toString(16).padStart(12, '0')
      return `${time.slice(0, 8)}-${time.slice(8)}-7000-8${series}-${tail}`
    },
    at: (milliseconds) => new Date(now.getTime() + milliseconds),
  }
}

function newUser({ id, next, now, series }: Source, fields: Partial<NewUser>): NewUser {
  const name = `person-${series}-${next()}`
  return {
    id: id(),
    email: `${name}@example.com`,
    displayEmail: `${name.toUpperCase()}@Example.com`,
    emailVerifiedAt: null,
    passwordHash: `$argon2id$v=19$m=19456,t=2,p=1$${name}`,
    createdAt: now,
    ...fields,
  }
}

function newSession(source: Source, userId: string, fields: Partial<SessionRecord>): SessionRecord {
  return {
    id: source.id(),
    userId,
    refreshSalt: hashText('s', source),
    refreshGeneration: 1,
    rotatedAt: source.now,
    expiresAt: source.at(7 * DAY),
    lastUsedAt: source.now,
    revokedAt: null,
    revokeReason: null,
    ipAddress: '203.0.113.7',
    userAgent: 'Mozilla/5.0 (X11; Linux x86_64)',
    authMethods: ['pwd', 'otp'],
    authenticatedAt: source.now,
    createdAt: source.now,
    ...fields,
  }
}

function newCode(source: Source, fields: Partial<CodeRecord>): CodeRecord {
  return {
    id: source.id(),
    purpose: 'email_verify',
    subject: hashText('a', source),
    userId: null,
    secretHash: secretHash(source),
    attemptsLeft: 5,
    payload: {},
    expiresAt: source.at(10 * MINUTE),
    createdAt: source.now,
    ...fields,
  }
}

function account(source: Source, userId: string, fields: Partial<AccountRecord>): AccountRecord {
  const subject = `subject-${source.series}-${source.next()}`
  return { provider: 'github', subject, userId, email: null, createdAt: source.now, ...fields }
}

function event(source: Source, fields: Partial<AuthEvent>): AuthEvent {
  return {
    id: source.id(),
    type: 'LOGIN_SUCCESS',
    userId: null,
    sessionId: null,
    ipAddress: '203.0.113.7',
    userAgent: 'Mozilla/5.0 (X11; Linux x86_64)',
    metadata: {},
    createdAt: source.now,
    ...fields,
  }
}

function mail(source: Source, fields: Partial<OutboxMail>): OutboxMail {
  return {
    id: source.id(),
    template: 'email_verify',
    sealedPayload: `sealed-${source.next()}`,
    expiresAt: source.at(10 * MINUTE),
    createdAt: source.now,
    ...fields,
  }
}

function reservation(source: Source, fields: Partial<Reservation>): Reservation {
  const subject = hashText('r', source)
  return { purpose: 'email_reserved', subject, now: source.now, ...fields }
}

function hit(source: Source, fields: Partial<Hit>): Hit {
  return { key: hashText('l', source), limit: 10, windowSeconds: 60, ...fields }
}

function secretHash(source: Source): SecretHash {
  return asSecretHash(hashText('h', source))
}

function twinHashes(source: Source): readonly [SecretHash, SecretHash] {
  const text = hashText('h', source)
  return [asSecretHash(text), asSecretHash(text.replace('h', 'H'))]
}

function asSecretHash(text: string): SecretHash {
  if (!isSecretHash(text)) throw new Error('A fixture is not of the form of a hash.')
  return text
}

/** 43 characters, as base64url of 32 bytes. */
function hashText(letter: string, { series, next }: Source): string {
  return `${letter}${series}${String(next()).padStart(39, '0')}`
}

function isSecretHash(text: string): text is SecretHash {
  return /^[\w-]{43}$/.test(text)
}
