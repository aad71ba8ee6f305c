/** What a server process tells the one that makes the requests. */
export interface WorkerMessage {
  readonly port?: number
  readonly mail?: { readonly to: string; readonly code: string }
  /** Its memory, when it was asked. */
  readonly rss?: number
}
