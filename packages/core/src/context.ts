import type { IdSource } from './crypto/ids.ts'
import type { Keys } from './crypto/keys.ts'
import type { Config } from './config.ts'
import type { Subscriptions } from './events/subscriptions.ts'
import type { MailDelivery } from './mail/delivery.ts'
import type { MailTemplates } from './mail/templates.ts'
import type { AppModel } from './ports/entities.ts'
import type { OAuthIdentity, OAuthProvider } from './ports/oauth.ts'
import type { BreachCorpus, Clock, Logger, PasswordHasher, Random } from './ports/services.ts'
import type { AuthStore, RateLimitStore } from './ports/store.ts'

/** Who asks: what the app knows of the request that it serves. */
export interface RequestContext {
  /** The client's address, IPv4 or IPv6. Limits for an address apply only where it is known. */
  readonly ipAddress?: string | null | undefined
  readonly userAgent?: string | null | undefined
  /** Language of the mails that this request causes, for example `de`. */
  readonly locale?: string | null | undefined
}

/** The request as the flows see it: checked and bounded. */
export interface ResolvedRequest {
  readonly ipAddress: string | null
  readonly userAgent: string | null
  readonly locale: string
}

/** The app's own columns for somebody new, from what a provider tells of them. */
export type ProfileFor<App extends AppModel> = (
  identity: OAuthIdentity & { readonly provider: string },
) => App['profile'] | Promise<App['profile']>

/** Everything that a flow may touch, and nothing else. */
export interface Context<App extends AppModel = AppModel> {
  readonly config: Config
  readonly store: AuthStore<App>
  readonly rateLimits: RateLimitStore
  readonly clock: Clock
  readonly random: Random
  readonly ids: IdSource
  readonly keys: Keys
  readonly hasher: PasswordHasher
  readonly breachCorpus: BreachCorpus | null
  readonly logger: Logger
  readonly templates: MailTemplates
  readonly delivery: MailDelivery
  readonly subscriptions: Subscriptions
  /** By id. */
  readonly providers: ReadonlyMap<string, OAuthProvider>
  readonly profileFor: ProfileFor<App> | null
  readonly request: ResolvedRequest
}
