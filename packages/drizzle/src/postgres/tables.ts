import type {
  AuthEvent,
  AuthEventType,
  AuthMethod,
  CodeRecord,
  RevokeReason,
  SecretHash,
} from '@mindmesh/auth/ports'
import { index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { key, moment, userColumns } from './columns.ts'

// No foreign keys point at the users table: it is the app's own, under whatever name. Every method is guarded, and a
// row whose person is gone is inert (each look-up joins the person) until it is pruned.
//
// Ids are text, not `uuid`: a look-up by a text that is no UUID finds nothing instead of failing, rows read alike on
// every engine and through Prisma, and the order of the index is the order of ids as the library compares them.

/** People: an app with columns of its own defines its own table from {@link userColumns} instead. */
export const users = pgTable('users', userColumns())

/** One row a session for its whole life. */
export const authSessions = pgTable(
  'auth_sessions',
  {
    id: key('id').primaryKey(),
    userId: key('user_id').notNull(),
    refreshSalt: text('refresh_salt').notNull(),
    refreshGeneration: integer('refresh_generation').notNull(),
    rotatedAt: moment('rotated_at').notNull(),
    expiresAt: moment('expires_at').notNull(),
    lastUsedAt: moment('last_used_at').notNull(),
    revokedAt: moment('revoked_at'),
    revokeReason: text('revoke_reason').$type<RevokeReason>(),
    ipAddress: text('ip_address'),
    userAgent: text('user_agent'),
    authMethods: jsonb('auth_methods').$type<readonly AuthMethod[]>().notNull(),
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
export const authCodes = pgTable(
  'auth_codes',
  {
    id: key('id').primaryKey(),
    purpose: key('purpose').notNull(),
    subject: key('subject').notNull(),
    userId: key('user_id'),
    secretHash: key('secret_hash').$type<SecretHash>().notNull(),
    attemptsLeft: integer('attempts_left').notNull(),
    payload: jsonb('payload').$type<CodeRecord['payload']>().notNull(),
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
export const authAccounts = pgTable(
  'auth_accounts',
  {
    provider: key('provider').notNull(),
    subject: key('subject').notNull(),
    userId: key('user_id').notNull(),
    email: text('email'),
    createdAt: moment('created_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.provider, table.subject] }),
    index('auth_accounts_user_id').on(table.userId),
  ],
)

/** Counters; a key is a keyed hash. */
export const authRateLimits = pgTable(
  'auth_rate_limits',
  {
    key: key('key').primaryKey(),
    hits: integer('hits').notNull(),
    resetsAt: moment('resets_at').notNull(),
  },
  (table) => [index('auth_rate_limits_resets_at').on(table.resetsAt)],
)

/** The append-only record of sensitive actions. */
export const authEvents = pgTable(
  'auth_events',
  {
    id: key('id').primaryKey(),
    type: key('type').$type<AuthEventType>().notNull(),
    userId: key('user_id'),
    sessionId: key('session_id'),
    ipAddress: text('ip_address'),
    userAgent: text('user_agent'),
    metadata: jsonb('metadata').$type<AuthEvent['metadata']>().notNull(),
    createdAt: moment('created_at').notNull(),
  },
  (table) => [
    index('auth_events_user_id').on(table.userId, table.id),
    index('auth_events_type').on(table.type, table.id),
  ],
)

/** Mail that waits, sealed; the payload is emptied once it was sent or given up. */
export const authOutbox = pgTable(
  'auth_outbox',
  {
    id: key('id').primaryKey(),
    template: text('template').notNull(),
    sealedPayload: text('sealed_payload').notNull(),
    expiresAt: moment('expires_at'),
    attempts: integer('attempts').notNull(),
    /** `null` once sent or given up: nothing is due any more. */
    availableAt: moment('available_at'),
    leaseId: key('lease_id'),
    leasedUntil: moment('leased_until'),
    sentAt: moment('sent_at'),
    failedAt: moment('failed_at'),
    lastError: text('last_error'),
    createdAt: moment('created_at').notNull(),
  },
  (table) => [
    index('auth_outbox_available_at').on(table.availableAt),
    index('auth_outbox_lease_id').on(table.leaseId),
    index('auth_outbox_sent_at').on(table.sentAt),
    index('auth_outbox_failed_at').on(table.failedAt),
  ],
)
