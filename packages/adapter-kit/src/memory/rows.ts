import type {
  AccountRecord,
  AuthEvent,
  CodeRecord,
  NewUser,
  OutboxMail,
  SessionRecord,
  User,
} from '@mindmesh/auth/ports'

/** A person with what no app ever sees. */
export interface UserRow extends User {
  readonly passwordHash: string | null
}

/** A mail with the state of its delivery. */
export interface MailRow extends OutboxMail {
  readonly attempts: number
  readonly availableAt: Date | null
  readonly leaseId: string | null
  readonly leasedUntil: Date | null
  readonly sentAt: Date | null
  readonly failedAt: Date | null
  readonly lastError: string | null
}

/** A counter. */
export interface LimitRow {
  readonly hits: number
  readonly resetsAt: Date
}

/** Everything that is stored. Rows are never changed, only replaced, so a shallow copy is a snapshot. */
export interface Rows {
  readonly users: Map<string, UserRow>
  readonly sessions: Map<string, SessionRecord>
  readonly codes: Map<string, CodeRecord>
  readonly accounts: Map<string, AccountRecord>
  readonly limits: Map<string, LimitRow>
  readonly events: Map<string, AuthEvent>
  readonly mails: Map<string, MailRow>
}

/** The rows, and the only two ways to them. */
export interface Tables {
  /** Runs a step on a copy, which becomes the rows unless the step throws. */
  write<Result>(step: (rows: Rows) => Result): Promise<Result>
  /** Gives a deep copy of what is read. */
  read<Result>(query: (rows: Rows) => Result): Promise<Result>
}

/** Thrown inside a step to undo it and to answer with this outcome. */
export class Undo<Outcome> extends Error {
  readonly outcome: Outcome

  constructor(outcome: Outcome) {
    super('The step was undone.')
    this.outcome = outcome
  }
}

/** Empty tables. */
export function createTables(): Tables {
  let rows: Rows = {
    users: new Map(),
    sessions: new Map(),
    codes: new Map(),
    accounts: new Map(),
    limits: new Map(),
    events: new Map(),
    mails: new Map(),
  }
  return {
    async write(step) {
      const staged = copyOf(rows)
      try {
        const result = structuredClone(step(staged))
        rows = staged
        return result
      } catch (error) {
        if (error instanceof Undo) return error.outcome
        throw error
      }
    },
    read: async (query) => structuredClone(query(rows)),
  }
}

function copyOf(rows: Rows): Rows {
  return {
    users: new Map(rows.users),
    sessions: new Map(rows.sessions),
    codes: new Map(rows.codes),
    accounts: new Map(rows.accounts),
    limits: new Map(rows.limits),
    events: new Map(rows.events),
    mails: new Map(rows.mails),
  }
}

/** The row of somebody new; the app's columns first, so that none of them can take a library column's place. */
export function newUserRow(user: NewUser, profile: object): UserRow {
  return {
    ...structuredClone(profile),
    ...user,
    passwordVersion: 0,
    blockedAt: null,
    blockedReason: null,
    lastSignedInAt: null,
    updatedAt: user.createdAt,
  }
}
