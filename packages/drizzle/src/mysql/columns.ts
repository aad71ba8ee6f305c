import { sql, type Param } from 'drizzle-orm'
import { customType, int, type MySqlColumn } from 'drizzle-orm/mysql-core'

// Every type refuses what its column would not give back unchanged. Without strict mode the server itself would cut a
// long value, put `?` in the place of a character and zeros in the place of a date, and tell nobody.

/** RFC 5321 §4.5.3.1.3: a path has up to 256 octets, two of them the angle brackets. */
const ADDRESS_LENGTH = 254
const LONG_TEXT = 'text character set utf8mb4 collate utf8mb4_bin'
const LONG_TEXT_BYTES = 65_535

/**
 * An id, a hash or another key: ASCII, compared byte by byte. The collation pads (`a` equals `a `), so a key that ends
 * in a space is refused, when it is written and when it is looked for: what is left is compared exactly.
 */
export function key(name: string, length: number) {
  return customType<{ data: string; driverData: string }>({
    dataType: () => `varchar(${length}) character set ascii collate ascii_bin`,
    toDriver: (value) => checkKey(value, length),
  })(name)
}

/** An address by which people are told apart: any script, compared code point by code point, never ending in a space. */
export function address(name: string) {
  return customType<{ data: string; driverData: string }>({
    dataType: () => `varchar(${ADDRESS_LENGTH}) character set utf8mb4 collate utf8mb4_bin`,
    toDriver: (value) => checkPadding(checkText(value, ADDRESS_LENGTH)),
  })(name)
}

/** Text of any script that is shown and never looked for. */
export function text(name: string, length: number) {
  return customType<{ data: string; driverData: string }>({
    dataType: () => `varchar(${length}) character set utf8mb4 collate utf8mb4_bin`,
    toDriver: (value) => checkText(value, length),
  })(name)
}

/** Text of up to 65,535 bytes. */
export function longText(name: string) {
  return customType<{ data: string; driverData: string }>({
    dataType: () => LONG_TEXT,
    toDriver: checkLongText,
  })(name)
}

/**
 * A value as JSON text, to be told its type by `$type`. Not the column type `json`: MySQL would give the keys back in
 * another order, and MariaDB has none.
 */
export const json = customType<{ data: unknown; driverData: string }>({
  dataType: () => LONG_TEXT,
  toDriver: (value) => checkLongText(JSON.stringify(value)),
  fromDriver: (value) => JSON.parse(value),
})

/**
 * A moment to the millisecond, written and read as UTC text: neither the connection's `timezone` nor the time zone of
 * the server or the process has a part in it.
 */
export const moment = customType<{ data: Date; driverData: string }>({
  dataType: () => 'datetime(3)',
  toDriver: (value) => checkYear(value.toISOString()).replace('T', ' ').replace('Z', ''),
  fromDriver: (value) => new Date(`${value.replace(' ', 'T')}Z`),
})

/** A value that a prepared statement is given later, checked and written as the column would. Drizzle's own is not. */
export function placeholder(name: string, column: MySqlColumn): Param {
  return sql.param(sql.placeholder(name), column)
}

function checkKey(value: string, length: number): string {
  // oxlint-disable-next-line no-control-regex -- all of ASCII is meant
  if (!/^[\u0000-\u007f]*$/.test(value)) throw new RangeError('A key has ASCII characters only.')
  return checkPadding(checkText(value, length))
}

function checkPadding(value: string): string {
  if (value.endsWith(' ')) throw new RangeError('A key or an address does not end in a space.')
  return value
}

function checkText(value: string, length: number): string {
  // A character outside the basic plane is two code units here and one character there.
  if (value.length > length && Array.from(value).length > length) {
    throw new RangeError(`A text is longer than the ${length} characters of its column.`)
  }
  return checkUnicode(value)
}

function checkLongText(value: string): string {
  if (Buffer.byteLength(value) > LONG_TEXT_BYTES) {
    throw new RangeError(`A text is longer than the ${LONG_TEXT_BYTES} bytes of its column.`)
  }
  return checkUnicode(value)
}

function checkUnicode(value: string): string {
  if (!value.isWellFormed()) throw new RangeError('A text is not well-formed Unicode.')
  return value
}

function checkYear(iso: string): string {
  if (!/^[1-9]\d{3}-/.test(iso)) throw new RangeError('A moment is not in the years 1000 to 9999.')
  return iso
}

/**
 * The library's own columns of the users table, made anew with each call. An app spreads them into its table and
 * adds its own: `mysqlTable('users', { ...userColumns(), firstName: varchar('first_name', { length: 100 }).notNull() })`.
 */
export function userColumns() {
  return {
    id: key('id', 36).primaryKey(),
    email: address('email').notNull().unique(),
    displayEmail: text('display_email', 254).notNull(),
    passwordHash: key('password_hash', 255),
    passwordVersion: int('password_version').notNull().default(0),
    emailVerifiedAt: moment('email_verified_at'),
    blockedAt: moment('blocked_at'),
    blockedReason: text('blocked_reason', 500),
    lastSignedInAt: moment('last_signed_in_at'),
    createdAt: moment('created_at').notNull(),
    updatedAt: moment('updated_at').notNull(),
  }
}

/**
 * A column of the app's own tables that refers to a person: InnoDB wants it of the very type of `users.id`.
 * `authorId: userId('author_id').references(() => users.id, { onDelete: 'cascade' })`.
 */
export function userId(name: string) {
  return key(name, 36)
}
