import type {
  AccountRecord,
  AppModel,
  AuthEvent,
  AuthEventType,
  ClaimedMail,
  CodeRecord,
  NewUser,
  OutboxEntry,
  OutboxMail,
  RevokeReason,
  SecretHash,
  SessionRecord,
} from './entities.ts'

/**
 * What belongs to a change and is written with it, in one atomic step, or not at all.
 * The loser of a race writes none of it.
 */
export interface Effects {
  readonly events?: readonly AuthEvent[]
  readonly mails?: readonly OutboxMail[]
  /** Codes whose links stand in these mails; each replaces an earlier one of its purpose and subject. */
  readonly codes?: readonly CodeRecord[]
}

/** A page in the order of ids. `after` is exclusive. */
export interface Page {
  readonly after: string | null
  readonly limit: number
}

/** A live code under this purpose and subject keeps an address from being taken by anyone but its owner. */
export interface Reservation {
  readonly purpose: string
  readonly subject: string
  readonly now: Date
}

/** Somebody who comes from another system, as they will be. */
export interface ImportedPerson<App extends AppModel> {
  readonly user: NewUser & {
    readonly blockedAt: Date | null
    readonly blockedReason: string | null
  }
  readonly profile: App['profile']
  readonly accounts: readonly AccountRecord[]
  readonly reservation: Reservation
  /** Written with this person, or not at all. */
  readonly effects: Effects
}

/** What became of somebody who comes from another system. */
export type ImportStatus = 'imported' | 'present' | 'email_taken' | 'account_taken'

/**
 * People. Where a change voids a person's codes, those of `keepPurposes` stay: a thief who changes the password must
 * not thereby void the link with which the owner takes an address change back.
 */
export interface UserStore<App extends AppModel> {
  /**
   * Guard: the unique address, and no live code of another person at `reservation`.
   * The loser of a race for an address is told `email_taken` and writes nothing.
   */
  register(
    input: {
      readonly user: NewUser
      readonly profile: App['profile']
      readonly account: AccountRecord | null
      readonly reservation: Reservation
    },
    effects: Effects,
  ): Promise<
    | { readonly status: 'registered'; readonly user: App['user'] }
    | { readonly status: 'email_taken' | 'account_taken' }
  >
  findById(userId: string): Promise<App['user'] | null>
  findByEmail(email: string): Promise<App['user'] | null>
  /** The only reads that give a password hash. */
  findForSignIn(email: string): Promise<Credentials<App> | null>
  findCredentials(userId: string): Promise<Credentials<App> | null>
  /** By address: the person and, if there is one, their code of this purpose whose subject is their id. One query. */
  findWithCode(input: {
    readonly email: string
    readonly purpose: string
  }): Promise<{ readonly user: App['user']; readonly code: CodeRecord | null } | null>
  list(page: Page): Promise<readonly App['user'][]>
  /** Guard: the address is still this one and not yet verified. */
  markEmailVerified(
    input: { readonly userId: string; readonly email: string; readonly at: Date },
    effects: Effects,
  ): Promise<'verified' | 'stale'>
  /** Guard: the address is still `from`, and no live code of another person reserves `to`. Ends every session and voids the person's codes before `effects` are written. The new address counts as verified. */
  changeEmail(
    input: {
      readonly userId: string
      readonly from: string
      readonly to: string
      readonly displayEmail: string
      readonly at: Date
      readonly reason: RevokeReason
      readonly keepPurposes: readonly string[]
      readonly reservation: Reservation
    },
    effects: Effects,
  ): Promise<'changed' | 'email_taken' | 'stale'>
  /** Guard: the password is still of `passwordVersion`. Raises the version, voids the person's codes, ends every session but `keepSessionId`, and with `unlinkAccounts` takes every identity off. */
  setPassword(
    input: {
      readonly userId: string
      readonly passwordVersion: number
      readonly passwordHash: string
      readonly at: Date
      readonly keepSessionId: string | null
      readonly keepPurposes: readonly string[]
      readonly unlinkAccounts: boolean
      readonly reason: RevokeReason
    },
    effects: Effects,
  ): Promise<'set' | 'stale'>
  /** Guard: the hash is still `from`. The same password in a better hash: nothing else changes. */
  upgradePasswordHash(input: {
    readonly userId: string
    readonly from: string
    readonly to: string
  }): Promise<'upgraded' | 'stale'>
  /** Guard: not blocked yet. Ends every session and voids the person's codes. */
  block(
    input: {
      readonly userId: string
      readonly at: Date
      readonly reason: string | null
      readonly keepPurposes: readonly string[]
    },
    effects: Effects,
  ): Promise<'blocked' | 'stale'>
  /** Guard: blocked. */
  unblock(
    input: { readonly userId: string; readonly at: Date },
    effects: Effects,
  ): Promise<'unblocked' | 'stale'>
  /**
   * Registers people who come from another system: all that are not refused, with accounts and effects, in one step.
   * Guards for each, as in `register`: the unique address, the reservation, the unique accounts; and the unique id:
   * whoever is there by theirs is `present` and stays as they are. Of two in one call the first wins. Gives a status for each
   * in the order of `people`. `isTrial` writes nothing and gives what would be.
   */
  importMany(input: {
    readonly people: readonly ImportedPerson<App>[]
    readonly isTrial: boolean
  }): Promise<readonly ImportStatus[]>
  /** Deletes the person with sessions, codes and accounts; their events lose address and user agent. */
  delete(userId: string, effects: Effects): Promise<'deleted' | 'gone'>
}

/** A person with what proves their password. */
export interface Credentials<App extends AppModel> {
  readonly user: App['user']
  readonly passwordHash: string | null
}

/** Sessions. */
export interface SessionStore<App extends AppModel> {
  /**
   * Guard, in a statement that writes the person's row (`last_signed_in_at`): not blocked, and still of
   * `expected`. So a block, a reset or an address change that races a sign-in wins.
   */
  open(
    input: {
      readonly session: SessionRecord
      readonly expected: { readonly email: string; readonly passwordVersion: number }
    },
    effects: Effects,
  ): Promise<'opened' | 'refused'>
  /** The hot path: one query where the adapter can join. Ended sessions are given too; the core decides. */
  find(
    sessionId: string,
  ): Promise<{ readonly session: SessionRecord; readonly user: App['user'] } | null>
  /** Guard: `fromGeneration` is current and the session has not ended. Sets `rotatedAt` and `lastUsedAt`. */
  rotate(
    input: { readonly sessionId: string; readonly fromGeneration: number; readonly now: Date },
    effects: Effects,
  ): Promise<'rotated' | 'stale'>
  /** Guard: not revoked yet. */
  revoke(
    input: { readonly sessionId: string; readonly at: Date; readonly reason: RevokeReason },
    effects: Effects,
  ): Promise<'revoked' | 'stale'>
  /** Ends all sessions of a person that are not revoked yet, but `keepSessionId`. Gives how many. Effects are written in any case. */
  revokeAll(
    input: {
      readonly userId: string
      readonly keepSessionId: string | null
      readonly at: Date
      readonly reason: RevokeReason
    },
    effects: Effects,
  ): Promise<number>
  /** Guard: not revoked. */
  markAuthenticated(
    input: { readonly sessionId: string; readonly at: Date },
    effects: Effects,
  ): Promise<'marked' | 'stale'>
  /** Newest first, neither revoked nor expired. */
  listLive(userId: string, now: Date): Promise<readonly SessionRecord[]>
  /** Every session of a person that is kept, newest first. */
  listAll(userId: string): Promise<readonly SessionRecord[]>
  /** The distinct user agents of a person's newest 100 sessions that have one: what it reads is bounded. */
  listUserAgents(userId: string): Promise<readonly string[]>
}

/** One-time codes and links. */
export interface CodeStore {
  /**
   * Replaces the earlier code of the same purpose and subject. Where that one was live and had tries left, the
   * new one gets no more than those: sending again never gives back a try.
   */
  issue(code: CodeRecord, effects: Effects): Promise<void>
  find(input: { readonly purpose: string; readonly subject: string }): Promise<CodeRecord | null>
  /** Links: the row is found by its hash. `secretHashes` holds one candidate a key that is accepted. */
  findByHash(input: {
    readonly purpose: string
    readonly secretHashes: readonly SecretHash[]
  }): Promise<CodeRecord | null>
  /**
   * Uses the code up, or spends one try, in a write that is guarded by the tries left and the end: a wrong code is
   * never told so without a try being spent, and of N right calls at once exactly one is told `consumed`. A used code
   * is gone. The `consumed` or `mismatch` effects are written with that outcome; any other outcome writes nothing.
   */
  consume(
    input: {
      readonly id: string
      readonly secretHashes: readonly SecretHash[]
      readonly now: Date
    },
    effects: { readonly consumed: Effects; readonly mismatch: Effects },
  ): Promise<
    | { readonly status: 'consumed' | 'exhausted' | 'expired' | 'not_found' }
    | { readonly status: 'mismatch'; readonly attemptsLeft: number }
  >
  listByUser(userId: string): Promise<readonly CodeRecord[]>
}

/** Identities at OAuth providers. */
export interface AccountStore<App extends AppModel> {
  findUser(identity: AccountIdentity): Promise<App['user'] | null>
  /** Oldest first; those of one moment in any order. */
  listByUser(userId: string): Promise<readonly AccountRecord[]>
  /**
   * Guard, in a statement that writes the person's row: they exist and are not blocked; and where `expected` is
   * given, it is still their address, verified, and still their password.
   */
  link(
    input: {
      readonly account: AccountRecord
      readonly expected: { readonly email: string; readonly passwordVersion: number } | null
    },
    effects: Effects,
  ): Promise<'linked' | 'account_taken' | 'stale'>
  /**
   * For an account that somebody registered with an address that they never proved, when its owner comes: links the
   * identity, marks the address as verified, takes the password away and raises its version, ends every session and
   * voids the person's codes. Guard: the address is still this one and not verified, and they are not blocked.
   */
  claim(
    input: {
      readonly account: AccountRecord
      readonly email: string
      readonly at: Date
      readonly reason: RevokeReason
    },
    effects: Effects,
  ): Promise<'claimed' | 'account_taken' | 'stale'>
  /** Guard, after writing the person's row: a password or another identity is left to sign in with. */
  unlink(
    input: AccountIdentity & { readonly userId: string; readonly at: Date },
    effects: Effects,
  ): Promise<'unlinked' | 'last_way_in' | 'not_found'>
}

/** What names an identity: unique together. */
export interface AccountIdentity {
  readonly provider: string
  readonly subject: string
}

/** One limit that an action counts against. */
export interface Hit {
  /** A keyed hash, never an address. */
  readonly key: string
  readonly limit: number
  readonly windowSeconds: number
}

/** Counters in fixed windows, exact under concurrency. The one part that may live outside the app's database. */
export interface RateLimitStore {
  /**
   * Counts against all of them, or, where one is used up, against none; in one step. The window of a key starts
   * with its first hit, and is over at its end or when all of its hits were given back. `refunds` are keys that get
   * one hit back (never below zero) if the hits were allowed. Where several limits are used up, the one that resets
   * last is named. No key stands twice in a call.
   */
  hit(input: {
    readonly hits: readonly Hit[]
    readonly refunds: readonly string[]
    readonly now: Date
  }): Promise<
    | { readonly status: 'allowed' }
    | { readonly status: 'limited'; readonly key: string; readonly resetsAt: Date }
  >
}

/** The record of sensitive actions. */
export interface EventStore {
  /** Records something that changed nothing else (a failed sign-in, an export), with its mails. */
  append(events: readonly AuthEvent[], mails?: readonly OutboxMail[]): Promise<void>
  /** Newest first. `before` and `from` are bounds on ids: below `before`, at or above `from`. */
  list(query: {
    readonly userId: string | null
    readonly type: AuthEventType | null
    readonly from: string | null
    readonly before: string | null
    readonly limit: number
  }): Promise<readonly AuthEvent[]>
}

/** Mail that was decided together with a change and leaves after it. */
export interface OutboxStore {
  /**
   * Takes due mails under a lease, those first that have been due longest, each by one worker only; an expired lease
   * is taken over. Counts the attempt. Gives what it took in the order of ids.
   */
  claim(input: {
    readonly leaseId: string
    readonly leaseSeconds: number
    readonly limit: number
    readonly now: Date
  }): Promise<readonly ClaimedMail[]>
  /** Guard: the lease is still ours. Wipes the payload. */
  complete(input: {
    readonly id: string
    readonly leaseId: string
    readonly at: Date
  }): Promise<'completed' | 'stale'>
  /** Guard: the lease is still ours. `retryAt: null` gives up and wipes the payload. */
  fail(
    input: {
      readonly id: string
      readonly leaseId: string
      readonly at: Date
      readonly retryAt: Date | null
      readonly error: string
    },
    effects: Effects,
  ): Promise<'failed' | 'stale'>
  /** How many mails wait and were given up, and up to `limit` of each: those that wait, due first; those given up, newest first. */
  inspect(input: { readonly limit: number }): Promise<{
    readonly waiting: number
    readonly failed: number
    readonly mails: readonly OutboxEntry[]
  }>
  /** Makes due now what waits for a later try. Guard: nobody holds it. Gives how many. */
  hasten(input: { readonly now: Date }): Promise<number>
}

/** How many rows a pass removed. */
export interface DeletedCounts {
  readonly codes: number
  readonly sessions: number
  readonly rateLimits: number
  readonly mails: number
}

/** A step from one version of the tables to the next. */
export interface Migration {
  readonly name: string
  readonly statements: readonly string[]
  readonly isApplied: boolean
}

/** The SQL that an adapter ships. */
export interface Migrations {
  /** In the order in which they are applied. Writes nothing. */
  list(): Promise<readonly Migration[]>
  /** Applies what is not yet applied. Idempotent, and safe when several processes do it at once. */
  apply(): Promise<void>
}

/** What an adapter implements: one method for each change that matters to security, each atomic. */
export interface AuthStore<App extends AppModel = AppModel> {
  readonly users: UserStore<App>
  readonly sessions: SessionStore<App>
  readonly codes: CodeStore
  readonly accounts: AccountStore<App>
  readonly rateLimits: RateLimitStore
  readonly events: EventStore
  readonly outbox: OutboxStore
  /** Deletes up to `limit` rows of each kind: codes and counters past their end, sessions and mail that ended before `endedBefore`. */
  deleteExpired(input: {
    readonly now: Date
    readonly endedBefore: Date
    readonly limit: number
  }): Promise<DeletedCounts>
  /** Compares the tables it was given with what it needs. Throws one `ConfigError` that names every difference. */
  assertSchema(): Promise<void>
  /** Left out where another tool changes the tables. */
  readonly migrations?: Migrations
  /** The time of the database's own clock. Left out where it cannot be asked. */
  readTime?(): Promise<Date>
}
