export { createAuthClient } from './create-auth-client.ts'
export type { ClientOf } from './create-auth-client.ts'
export type {
  AuthClient,
  Confirmation,
  LoginStep,
  OAuthOutcome,
  OAuthReply,
  OAuthTarget,
} from './auth-client.ts'
export type { AuthClientOptions, ClientMode } from './client-options.ts'
export { AuthClientError } from './auth-client-error.ts'
export { memoryTokenStorage } from './token-storage.ts'
export type { StoredTokens, TokenStorage } from './token-storage.ts'
