/** A piece of work that is measured. */
export interface Operation {
  /** `flow`: a call of the API. `store`: a call of the adapter or of `rateLimits`. `hash`: a password hashed or verified, with its wait for a turn. */
  readonly kind: 'flow' | 'store' | 'hash'
  /** For example `auth.login`, `sessions.rotate`, `verify`: one of a small, fixed set. */
  readonly name: string
}

/** Measures what the library does. It is told names and outcomes, never an argument, an answer or an error. */
export interface Telemetry {
  /**
   * Calls `work` once, at once, and waits for it. `work` never rejects; it gives the outcome: `ok`, the code of the
   * `AuthError`, `store_unavailable`, or `unexpected`. Whatever this throws changes nothing for the caller.
   */
  observe(operation: Operation, work: () => Promise<string>): Promise<void>
}
