import type { AuthStore } from '@mindmesh/auth/ports'
import type { ServerKind, ServerName } from '../engines/server.ts'
import type { OwnServer } from './own-server.ts'

/** A kind of server that the tests of trouble start, stop and disturb. */
export interface TroubledServer {
  readonly name: ServerName
  readonly kind: ServerKind
  readonly hasPrograms: boolean
  start(): Promise<OwnServer>
  /** Opens a pool of the app's, and creates our tables where they are not there. */
  connect(url: string, options: { readonly max: number }): Promise<AppPool>
  /** Ends every other connection to the database. */
  killAll(url: string): Promise<void>
  /** Opens connections of somebody else until the server has room for no more. */
  fill(url: string): Promise<{ release(): Promise<void> }>
  /** Begins a transaction of somebody else. */
  begin(url: string): Promise<OtherTransaction>
  /** Whether somebody waits for a lock. */
  isWaiting(url: string): Promise<boolean>
  /** How many deadlocks the server has ended. */
  deadlocks(url: string): Promise<number>
}

/** The connections of an app, and its store on them. */
export interface AppPool {
  readonly store: AuthStore
  /** Takes every connection that there can be, until `release`; a call that finds none is told so soon. */
  holdAll(): Promise<{ release(): void }>
  /** Lets nothing be written over these connections, of which there is one, or lets it again. */
  setReadOnly(isReadOnly: boolean): Promise<void>
  close(): Promise<void>
}

/** A transaction that gets in the way of a store's. The server rather undoes the store's than this one. */
export interface OtherTransaction {
  run(statement: string): Promise<void>
  commit(): Promise<void>
}
