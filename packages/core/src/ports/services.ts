/** The time. Tests inject one that stands still. */
export interface Clock {
  now(): Date
}

/** Cryptographically secure random bytes. */
export interface Random {
  bytes(length: number): Uint8Array
}

/** One mail as it leaves: plain text and HTML of the same content. */
export interface MailMessage {
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly html: string
}

/**
 * Hands a message to whatever delivers it; rejects if that failed. `verify` sends nothing: it rejects where the
 * settings do not work. `close` ends its connections.
 */
export interface Mailer {
  send(message: MailMessage): Promise<void>
  verify?(): Promise<void>
  close?(): Promise<void> | void
}

/** Hashes and verifies passwords. The password comes in Unicode form NFC. */
export interface PasswordHasher {
  hash(password: string): Promise<string>
  /** False for a wrong password and for a hash that it does not accept. */
  verify(hash: string, password: string): Promise<boolean>
  /** Whether a hash has a form that it could verify at all: asked where people are imported. @default all have */
  accepts?(hash: string): boolean
  /** Whether a hash that verified should be replaced by a new one. */
  needsRehash(hash: string): boolean
  /** A hash that no password fits and that costs as much to verify as a real one. */
  decoyHash(): string
}

/** Structured log lines. No field ever holds a secret. */
export interface Logger {
  info(message: string, fields?: Readonly<Record<string, unknown>>): void
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void
  error(message: string, fields?: Readonly<Record<string, unknown>>): void
}

/**
 * A corpus of breached passwords, asked by k-anonymity: it sees the first 5 hex digits of the SHA-1 and answers
 * with the remaining 35 digits of every hash that starts so (the form of the Pwned Passwords range API).
 */
export interface BreachCorpus {
  suffixes(prefix: string): Promise<readonly string[]>
}
