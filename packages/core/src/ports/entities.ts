/** Marks what the core's keyed hash made, so that a plain code or token does not compile in its place. */
declare const secretHashBrand: unique symbol
/** A keyed hash (HMAC-SHA-256, base64url) of a code or token: the only form in which a store sees one. */
export type SecretHash = string & { readonly [secretHashBrand]: true }

/** The library's own columns of a person, as an app sees them. An adapter adds the app's columns. */
export interface User {
  /** UUIDv7. */
  readonly id: string
  /** Canonical: trimmed, lower-cased, with an ASCII domain. Unique. */
  readonly email: string
  /** The address as the person wrote it; mail goes here. */
  readonly displayEmail: string
  readonly emailVerifiedAt: Date | null
  readonly blockedAt: Date | null
  readonly blockedReason: string | null
  /** Rises with each change of the password; what was begun under an earlier one is worthless. */
  readonly passwordVersion: number
  readonly lastSignedInAt: Date | null
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** The two types that an app's users table gives: what is read, and what `register` asks for. */
export interface AppModel {
  readonly user: User
  readonly profile: object
}

/** The row that `register` writes, without the app's own columns. */
export interface NewUser {
  readonly id: string
  readonly email: string
  readonly displayEmail: string
  readonly emailVerifiedAt: Date | null
  readonly passwordHash: string | null
  readonly createdAt: Date
}

/** How a person proved who they are (RFC 8176). */
export type AuthMethod = 'pwd' | 'otp' | 'oauth'

/** Why a session ended. */
export type RevokeReason =
  | 'logout'
  | 'revoked'
  | 'refresh_token_reused'
  | 'password_changed'
  | 'password_reset'
  | 'email_changed'
  | 'email_change_undone'
  | 'blocked'
  | 'account_claimed'

/** One session, from sign-in to its end: a single row that refreshing updates. */
export interface SessionRecord {
  readonly id: string
  readonly userId: string
  /** 32 random bytes, base64url. Part of the key that authenticates refresh tokens; not a secret alone. */
  readonly refreshSalt: string
  /** Starts at 1; the generation of the one refresh token that is current. */
  readonly refreshGeneration: number
  readonly rotatedAt: Date
  /** The absolute end, whatever happens. */
  readonly expiresAt: Date
  readonly lastUsedAt: Date
  readonly revokedAt: Date | null
  readonly revokeReason: RevokeReason | null
  readonly ipAddress: string | null
  readonly userAgent: string | null
  readonly authMethods: readonly AuthMethod[]
  /** When the person last proved who they are. */
  readonly authenticatedAt: Date
  readonly createdAt: Date
}

/** A one-time code or link: kept as a keyed hash, one live row for each purpose and subject. */
export interface CodeRecord {
  readonly id: string
  readonly purpose: string
  /** What the code is for: a user's id, or a keyed hash of an address. Unique together with the purpose. */
  readonly subject: string
  readonly userId: string | null
  readonly secretHash: SecretHash
  readonly attemptsLeft: number
  /** What the flow needs to go on; never a secret in clear. */
  readonly payload: Readonly<Record<string, string | number | null>>
  readonly expiresAt: Date
  readonly createdAt: Date
}

/** An identity at an OAuth provider. */
export interface AccountRecord {
  readonly provider: string
  readonly subject: string
  readonly userId: string
  readonly email: string | null
  readonly createdAt: Date
}

/** Everything that is recorded. The first fifteen are the original's. */
export type AuthEventType =
  | 'LOGIN_SUCCESS'
  | 'LOGIN_FAILED'
  | 'OTP_SENT'
  | 'OTP_VERIFIED'
  | 'OTP_FAILED'
  | 'PASSWORD_RESET_REQUESTED'
  | 'PASSWORD_RESET_COMPLETED'
  | 'ACCOUNT_BLOCKED'
  | 'ACCOUNT_UNBLOCKED'
  | 'EMAIL_VERIFIED'
  | 'REGISTRATION_SUCCESS'
  | 'REGISTRATION_FAILED'
  | 'LOGOUT'
  | 'SESSION_REFRESHED'
  | 'SESSION_REVOKED'
  | 'REFRESH_TOKEN_REUSED'
  | 'REAUTHENTICATED'
  | 'REAUTHENTICATION_FAILED'
  | 'PASSWORD_CHANGED'
  | 'PASSWORD_CHANGE_FAILED'
  | 'EMAIL_CHANGE_REQUESTED'
  | 'EMAIL_CHANGED'
  | 'EMAIL_CHANGE_UNDONE'
  | 'ACCOUNT_DELETED'
  | 'ACCOUNT_EXPORTED'
  | 'MAIL_FAILED'
  | 'OAUTH_LINKED'
  | 'OAUTH_UNLINKED'
  | 'OAUTH_FAILED'
  | 'ACCOUNT_CLAIMED'
  | 'ACCOUNT_IMPORTED'

/** One entry of the append-only record of sensitive actions. */
export interface AuthEvent {
  /** UUIDv7: the order of ids is the order of events. */
  readonly id: string
  readonly type: AuthEventType
  readonly userId: string | null
  readonly sessionId: string | null
  readonly ipAddress: string | null
  readonly userAgent: string | null
  readonly metadata: Readonly<Record<string, string | number | boolean | null>>
  readonly createdAt: Date
}

/** A mail that waits to be sent: its content is sealed, so that the table shows no code and no token. */
export interface OutboxMail {
  readonly id: string
  readonly template: string
  /** Authenticated encryption (AES-256-GCM) of recipient and data. */
  readonly sealedPayload: string
  /** After this the mail is pointless and is never sent; `null`: no end. */
  readonly expiresAt: Date | null
  readonly createdAt: Date
}

/** A mail that a worker holds under a lease. */
export interface ClaimedMail extends OutboxMail {
  /** This attempt included. */
  readonly attempts: number
}

/** A mail as its delivery stands: never its content. */
export interface OutboxEntry {
  readonly id: string
  readonly template: string
  /** How often it was tried. */
  readonly attempts: number
  /** When it is tried next; `null` once it was given up. */
  readonly availableAt: Date | null
  readonly failedAt: Date | null
  /** Why the last try failed. */
  readonly lastError: string | null
  readonly expiresAt: Date | null
  readonly createdAt: Date
}
