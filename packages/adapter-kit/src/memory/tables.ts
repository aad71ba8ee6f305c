import type {
  AccountIdentity,
  AccountRecord,
  AuthEvent,
  CodeRecord,
  OutboxMail,
  SessionRecord,
  User,
} from '@mindmesh/auth/ports'
import { StoreError } from '@mindmesh/auth/ports'

/** A person with what no app ever sees. */
export interface PersonRow<Profile extends object = object> {
  readonly user: User & Profile
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
export interface Rows<Profile extends object = object> {
  readonly users: Map<string, PersonRow<Profile>>
  readonly sessions: Map<string, SessionRecord>
  readonly codes: Map<string, CodeRecord>
  readonly accounts: Map<string, AccountRecord>
  readonly limits: Map<string, LimitRow>
  readonly events: Map<string, AuthEvent>
  readonly mails: Map<string, MailRow>
}

/** The key of an identity among the accounts. */
export function accountKey({ provider, subject }: AccountIdentity): string {
  return JSON.stringify([provider, subject])
}

/** The rows, and the only two ways to them. */
export interface Tables<Profile extends object = object> {
  /**
   * Runs a step on a copy of the rows, which takes their place unless the step throws; nothing comes between. The step
   * gets a deep copy of the input, and its result is copied too: no row is shared with the caller.
   */
  write<Input, Result>(
    operation: string,
    input: Input,
    step: (rows: Rows<Profile>, input: Input) => Result,
  ): Promise<Result>
  /** Gives a deep copy of what is read. */
  read<Result>(query: (rows: Rows<Profile>) => Result): Promise<Result>
}

/** Empty tables. */
export function createTables<Profile extends object>(): Tables<Profile> {
  let rows: Rows<Profile> = {
    users: new Map(),
    sessions: new Map(),
    codes: new Map(),
    accounts: new Map(),
    limits: new Map(),
    events: new Map(),
    mails: new Map(),
  }
  return {
    async write(operation, input, step) {
      const staged = copyOf(rows)
      try {
        const result = structuredClone(step(staged, structuredClone(input)))
        rows = staged
        return result
      } catch (error) {
        throw new StoreError(operation, { cause: error })
      }
    },
    read: async (query) => structuredClone(query(rows)),
  }
}

function copyOf<Profile extends object>(rows: Rows<Profile>): Rows<Profile> {
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
