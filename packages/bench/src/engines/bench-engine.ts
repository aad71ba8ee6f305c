import type { AuthStore } from '@mindmesh/auth/ports'
import type { BetterAuthOptions } from 'better-auth'
import type { Adapter as LuciaAdapter } from 'lucia'

/** A database that rows are measured on. */
export interface BenchEngine {
  readonly name: string
  /** An empty database of our own, in the same server or folder and with the same settings as those of peers. */
  open(): Promise<BenchDatabase>
}

/** One open database, with what we, the floors and the peers need of it. */
export interface BenchDatabase {
  /** Our store, as the README sets it up. Several may be asked for: each has the same data. */
  readonly adapter: AuthStore
  /** The one query of a session check on the bare driver, prepared. */
  findSession(sessionId: string): unknown
  /** One row of a session written and committed on the bare driver, prepared. */
  touchSession(sessionId: string): unknown
  /** What a sign-up writes, row for row, in one transaction on the bare driver. */
  insertUser(user: BareUser): unknown
  /** Sends text to the server: bulk data, `analyze`. Gives the rows. */
  execute(text: string): Promise<readonly Readonly<Record<string, unknown>>[]>
  /** What Better Auth takes for its `database`. */
  readonly betterAuth: NonNullable<BetterAuthOptions['database']>
  /** Lucia's own adapter on the driver, over the tables `lucia_user` and `lucia_session`. */
  readonly lucia: LuciaAdapter
  close(): Promise<void>
}

/** The rows of a sign-up: the person and the event. */
export interface BareUser {
  readonly id: string
  readonly email: string
  readonly passwordHash: string
  readonly eventId: string
  readonly at: Date
}
