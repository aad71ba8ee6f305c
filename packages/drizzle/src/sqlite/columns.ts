import { integer, text } from 'drizzle-orm/sqlite-core'

/** A moment, kept as whole milliseconds since 1970. */
const moment = (name: string) => integer(name, { mode: 'timestamp_ms' })

/**
 * The library's own columns of the users table, made anew with each call. An app spreads them into its table and
 * adds its own: `sqliteTable('users', { ...userColumns(), firstName: text('first_name').notNull() })`.
 */
export function userColumns() {
  return {
    id: text('id').primaryKey(),
    email: text('email').notNull().unique(),
    displayEmail: text('display_email').notNull(),
    passwordHash: text('password_hash'),
    passwordVersion: integer('password_version').notNull().default(0),
    emailVerifiedAt: moment('email_verified_at'),
    blockedAt: moment('blocked_at'),
    blockedReason: text('blocked_reason'),
    lastSignedInAt: moment('last_signed_in_at'),
    createdAt: moment('created_at').notNull(),
    updatedAt: moment('updated_at').notNull(),
  }
}
