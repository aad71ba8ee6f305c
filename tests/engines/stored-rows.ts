import type {
  AccountRecord,
  AuthEvent,
  CodeRecord,
  OutboxMail,
  SessionRecord,
  User,
} from '@mindmesh/auth/ports'

/** Every row of the library's tables, with the password hash and the state of each mail. */
export interface StoredRows {
  readonly users: readonly (User & { readonly passwordHash: string | null })[]
  readonly sessions: readonly SessionRecord[]
  readonly codes: readonly CodeRecord[]
  readonly accounts: readonly AccountRecord[]
  readonly events: readonly AuthEvent[]
  readonly mails: readonly StoredMail[]
}

/** A mail with the state of its delivery. */
export interface StoredMail extends OutboxMail {
  readonly attempts: number
  readonly availableAt: Date | null
  readonly sentAt: Date | null
  readonly failedAt: Date | null
}

/** Reads the tables themselves, past the store that is tested. */
export interface TableReader {
  /** To be asked while nobody writes: tables are read one after another. */
  rows(): Promise<StoredRows>
}
