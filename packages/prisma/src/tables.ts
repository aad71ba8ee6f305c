import type { Provider } from './sql.ts'

/** What a column holds; from it follows its type on each database. */
export interface Column {
  readonly kind: 'key' | 'text' | 'longText' | 'integer' | 'json' | 'moment'
  /** In characters, where the database counts them. */
  readonly length: number
  readonly isNullable: boolean
}

/** A table of the library: its columns by the names of the model's fields. */
export interface Table {
  readonly model: string
  readonly columns: Readonly<Record<string, Column>>
  /** The fields of each unique key: the guards of the store rest on them. */
  readonly keys: readonly (readonly string[])[]
  /** The fields of every other index: without one a statement would lock, on MySQL, every row that it passes. */
  readonly indexes: readonly (readonly string[])[]
}

const key = (length: number): Column => ({ kind: 'key', length, isNullable: false })
const text = (length: number): Column => ({ kind: 'text', length, isNullable: false })
const longText: Column = { kind: 'longText', length: 0, isNullable: false }
const integer: Column = { kind: 'integer', length: 0, isNullable: false }
const json: Column = { kind: 'json', length: 0, isNullable: false }
const moment: Column = { kind: 'moment', length: 0, isNullable: false }
const orNull = (column: Column): Column => ({ ...column, isNullable: true })

/** The tables that the store reads and writes. */
export const tables: readonly Table[] = [
  {
    model: 'User',
    columns: {
      id: key(36),
      email: text(254),
      displayEmail: text(254),
      passwordHash: orNull(key(255)),
      passwordVersion: integer,
      emailVerifiedAt: orNull(moment),
      blockedAt: orNull(moment),
      blockedReason: orNull(text(500)),
      lastSignedInAt: orNull(moment),
      createdAt: moment,
      updatedAt: moment,
    },
    keys: [['id'], ['email']],
    indexes: [],
  },
  {
    model: 'AuthSession',
    columns: {
      id: key(36),
      userId: key(36),
      refreshSalt: key(64),
      refreshGeneration: integer,
      rotatedAt: moment,
      expiresAt: moment,
      lastUsedAt: moment,
      revokedAt: orNull(moment),
      revokeReason: orNull(key(64)),
      ipAddress: orNull(key(45)),
      userAgent: orNull(text(512)),
      authMethods: json,
      authenticatedAt: moment,
      createdAt: moment,
    },
    keys: [['id']],
    indexes: [['userId', 'id'], ['expiresAt'], ['revokedAt']],
  },
  {
    model: 'AuthCode',
    columns: {
      id: key(36),
      purpose: key(64),
      subject: key(128),
      userId: orNull(key(36)),
      secretHash: key(64),
      attemptsLeft: integer,
      payload: json,
      expiresAt: moment,
      createdAt: moment,
    },
    keys: [['id'], ['purpose', 'subject']],
    indexes: [['secretHash'], ['userId'], ['expiresAt']],
  },
  {
    model: 'AuthAccount',
    columns: {
      provider: key(64),
      subject: key(255),
      userId: key(36),
      email: orNull(text(320)),
      createdAt: moment,
    },
    keys: [['provider', 'subject']],
    indexes: [['userId']],
  },
  {
    model: 'AuthRateLimit',
    columns: { key: key(128), hits: integer, resetsAt: moment },
    keys: [['key']],
    indexes: [['resetsAt']],
  },
  {
    model: 'AuthEvent',
    columns: {
      id: key(36),
      type: key(64),
      userId: orNull(key(36)),
      sessionId: orNull(key(36)),
      ipAddress: orNull(key(45)),
      userAgent: orNull(text(512)),
      metadata: json,
      createdAt: moment,
    },
    keys: [['id']],
    indexes: [
      ['userId', 'id'],
      ['type', 'id'],
    ],
  },
  {
    model: 'AuthOutbox',
    columns: {
      id: key(36),
      template: key(64),
      sealedPayload: longText,
      expiresAt: orNull(moment),
      attempts: integer,
      availableAt: orNull(moment),
      leaseId: orNull(key(36)),
      leasedUntil: orNull(moment),
      sentAt: orNull(moment),
      failedAt: orNull(moment),
      lastError: orNull(text(255)),
      createdAt: moment,
    },
    keys: [['id']],
    indexes: [['availableAt'], ['leaseId'], ['sentAt'], ['failedAt']],
  },
]

/**
 * The types that a column may have, as the database spells them, the shipped one first; on MySQL with the collation,
 * by which keys are told apart. On SQLite Prisma Migrate calls a moment `datetime`, which keeps milliseconds as they are.
 */
export function typesOf(
  provider: Provider,
  { kind, length }: Column,
): readonly [string, ...string[]] {
  switch (provider) {
    case 'sqlite':
      if (kind === 'moment') return ['integer', 'datetime']
      return kind === 'integer' ? ['integer'] : ['text']
    case 'postgres':
      if (kind === 'moment') return ['timestamp(3) with time zone']
      if (kind === 'json') return ['jsonb']
      return kind === 'integer' ? ['integer'] : ['text']
    case 'mysql':
      if (kind === 'moment') return ['datetime(3)']
      if (kind === 'integer') return ['int']
      if (kind === 'key') return [`varchar(${length}) ascii_bin`]
      return kind === 'text' ? [`varchar(${length}) utf8mb4_bin`] : ['text utf8mb4_bin']
  }
}
