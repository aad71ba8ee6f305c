import type {
  AuthEvent,
  AuthEventType,
  AuthMethod,
  CodeRecord,
  RevokeReason,
  SecretHash,
} from '@mindmesh/auth/ports'
import { index, int, mysqlTable, primaryKey, uniqueIndex } from 'drizzle-orm/mysql-core'
import { json, key, longText, moment, text, userColumns, userId } from './columns.ts'

// No foreign keys point at the users table: it is the app's own, under whatever name. Every method is guarded, and a
// row whose person is gone is inert (each look-up joins the person) until it is pruned.

/** People: an app with columns of its own defines its own table from {@link userColumns} instead. */
export const users = mysqlTable('users', userColumns())

/** One row a session for its whole life. */
export const authSessions = mysqlTable(
  'auth_sessions',
  {
    id: key('id', 36).primaryKey(),
    userId: userId('user_id').notNull(),
    refreshSalt: key('refresh_salt', 64).notNull(),
    refreshGeneration: int('refresh_generation').notNull(),
    rotatedAt: moment('rotated_at').notNull(),
    expiresAt: moment('expires_at').notNull(),
    lastUsedAt: moment('last_used_at').notNull(),
    revokedAt: moment('revoked_at'),
    revokeReason: key('revoke_reason', 64).$type<RevokeReason>(),
    ipAddress: key('ip_address', 45),
    userAgent: text('user_agent', 512),
    authMethods: json('auth_methods').$type<readonly AuthMethod[]>().notNull(),
    authenticatedAt: moment('authenticated_at').notNull(),
    createdAt: moment('created_at').notNull(),
  },
  (table) => [
    index('auth_sessions_user_id').on(table.userId, table.id),
    index('auth_sessions_expires_at').on(table.expiresAt),
    index('auth_sessions_revoked_at').on(table.revokedAt),
  ],
)

/** Codes and links that wait to be used, as keyed hashes. */
export const authCodes = mysqlTable(
  'auth_codes',
  {
    id: key('id', 36).primaryKey(),
    purpose: key('purpose', 64).notNull(),
    subject: key('subject', 128).notNull(),
    userId: userId('user_id'),
    secretHash: key('secret_hash', 64).$type<SecretHash>().notNull(),
    attemptsLeft: int('attempts_left').notNull(),
    payload: json('payload').$type<CodeRecord['payload']>().notNull(),
    expiresAt: moment('expires_at').notNull(),
    createdAt: moment('created_at').notNull(),
  },
  (table) => [
    uniqueIndex('auth_codes_purpose_subject').on(table.purpose, table.subject),
    index('auth_codes_secret_hash').on(table.secretHash),
    index('auth_codes_user_id').on(table.userId),
    index('auth_codes_expires_at').on(table.expiresAt),
  ],
)

/** Identities at OAuth providers. */
export const authAccounts = mysqlTable(
  'auth_accounts',
  {
    provider: key('provider', 64).notNull(),
    /** OpenID Connect Core 1.0 §2: up to 255 ASCII characters, compared with their case. */
    subject: key('subject', 255).notNull(),
    userId: userId('user_id').notNull(),
    email: text('email', 320),
    createdAt: moment('created_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.provider, table.subject] }),
    index('auth_accounts_user_id').on(table.userId),
  ],
)

/** Counters; a key is a keyed hash. */
export const authRateLimits = mysqlTable(
  'auth_rate_limits',
  {
    key: key('key', 128).primaryKey(),
    hits: int('hits').notNull(),
    resetsAt: moment('resets_at').notNull(),
  },
  (table) => [index('auth_rate_limits_resets_at').on(table.resetsAt)],
)

/** The append-only record of sensitive actions. */
export const authEvents = mysqlTable(
  'auth_events',
  {
    id: key('id', 36).primaryKey(),
    type: key('type', 64).$type<AuthEventType>().notNull(),
    userId: userId('user_id'),
    sessionId: key('session_id', 36),
    ipAddress: key('ip_address', 45),
    userAgent: text('user_agent', 512),
    metadata: json('metadata').$type<AuthEvent['metadata']>().notNull(),
    createdAt: moment('created_at').notNull(),
  },
  (table) => [
    index('auth_events_user_id').on(table.userId, table.id),
    index('auth_events_type').on(table.type, table.id),
  ],
)

/** Mail that waits, sealed; the payload is emptied once it was sent or given up. */
export const authOutbox = mysqlTable(
  'auth_outbox',
  {
    id: key('id', 36).primaryKey(),
    template: key('template', 64).notNull(),
    sealedPayload: longText('sealed_payload').notNull(),
    expiresAt: moment('expires_at'),
    attempts: int('attempts').notNull(),
    /** `null` once sent or given up: nothing is due any more. */
    availableAt: moment('available_at'),
    leaseId: key('lease_id', 36),
    leasedUntil: moment('leased_until'),
    sentAt: moment('sent_at'),
    failedAt: moment('failed_at'),
    lastError: text('last_error', 255),
    createdAt: moment('created_at').notNull(),
  },
  (table) => [
    index('auth_outbox_available_at').on(table.availableAt),
    index('auth_outbox_lease_id').on(table.leaseId),
    index('auth_outbox_sent_at').on(table.sentAt),
    index('auth_outbox_failed_at').on(table.failedAt),
  ],
)
