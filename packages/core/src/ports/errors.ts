/** The database failed. The message names the operation; the driver's error is the `cause`. */
export class StoreError extends Error {
  override readonly name = 'StoreError'
  readonly code = 'store_unavailable'
  readonly status = 503
  /** For example `sessions.rotate`. */
  readonly operation: string

  constructor(operation: string, options?: { readonly cause?: unknown }) {
    super(`The database could not carry out ${operation}.`, options)
    this.operation = operation
  }
}

/** What kept a mail from leaving; the only thing about it that is stored or logged. */
export type MailerErrorReason =
  | 'refused_recipient'
  | 'authentication'
  | 'connection'
  | 'timeout'
  | 'tls'
  | 'rejected'
  | 'unknown'

/** A mail could not be handed over. `permanent`: trying again is pointless. */
export class MailerError extends Error {
  override readonly name = 'MailerError'
  readonly reason: MailerErrorReason
  readonly permanent: boolean

  constructor(
    reason: MailerErrorReason,
    options?: { readonly permanent?: boolean; readonly cause?: unknown },
  ) {
    super(`The mail could not be handed over: ${reason}.`, options)
    this.reason = reason
    this.permanent = options?.permanent ?? false
  }
}

/** Why a provider gave no identity; the only thing about it that is recorded. */
export type OAuthProviderErrorReason =
  /** It could not be reached, or said that it is in trouble. */
  | 'unavailable'
  | 'timeout'
  /** It did not accept the code, or not us. */
  | 'refused'
  /** Its answer was not understood. */
  | 'malformed'
  /** Its id_token was made by or for somebody else, is over, or belongs to another request. */
  | 'id_token_rejected'

/** A provider gave no identity. What it wrote is at most in the `cause`, never in the message. */
export class OAuthProviderError extends Error {
  override readonly name = 'OAuthProviderError'
  readonly reason: OAuthProviderErrorReason

  constructor(reason: OAuthProviderErrorReason, options?: { readonly cause?: unknown }) {
    super(`The provider gave no identity: ${reason}.`, options)
    this.reason = reason
  }
}

/** What an option or the environment got wrong. */
export interface ConfigProblem {
  /** The option's path or the variable's name. */
  readonly field: string
  /** What is wrong and how to mend it. */
  readonly message: string
}

/** The set-up is wrong. Names every mistake at once. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly problems: readonly ConfigProblem[]

  constructor(problems: readonly ConfigProblem[]) {
    super(
      ['Mindmesh Auth cannot start:', ...problems.map((p) => `  - ${p.field}: ${p.message}`)].join(
        '\n',
      ),
    )
    this.problems = problems
  }
}
