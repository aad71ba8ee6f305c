import { parseConfig, type ConfigOptions } from './config.ts'
import type { Context, ProfileFor, RequestContext } from './context.ts'
import { createIdSource } from './crypto/ids.ts'
import { createCurrentContext } from './current-context.ts'
import { deriveKeys } from './crypto/keys.ts'
import { systemRandom } from './crypto/random.ts'
import { createSubscriptions } from './events/subscriptions.ts'
import { createDelivery } from './mail/delivery.ts'
import { createTemplates, type MailTranslations } from './mail/render.ts'
import type { MailTemplates } from './mail/templates.ts'
import { createApi, type MindmeshApi } from './api.ts'
import { consoleLogger } from './console-logger.ts'
import { optionProblems } from './option-problems.ts'
import { argon2idHasher } from './password/password-hasher.ts'
import type { AppModel } from './ports/entities.ts'
import type { OAuthProvider } from './ports/oauth.ts'
import type {
  BreachCorpus,
  Clock,
  Logger,
  Mailer,
  PasswordHasher,
  Random,
} from './ports/services.ts'
import type { AuthStore, RateLimitStore } from './ports/store.ts'
import type { Telemetry } from './ports/telemetry.ts'
import { resolveRequest } from './request-context.ts'
import { observed } from './telemetry/observed.ts'

/** What an instance is made from. Only the adapter and the mailer have no default. */
export interface MindmeshAuthOptions<App extends AppModel> {
  /** Storage in the app's database, for example `drizzleSqlite(db)`. */
  readonly adapter: AuthStore<App>
  readonly mailer: Mailer
  readonly config?: ConfigOptions
  /** Other words for mails, or more languages. English and German are shipped. */
  readonly translations?: MailTranslations
  /** Whole mails in place of ours. */
  readonly templates?: Partial<MailTemplates>
  readonly passwordHasher?: PasswordHasher
  /** Asked about every new password. @default none */
  readonly breachCorpus?: BreachCorpus
  readonly clock?: Clock
  readonly random?: Random
  /** @default warnings and errors to the console */
  readonly logger?: Logger
  /** Who people can sign in with, for example `google(…)`. Needs `config.urls.oauthCallback`. @default none */
  readonly providers?: readonly OAuthProvider[]
  /** Fills the app's own columns for somebody who comes from a provider for the first time. @default none are set */
  readonly profileFor?: ProfileFor<App>
  /** Where limits are counted. @default the adapter */
  readonly rateLimits?: RateLimitStore
  /** Measures flows, store calls and hashes, for example `openTelemetry()` from `@mindmesh/auth/opentelemetry`. @default none, and nothing is wrapped */
  readonly telemetry?: Telemetry
  /** Where settings come from that `config` does not hold. @default process.env */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** The context of calls outside any request, for scripts. A server uses `withContext`. */
  readonly ipAddress?: string
  readonly userAgent?: string
}

/** As soon as there are providers and the app's table has a required column of its own, `profileFor` is required. */
export type RequireProfileFor<App extends AppModel> =
  Partial<App['profile']> extends App['profile']
    ? unknown
    : { readonly providers?: readonly [] } | { readonly profileFor: ProfileFor<App> }

/**
 * The library: one instance an app. Throws one `ConfigError` that names every mistake in its options.
 *
 * Calls take their request context from `withContext`, else from `setContext`, else from the options.
 */
export class MindmeshAuth<App extends AppModel = AppModel> implements MindmeshApi<App> {
  readonly auth: MindmeshApi<App>['auth']
  readonly otp: MindmeshApi<App>['otp']
  readonly password: MindmeshApi<App>['password']
  readonly user: MindmeshApi<App>['user']
  readonly session: MindmeshApi<App>['session']
  readonly oauth: MindmeshApi<App>['oauth']
  readonly events: MindmeshApi<App>['events']
  readonly mail: MindmeshApi<App>['mail']
  readonly maintenance: MindmeshApi<App>['maintenance']

  readonly #root: Context<App>
  readonly #mailer: Mailer
  readonly #telemetry: Telemetry | null
  readonly #current = createCurrentContext<Context<App>>()

  constructor(options: MindmeshAuthOptions<App> & RequireProfileFor<App>) {
    const parts = partsOf(options)
    this.#mailer = options.mailer
    this.#telemetry = options.telemetry ?? null
    this.#root = { ...parts, delivery: createDelivery(parts, options.mailer) }
    const api = this.#apiOver(() => this.#current.get() ?? this.#root)
    this.auth = api.auth
    this.otp = api.otp
    this.password = api.password
    this.user = api.user
    this.session = api.session
    this.oauth = api.oauth
    this.events = api.events
    this.mail = api.mail
    this.maintenance = api.maintenance
  }

  #apiOver(context: () => Context<App>): MindmeshApi<App> {
    const api = createApi(context)
    if (this.#telemetry === null) return api
    return observed(api, this.#telemetry, { kind: 'flow', name: '' })
  }

  /** The same API bound to one request. Two bound instances share nothing. Throws `invalid_input` for an address that is none. */
  withContext(request: RequestContext): MindmeshApi<App> {
    const bound = { ...this.#root, request: resolveRequest(request, this.#root.config.locale) }
    return this.#apiOver(() => bound)
  }

  /**
   * Sets the request context for the rest of the current asynchronous flow, as code written against the original
   * expects; no other request of a `node:http` server sees it. `withContext` says the same without anything implied,
   * and on HTTP/2 too: prefer it.
   */
  setContext(request: RequestContext): void {
    const resolved = resolveRequest(request, this.#root.config.locale)
    this.#current.set({ ...this.#root, request: resolved })
  }

  /**
   * Stops background work, closes subscriptions, forgets what `setContext` set, waits for mail in flight and closes the
   * mailer. The app's database stays open.
   */
  async close(): Promise<void> {
    try {
      // Both at once: a listener that takes long holds up no mail.
      await Promise.all([this.#root.subscriptions.close(), this.#closeMail()])
    } finally {
      // Last: requests that still run keep theirs meanwhile.
      this.#current.close()
    }
  }

  async #closeMail(): Promise<void> {
    await this.#root.delivery.close()
    await this.#mailer.close?.()
  }
}

/** Everything that the instance gives to its flows, with the defaults in place. Throws one `ConfigError`. */
function partsOf<App extends AppModel>(
  options: MindmeshAuthOptions<App>,
): Omit<Context<App>, 'delivery'> {
  const config = parseConfig(options?.config ?? {}, options?.env, optionProblems(options))
  const clock = options.clock ?? { now: () => new Date() }
  const random = options.random ?? systemRandom
  const logger = options.logger ?? consoleLogger
  const measured = measuredPorts(options, options.passwordHasher ?? argon2idHasher(config.argon2))
  return {
    ...measured,
    config,
    clock,
    random,
    logger,
    ids: createIdSource(clock, random),
    keys: deriveKeys({
      jwtSecrets: [config.jwtSecret, ...config.previousJwtSecrets],
      refreshSecrets: [config.refreshSecret, ...config.previousRefreshSecrets],
    }),
    breachCorpus: options.breachCorpus ?? null,
    templates: createTemplates(options.templates, options.translations),
    request: resolveRequest(
      { ipAddress: options.ipAddress, userAgent: options.userAgent },
      config.locale,
    ),
    providers: new Map(options.providers?.map((provider) => [provider.id, provider])),
    profileFor: options.profileFor ?? null,
    subscriptions: createSubscriptions({ store: measured.store, clock, logger }),
  }
}

/** The ports that telemetry measures; as they are where there is none. */
function measuredPorts<App extends AppModel>(
  options: MindmeshAuthOptions<App>,
  hasher: PasswordHasher,
): Pick<Context<App>, 'store' | 'rateLimits' | 'hasher'> {
  const { adapter: store, rateLimits = store.rateLimits, telemetry } = options
  if (telemetry === undefined) return { store, rateLimits, hasher }
  return {
    store: observed(store, telemetry, { kind: 'store', name: '' }),
    rateLimits: observed(rateLimits, telemetry, { kind: 'store', name: 'rateLimits' }),
    hasher: observed(hasher, telemetry, { kind: 'hash', name: '' }),
  }
}
