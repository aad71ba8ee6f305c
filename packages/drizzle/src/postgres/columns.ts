import { customType, integer, text, timestamp } from 'drizzle-orm/pg-core'

/**
 * Text that names something. It compares by its bytes whatever the database's locale: the order of ids is the order
 * in which they were made, and an index outlives an update of the system's collations.
 */
export const key = customType<{ data: string; driverData: string }>({
  dataType: () => 'text collate "C"',
})

/** A moment, kept to the millisecond. */
export const moment = (name: string) => timestamp(name, { withTimezone: true, precision: 3 })

/**
 * The library's own columns of the users table, made anew with each call. An app spreads them into its table and
 * adds its own: `pgTable('users', { ...userColumns(), firstName: text('first_name').notNull() })`.
 */
export function userColumns() {
  return {
    id: key('id').primaryKey(),
    email: key('email').notNull().unique(),
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

/**
 * A column of the app's own tables that refers to a person, compared as `users.id` is: an index on a plain `text`
 * column would not serve a join with it. `authorId: userId('author_id').references(() => users.id)`.
 */
export function userId(name: string) {
  return key(name)
}
