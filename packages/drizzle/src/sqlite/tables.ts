import type {
  AuthEvent,
  AuthEventType,
  AuthMethod,
  CodeRecord,
  RevokeReason,
  SecretHash,
} from '@mindmesh/auth/ports'
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { userColumns } from './columns.ts'

// No foreign keys point at the users table: it is the app's own, under whatever name. Every method is guarded, and a
// row whose person is gone is inert (each look-up joins the person) until it is pruned.

/** People: an app with columns of its own defines its own table from {@link userColumns} instead. */
export const users = sqliteTable('users', userColumns())

/** One row a session for its whole life. */
export const authSessions = sqliteTable(
  'auth_sessions',
  {
    id: text('id').primaryKey(),
    userId: text('user_id').notNull(),
    refreshSalt: text('refresh_salt').notNull(),
    refreshGeneration: integer('refresh_generation').notNull(),
    rotatedAt: integer('rotated_at', { mode: 'timestamp_ms' }).notNull(),
    expiresAt: integer('expires_at', { mode: 'timestamp_ms' }).notNull(),
    lastUsedAt: integer('last_used_at', { mode: 'timestamp_ms' }).notNull(),
    revokedAt: integer('revoked_at', { mode: 'timestamp_ms' }),
    revokeReason: text('revoke_reason').$type<RevokeReason>(),
    ipAddress: text('ip_address'),
    userAgent: text('user_agent'),
    authMethods: text('auth_methods', { mode: 'json' }).$type<readonly AuthMethod[]>().notNull(),
    authenticatedAt: integer('authenticated_at', { mode: 'timestamp_ms' }).notNull(),
    createdAt: integer('created_at', { mode: 'timestamp_ms' }).notNull(),
  },
  (table) => [
    index('auth_sessions_user_id').on(table.userId, table.id),
    index('auth_sessions_expires_at').on(table.expiresAt),
    index('auth_sessions_revoked_at').on(table.revokedAt),
  ],
)

/** Codes and links that wait to be used, as keyed hashes. */
export const authCodes = sqliteTable(
  'auth_codes',
  {
    id: text('id').primaryKey(),
    purpose: text('purpose').notNull(),
    subject: text('subject').notNull(),
    userId: text('user_id'),
    secretHash: text('secret_hash').$type<SecretHash>().notNull(),
    attemptsLeft: integer('attempts_left').notNull(),
    payload: text('payload', { mode: 'json' }).$type<CodeRecord['payload']>().notNull(),
    expiresAt: integer('expires_at', { mode: 'timestamp_ms' }).notNull(),
    createdAt: integer('created_at', { mode: 'timestamp_ms' }).notNull(),
  },
  (table) => [
    uniqueIndex('auth_codes_purpose_subject').on(table.purpose, table.subject),
    index('auth_codes_secret_hash').on(table.secretHash),
    index('auth_codes_user_id').on(table.userId),
    index('auth_codes_expires_at').on(table.expiresAt),
  ],
)

/** Identities at OAuth providers. */
export const authAccounts = sqliteTable(
  'auth_accounts',
  {
    provider: text('provider').notNull(),
    subject: text('subject').notNull(),
    userId: text('user_id').notNull(),
    email: text('email'),
    createdAt: integer('created_at', { mode: 'timestamp_ms' }).notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.provider, table.subject] }),
    index('auth_accounts_user_id').on(table.userId),
  ],
)

/** Counters; a key is a keyed hash. */
export const authRateLimits = sqliteTable(
  'auth_rate_limits',
  {
    key: text('key').primaryKey(),
    hits: integer('hits').notNull(),
    resetsAt: integer('resets_at', { mode: 'timestamp_ms' }).notNull(),
  },
  (table) => [index('auth_rate_limits_resets_at').on(table.resetsAt)],
)

/** The append-only record of sensitive actions. */
export const authEvents = sqliteTable(
  'auth_events',
  {
    id: text('id').primaryKey(),
    type: text('type').$type<AuthEventType>().notNull(),
    userId: text('user_id'),
    sessionId: text('session_id'),
    ipAddress: text('ip_address'),
    userAgent: text('user_agent'),
    metadata: text('metadata', { mode: 'json' }).$type<AuthEvent['metadata']>().notNull(),
    createdAt: integer('created_at', { mode: 'timestamp_ms' }).notNull(),
  },
  (table) => [
    index('auth_events_user_id').on(table.userId, table.id),
    index('auth_events_type').on(table.type, table.id),
  ],
)

/** Mail that waits, sealed; the payload is emptied once it was sent or given up. */
export const authOutbox = sqliteTable(
  'auth_outbox',
  {
    id: text('id').primaryKey(),
    template: text('template').notNull(),
    sealedPayload: text('sealed_payload').notNull(),
    expiresAt: integer('expires_at', { mode: 'timestamp_ms' }),
    attempts: integer('attempts').notNull(),
    /** `null` once sent or given up: nothing is due any more. */
    availableAt: integer('available_at', { mode: 'timestamp_ms' }),
    leaseId: text('lease_id'),
    leasedUntil: integer('leased_until', { mode: 'timestamp_ms' }),
    sentAt: integer('sent_at', { mode: 'timestamp_ms' }),
    failedAt: integer('failed_at', { mode: 'timestamp_ms' }),
    lastError: text('last_error'),
    createdAt: integer('created_at', { mode: 'timestamp_ms' }).notNull(),
  },
  (table) => [
    index('auth_outbox_available_at').on(table.availableAt),
    index('auth_outbox_lease_id').on(table.leaseId),
    index('auth_outbox_sent_at').on(table.sentAt),
    index('auth_outbox_failed_at').on(table.failedAt),
  ],
)
