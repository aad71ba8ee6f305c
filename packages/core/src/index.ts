export { MindmeshAuth, MindmeshAuth as default } from './mindmesh-auth.ts'
export type { MindmeshAuthOptions, RequireProfileFor } from './mindmesh-auth.ts'
export type {
  AuthApi,
  EventsApi,
  MailApi,
  MaintenanceApi,
  MindmeshApi,
  OtpApi,
  PasswordApi,
  ProfileArgument,
  SessionApi,
  UserApi,
} from './api.ts'
export type { Config, ConfigOptions, LimitOptions, LimitsOptions } from './config.ts'
export type { ProfileFor, RequestContext } from './context.ts'
export type { AccessTokenClaims } from './crypto/access-token.ts'
export { AuthError, ConfigError, MailerError, OAuthProviderError, StoreError } from './errors.ts'
export type {
  AuthErrorCode,
  AuthErrorDetails,
  ConfigProblem,
  MailerErrorReason,
  OAuthProviderErrorReason,
} from './errors.ts'
export type { EventQuery, PageOf } from './events/list-events.ts'
export type {
  EventCursor,
  EventListener,
  EventSubscription,
  SubscribeOptions,
} from './events/subscription.ts'
export type { MailCounts } from './mail/delivery.ts'
export type { MailStatus } from './mail/mail-status.ts'
export { renderWording } from './mail/render.ts'
export type { MailTranslations } from './mail/render.ts'
export type {
  MailContent,
  MailData,
  MailSetting,
  MailTemplate,
  MailTemplates,
  MailWording,
  MailWordings,
} from './mail/templates.ts'
export type {
  IdentityToImport,
  ImportOptions,
  ImportOutcome,
  UserToImport,
} from './maintenance/import-users.ts'
export type { OAuthLinked, OAuthLinkRequired, OAuthResult, OAuthSignIn } from './oauth/callback.ts'
export type { OAuthAnswer } from './oauth/consume-state.ts'
export type { OAuthStart } from './oauth/issue-state.ts'
export type { LinkedIdentity } from './oauth/list-identities.ts'
export type { OAuthApi } from './oauth/oauth-api.ts'
export { guessingBound } from './otp/guessing-bound.ts'
export type { Guesses, GuessingBound, GuessingLimits } from './otp/guessing-bound.ts'
export type {
  AppModel,
  AuthEvent,
  AuthEventType,
  AuthMethod,
  OutboxEntry,
  User,
} from './ports/entities.ts'
export type {
  AuthorizationRequest,
  CodeExchange,
  OAuthIdentity,
  OAuthProvider,
} from './ports/oauth.ts'
export type {
  BreachCorpus,
  Clock,
  Logger,
  Mailer,
  MailMessage,
  PasswordHasher,
  Random,
} from './ports/services.ts'
export type { AuthStore, DeletedCounts, Migration, RateLimitStore } from './ports/store.ts'
export type { Operation, Telemetry } from './ports/telemetry.ts'
export type { SignedIn, SignInResult } from './session/complete-sign-in.ts'
export type { FreshAuthentication } from './session/fresh-authentication.ts'
export type { Session } from './session/list-sessions.ts'
export type { Tokens } from './session/tokens.ts'
export type { UserExport } from './user/export-user.ts'
export type { UserQuery } from './user/find-user.ts'
