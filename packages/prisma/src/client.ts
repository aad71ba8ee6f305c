import type {
  AccountRecord,
  AuthEvent,
  CodeRecord,
  OutboxMail,
  SessionRecord,
  User,
} from '@mindmesh/auth/ports'

/**
 * The app's Prisma client, seen by the few members that the store uses. Only their names are asked for: comparing the
 * generated types of a whole client would cost an app's compiler much.
 */
export interface AppClient {
  readonly $transaction: unknown
  readonly $queryRawUnsafe: unknown
  readonly $executeRawUnsafe: unknown
  readonly authSession: unknown
  readonly authCode: unknown
  readonly authAccount: unknown
  readonly authRateLimit: unknown
  readonly authEvent: unknown
  readonly authOutbox: unknown
}

/** What may be asked of one column. */
type Filter<Value> =
  | Value
  | {
      readonly in?: readonly Value[]
      readonly notIn?: readonly Value[]
      readonly not?: Value
      readonly lt?: Value
      readonly lte?: Value
      readonly gt?: Value
      readonly gte?: Value
    }

/** The condition of a query or of a write, all parts of which must hold. */
export type Where<Row> = { readonly [Name in keyof Row]?: Filter<Row[Name]> } & {
  readonly OR?: readonly Where<Row>[]
}

/** What an update writes. A number may be given as the difference. */
type Changes<Row> = {
  readonly [Name in keyof Row]?:
    | Row[Name]
    | { readonly increment: number }
    | { readonly decrement: number }
}

/** The columns that are read, or left out. */
type Columns<Row> = { readonly [Name in keyof Row]?: boolean }

interface Count {
  readonly count: number
}

/** One model of the client: the methods that the store calls, with the arguments that it gives. */
export interface Model<Row> {
  readonly fields: object
  findFirst(query: {
    readonly where: Where<Row>
    readonly select?: Columns<Row>
    readonly omit?: Columns<Row>
  }): Promise<Row | null>
  findMany(query: {
    readonly where: Where<Row>
    readonly select?: Columns<Row>
    readonly omit?: Columns<Row>
    readonly orderBy?: readonly { readonly [Name in keyof Row]?: 'asc' | 'desc' }[]
    readonly take?: number
  }): Promise<Row[]>
  count(query: { readonly where: Where<Row> }): Promise<number>
  create(write: { readonly data: object; readonly omit?: Columns<Row> }): Promise<Row>
  createMany(write: { readonly data: readonly Row[] }): Promise<Count>
  updateMany(write: { readonly where: Where<Row>; readonly data: Changes<Row> }): Promise<Count>
  deleteMany(write: { readonly where: Where<Row> }): Promise<Count>
}

/** JSON as its column keeps it: a value on PostgreSQL, text elsewhere. */
export type Stored<Value extends object> = string | Value

/** A person as the table keeps them. */
export interface UserRow extends User {
  readonly passwordHash: string | null
}

/** A session as the table keeps it. */
export type SessionRow = Omit<SessionRecord, 'authMethods'> & {
  readonly authMethods: Stored<SessionRecord['authMethods']>
}

/** A code as the table keeps it. */
export type CodeRow = Omit<CodeRecord, 'payload'> & {
  readonly payload: Stored<CodeRecord['payload']>
}

/** An event as the table keeps it. */
export type EventRow = Omit<AuthEvent, 'metadata'> & {
  readonly metadata: Stored<AuthEvent['metadata']>
}

/** A counter. */
export interface LimitRow {
  readonly key: string
  readonly hits: number
  readonly resetsAt: Date
}

/** A mail as the table keeps it. */
export interface OutboxRow extends OutboxMail {
  readonly attempts: number
  /** `null` once sent or given up: nothing is due any more. */
  readonly availableAt: Date | null
  readonly leaseId: string | null
  readonly leasedUntil: Date | null
  readonly sentAt: Date | null
  readonly failedAt: Date | null
  readonly lastError: string | null
}

/** What can be done inside a transaction and outside. */
export interface Queries {
  readonly user: Model<UserRow>
  readonly authSession: Model<SessionRow>
  readonly authCode: Model<CodeRow>
  readonly authAccount: Model<AccountRecord>
  readonly authRateLimit: Model<LimitRow>
  readonly authEvent: Model<EventRow>
  readonly authOutbox: Model<OutboxRow>
  $queryRawUnsafe(text: string, ...values: readonly unknown[]): Promise<unknown[]>
  $executeRawUnsafe(text: string, ...values: readonly unknown[]): Promise<number>
}

/** How a transaction is to run. */
export interface TransactionOptions {
  readonly isolationLevel?: 'ReadCommitted'
  readonly maxWait: number
  readonly timeout: number
}

/** The client as the store uses it. */
export interface Client extends Queries {
  $transaction<Outcome>(
    step: (tx: Queries) => Promise<Outcome>,
    options: TransactionOptions,
  ): Promise<Outcome>
}
